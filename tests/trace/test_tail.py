from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peek_tui.errors import InputError, NoTraceError
from peek_tui.trace.growing import GrowingFile
from peek_tui.trace.tail import Block, Line, Tail

Follow = Callable[[Path], Tail]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Follow files until the test ends."""
    with ExitStack() as tails:

        def open_tail(path: Path) -> Tail:
            tail = Tail(GrowingFile(path))
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


def lines(block: Block | None) -> list[Line]:
    return [] if block is None else list(block.split(1))


def texts(block: Block | None) -> list[bytes]:
    return [line.text for line in lines(block)]


def test_lines(path: Path, follow: Follow) -> None:
    """Whole lines come as they stand in the file, with the place and the number of the first one."""
    append(path, b"one\ntwo two\n\nfour\nfi")
    tail = follow(path)
    block = tail.read(1000)
    assert block == Block(0, b"one\ntwo two\n\nfour\nfi")
    assert block.lines == b"one\ntwo two\n\nfour\n"
    assert lines(block) == [Line(0, 1, b"one"), Line(4, 2, b"two two"), Line(13, 4, b"four")]
    assert (tail.read(1000), tail.at_end(), tail.bytes_at(4, 7)) == (None, True, b"two two")
    append(path, b"ve\nsix\n")
    assert tail.read(1000) == Block(18, b"five\nsix\n")


@pytest.mark.parametrize("blank", [b"", b" ", b"\r", b"\t \r"])
def test_blank(path: Path, follow: Follow, blank: bytes) -> None:
    """A blank line is no line, and is counted."""
    append(path, b"one\n" + blank + b"\nthree\n")
    assert [line.number for line in lines(follow(path).read(1000))] == [1, 3]


def test_line_feeds_alone(path: Path, follow: Follow) -> None:
    """Lines end at line feeds and at nothing else."""
    text = "a\rb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h\0i".encode()
    append(path, text + b"\r\nlast\n")
    assert texts(follow(path).read(1000)) == [text + b"\r", b"last"]


def test_byte_order_mark(path: Path, follow: Follow) -> None:
    """A mark at the start is left to the reader of the lines."""
    append(path, b"\xef\xbb\xbf{}\n")
    assert follow(path).read(1000) == Block(0, b"\xef\xbb\xbf{}\n")


def test_unfinished(path: Path, follow: Follow) -> None:
    """Half a line is none, until the rest arrives; then it is one."""
    append(path, b"one\ntw")
    tail = follow(path)
    assert texts(tail.read(1000)) == [b"one"]
    assert tail.unfinished
    assert tail.read(1000) is None
    append(path, b"o, and")
    assert tail.read(1000) is None
    append(path, b" more\nthr")
    assert lines(tail.read(1000)) == [Line(4, 1, b"two, and more")]
    assert tail.unfinished
    append(path, b"ee\n")
    assert lines(tail.read(1000)) == [Line(18, 1, b"three")]
    assert not tail.unfinished


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.binary(max_size=5).map(lambda data: data.replace(b"\0", b"\n")), max_size=12),
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_any_growth(path: Path, parts: list[bytes], budgets: list[int]) -> None:
    """However a file grows and however little is read at a time, its lines are the same."""
    path.write_bytes(b"")
    tail, found, read = Tail(GrowingFile(path)), [], 0
    for part in parts:
        append(path, part)
        found += lines(tail.read(budgets[read % len(budgets)]))
        read += 1
    while not tail.at_end():
        found += lines(tail.read(budgets[read % len(budgets)]))
        read += 1
    whole = b"".join(parts)
    *expected, rest = whole.split(b"\n")
    assert [line.text for line in found] == [text for text in expected if text.strip(b" \t\r")]
    assert [tail.bytes_at(line.offset, len(line.text)) for line in found] == [line.text for line in found]
    assert tail.unfinished is bool(rest)
    tail.close()


def test_long_line(path: Path, follow: Follow) -> None:
    """A line that comes in thousands of slices is put together once, not with each of them."""
    text = b"x" * 20_000_000
    append(path, text + b"\n")
    tail = follow(path)
    tracemalloc.start()
    blocks = [block for _ in range(len(text) // 5_000 + 1) if (block := tail.read(5_000))]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert blocks == [Block(0, text + b"\n")]
    assert peak < 3 * len(text)


class TestEnding:
    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            (1000, Block(0, b"one\ntwo\nthree\n")),
            (16, Block(0, b"one\ntwo\nthree\n")),
            (15, Block(4, b"two\nthree\n")),
            (12, Block(4, b"two\nthree\n")),
            (11, Block(8, b"three\n")),
            (7, None),
            (0, None),
        ],
    )
    def test_sizes(self, path: Path, follow: Follow, size: int, expected: Block | None) -> None:
        """The end of a file is the whole lines that lie within it, wherever reading stands."""
        append(path, b"one\ntwo\nthree\nfo")
        tail = follow(path)
        assert tail.ending(size) == expected
        assert tail.read(4) == Block(0, b"one\n")
        assert tail.ending(size) == expected
        assert tail.read(4) == Block(4, b"two\n")

    @pytest.mark.parametrize("content", [b"", b"half", b"x" * 100])
    def test_no_line(self, path: Path, follow: Follow, content: bytes) -> None:
        """A file without a whole line has no end."""
        append(path, content)
        assert follow(path).ending(50) is None


def test_truncated(path: Path, follow: Follow) -> None:
    """A file that became shorter than what was read of it says so, and reads short."""
    append(path, b"one\ntwo\n")
    tail = follow(path)
    tail.read(1000)
    before = tail.changed()
    os.truncate(path, 5)
    assert (before, tail.changed()) == (None, "was truncated")
    assert (tail.read(1000), tail.at_end(), tail.bytes_at(4, 3)) == (None, True, b"t")


def test_deleted(path: Path, follow: Follow) -> None:
    """A file that is deleted can still be read, and is said to be gone, not changed."""
    append(path, b"one\n")
    tail = follow(path)
    path.unlink()
    assert texts(tail.read(1000)) == [b"one"]
    assert (tail.gone, tail.changed(), tail.gone) == (False, None, True)
    assert tail.trouble is None


def test_missing(tmp_path: Path) -> None:
    """A file that is not there is said to be so."""
    with pytest.raises(NoTraceError) as raised:
        GrowingFile(tmp_path / "none.jsonl")
    assert str(raised.value) == f"{tmp_path}/none.jsonl: there is no such file"


def test_no_file(tmp_path: Path) -> None:
    """What is no regular file is refused without waiting for it."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InputError, match="is not a regular file"):
            GrowingFile(tmp_path / name)


def test_cannot_be_opened(path: Path) -> None:
    """A file that cannot be opened says why."""
    with pytest.raises(InputError) as raised:
        GrowingFile(path / "below")
    assert str(raised.value) == f"{path}/below cannot be opened: Not a directory"
