from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peek_tui.errors import InputError, NoTraceError
from peek_tui.trace.tail import Line, Tail

Follow = Callable[[Path], Tail]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Follow files until the test ends."""
    with ExitStack() as tails:

        def open_tail(path: Path) -> Tail:
            tail = Tail(path)
            tails.callback(tail.close)
            return tail

        yield open_tail


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.touch()
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


def texts(lines: list[Line]) -> list[bytes]:
    return [line.text for line in lines]


def test_lines(path: Path, follow: Follow) -> None:
    """A line is known by where it begins and by its number."""
    append(path, b"one\ntwo two\n\nfour\n")
    tail = follow(path)
    assert tail.read(1000) == [Line(0, 1, b"one"), Line(4, 2, b"two two"), Line(13, 4, b"four")]
    assert tail.bytes_at(4, 7) == b"two two"
    assert tail.at_end()


@pytest.mark.parametrize("blank", [b"", b" ", b"\r", b"\t \r"])
def test_blank(path: Path, follow: Follow, blank: bytes) -> None:
    """A blank line is no line, and is counted."""
    append(path, b"one\n" + blank + b"\nthree\n")
    assert [line.number for line in follow(path).read(1000)] == [1, 3]


def test_line_feeds_alone(path: Path, follow: Follow) -> None:
    """Lines end at line feeds and at nothing else."""
    text = "a\rb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h\0i".encode()
    append(path, text + b"\r\nlast\n")
    assert texts(follow(path).read(1000)) == [text + b"\r", b"last"]


def test_unfinished(path: Path, follow: Follow) -> None:
    """Half a line is none, until the rest arrives; then it is one."""
    append(path, b"one\ntw")
    tail = follow(path)
    assert texts(tail.read(1000)) == [b"one"]
    assert tail.unfinished
    assert tail.read(1000) == []
    append(path, b"o, and")
    assert tail.read(1000) == []
    append(path, b" more\nthr")
    assert tail.read(1000) == [Line(4, 2, b"two, and more")]
    assert tail.unfinished
    append(path, b"ee\n")
    assert tail.read(1000) == [Line(18, 3, b"three")]
    assert not tail.unfinished


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.binary(max_size=5).map(lambda data: data.replace(b"\0", b"\n")), max_size=12),
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_any_growth(path: Path, parts: list[bytes], budgets: list[int]) -> None:
    """However a file grows and however little is read at a time, its lines are the same."""
    path.write_bytes(b"")
    tail, found, read = Tail(path), [], 0
    for part in parts:
        append(path, part)
        found += tail.read(budgets[read % len(budgets)])
        read += 1
    while not tail.at_end():
        found += tail.read(budgets[read % len(budgets)])
        read += 1
    whole = b"".join(parts)
    *lines, rest = whole.split(b"\n")
    assert [(line.number, line.text) for line in found] == [
        (number, text) for number, text in enumerate(lines, 1) if text.strip(b" \t\r")
    ]
    assert [tail.bytes_at(line.offset, len(line.text)) for line in found] == texts(found)
    assert tail.unfinished is bool(rest)
    tail.close()


def test_truncated(path: Path, follow: Follow) -> None:
    """A file that became shorter than what was read of it is noticed, and reads short."""
    append(path, b"one\ntwo\n")
    tail = follow(path)
    tail.read(1000)
    before = tail.truncated
    os.truncate(path, 5)
    assert (before, tail.truncated) == (False, True)
    assert tail.read(1000) == []
    assert tail.bytes_at(4, 3) == b"t"


def test_deleted(path: Path, follow: Follow) -> None:
    """A file that is deleted can still be read."""
    append(path, b"one\n")
    tail = follow(path)
    path.unlink()
    assert texts(tail.read(1000)) == [b"one"]


def test_missing(tmp_path: Path) -> None:
    """A file that is not there is said to be so."""
    with pytest.raises(NoTraceError) as raised:
        Tail(tmp_path / "none.jsonl")
    assert str(raised.value) == f"{tmp_path}/none.jsonl: there is no such file"


def test_no_file(tmp_path: Path) -> None:
    """What is no regular file is refused without waiting for it."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InputError, match="is not a regular file"):
            Tail(tmp_path / name)


def test_cannot_be_opened(path: Path) -> None:
    """A file that cannot be opened says why."""
    with pytest.raises(InputError) as raised:
        Tail(path / "below")
    assert str(raised.value) == f"{path}/below cannot be opened: Not a directory"
