"""The index of a large trace is kept for the next time, and never the truth."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree
from types import SimpleNamespace

import pytest

from peek_tui.trace import cache
from peek_tui.trace.needle import Needle
from peek_tui.trace.query import parse_query
from peek_tui.trace.store import Store

EVENTS = 40_000
LINE = b'{"v":1,"ts":%d,"id":"0000000a%08x","parent":"%s","session":"%s","type":"%s","name":"n","data":{"text":"%s"}}\n'


def line(number: int, type: bytes = b"log") -> bytes:
    return LINE % (10**18 + number, number, b"0" * 16, b"5" * 32, type, b"x" * 100)


@pytest.fixture(scope="module")
def text() -> bytes:
    return b"".join(map(line, range(EVENTS)))


@pytest.fixture
def trace(tmp_path: Path, text: bytes) -> Path:
    """A trace that is worth an index, which is there already."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(text)
    assert read(path) == {"log": EVENTS}
    assert len(kept(path)) == 1
    return path


def kept(path: Path) -> list[Path]:
    return list((path.parent / "cache").glob("*.index"))


def read(path: Path) -> dict[str, int]:
    """Read a trace as a command does, and return how many events of each type stand in its lines."""
    store = Store.load([path], cache=path.parent / "cache")
    snapshot = store.snapshot()
    assert [snapshot.raw(row) for row in (0, len(snapshot) - 1)] == path.read_bytes().splitlines()[:: len(snapshot) - 1]
    assert [snapshot.event(row).type for row in range(0, len(snapshot), 999)] == [
        snapshot.type(row) for row in range(0, len(snapshot), 999)
    ]
    store.close()
    return dict(snapshot.types())


def was_used(path: Path) -> bool:
    """Whether a reader of a few lines knows all events at once."""
    store = Store([path], cache=path.parent / "cache")
    store.advance(4096)
    store.advance(4096)
    known = len(store.snapshot())
    store.close()
    return known >= EVENTS


def test_taken_up(trace: Path) -> None:
    """The second time its lines are not read, and of one that grew only the new ones."""
    assert was_used(trace)
    with trace.open("ab") as file:
        file.write(line(EVENTS, b"tool_call"))
    assert read(trace) == {"log": EVENTS, "tool_call": 1}


@pytest.mark.parametrize("half", [b"", LINE[:50]])
def test_rewritten_in_place(trace: Path, half: bytes) -> None:
    """A line that is changed in the middle of a file, at the same length, is read; also where its writer was killed."""
    with trace.open("ab") as file:
        file.write(half)
    rmtree(trace.parent / "cache")
    read(trace)
    with trace.open("r+b") as file:
        file.seek(len(line(0)) * (EVENTS // 2))
        file.write(line(EVENTS // 2, b"lag"))
    assert read(trace) == {"log": EVENTS - 1, "lag": 1}


def test_written_over_before_it_is_kept(trace: Path) -> None:
    """The index of a trace that was written over after it was read is not kept as that of the new one."""
    with trace.open("ab") as file:
        file.write(line(EVENTS) * (EVENTS // 4))
    store = Store.load([trace], cache=trace.parent / "cache")
    trace.write_bytes(trace.read_bytes().replace(b'"type":"log"', b'"type":"lag"'))
    store.close()
    assert read(trace) == {"lag": EVENTS + 1}


@pytest.mark.parametrize("share", [0.0, 0.000005, 0.001, 0.5, 0.99999])
def test_cut_index(trace: Path, share: float) -> None:
    """An index that is not whole is none."""
    (index,) = kept(trace)
    os.truncate(index, int(index.stat().st_size * share))
    assert read(trace) == {"log": EVENTS}


@pytest.mark.parametrize("place", [0, 8, 40])
def test_damaged_index(trace: Path, place: int) -> None:
    """Neither is one whose beginning is not what was written."""
    (index,) = kept(trace)
    with index.open("r+b") as file:
        file.seek(place)
        file.write(b"\xff" * 16)
    assert read(trace) == {"log": EVENTS}


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_changed_index(trace: Path, share: float) -> None:
    """Neither is one in which anybody changed a byte, wherever it is."""
    (index,) = kept(trace)
    with index.open("r+b") as file:
        place = int(index.stat().st_size * share)
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))
    assert not was_used(trace)
    assert read(trace) == {"log": EVENTS}
    assert was_used(trace)


def test_index_with_holes(trace: Path) -> None:
    """Neither is one of which a machine that lost its power kept the length and the time, but not all of the bytes."""
    (index,) = kept(trace)
    status = index.stat()
    os.truncate(index, int(status.st_size * 0.8))
    os.truncate(index, status.st_size)
    os.utime(index, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not was_used(trace)
    assert read(trace) == {"log": EVENTS}


@pytest.mark.parametrize("second", [7, 8])
def test_coarse_time(trace: Path, second: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index is used also where files have the time of two seconds, and not if it was written to within them."""
    rmtree(trace.parent / "cache")
    tick = 2 * 10**9
    now = 10**18 + second * 10**9 + 1
    monkeypatch.setattr(cache, "time", SimpleNamespace(time_ns=lambda: now))
    read(trace)
    (index,) = kept(trace)
    for time, is_used in (index.stat().st_mtime_ns, True), (now, False):
        os.utime(index, ns=(now, time // tick * tick))
        assert was_used(trace) is is_used


def test_use_is_no_change(trace: Path) -> None:
    """To use an index changes nothing of when it was made."""
    assert was_used(trace)
    assert was_used(trace)


def test_unused_for_longest(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many indexes the one that goes is that which was unused for longest, not the oldest."""
    (oldest,) = kept(trace)
    unused = oldest.with_name("unused.index")
    unused.write_bytes(b"")
    os.utime(oldest, ns=(1, oldest.stat().st_mtime_ns))
    os.utime(unused, ns=(2, unused.stat().st_mtime_ns + 1))
    assert was_used(trace)
    monkeypatch.setattr(cache, "_MOST_FILES", 2)
    other = trace.with_name("other.jsonl")
    other.write_bytes(trace.read_bytes())
    read(other)
    assert len(kept(trace)) == 2
    assert unused not in kept(trace)
    assert oldest in kept(trace)


def test_escapes(trace: Path) -> None:
    """What a writer spelled in escapes is found in a trace that was read, in one that was kept, and in one of both."""
    line = b'{"type":"log","data":{"text":"\\u0068ello %d"}}\n'
    with trace.open("ab") as file:
        file.write(line % 0)
    assert found(trace, "hello") == [EVENTS]
    assert found(trace, "hello") == [EVENTS]
    with trace.open("ab") as file:
        file.write(line % 1)
    assert found(trace, "hello") == [EVENTS, EVENTS + 1]
    assert found(trace, "HELLO 1", ignore_case=True) == [EVENTS + 1]


def found(path: Path, text: str, *, ignore_case: bool = False) -> list[int]:
    store = Store.load([path], cache=path.parent / "cache")
    snapshot = store.snapshot()
    rows = list(snapshot.search(Needle(text, ignore_case=ignore_case)))
    if not ignore_case:
        assert list(snapshot.matching(parse_query(f"text:{text}"))) == rows
    store.close()
    return rows


def test_changed_in_many_places(trace: Path) -> None:
    """A trace whose lines changed all over at the same length, and which also grew, is read again."""
    text = trace.read_bytes()
    with trace.open("r+b") as file:
        file.seek(5000)
        file.write(text[5000:-5000].replace(b'"name":"n"', b'"name":"m"'))
        file.seek(0, os.SEEK_END)
        file.write(line(EVENTS))
    assert not was_used(trace)
    store = Store.load([trace], cache=trace.parent / "cache")
    assert {store.snapshot().name(row) for row in range(999, EVENTS, 999)} == {"m"}
    store.close()


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_hole_in_grown(trace: Path, share: float) -> None:
    """A sixtieth of a trace that became zeros is noticed, though its ends are the same and it grew."""
    size = trace.stat().st_size
    with trace.open("r+b") as file:
        file.seek(int(size * share))
        file.write(bytes(size // 60))
        file.seek(0, os.SEEK_END)
        file.write(line(EVENTS))
    assert not was_used(trace)


def test_replaced_while_it_is_read(trace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that another process replaces meanwhile is not mixed with the one that was being read."""
    (index,) = kept(trace)
    is_same = cache._is_same

    def replaced(part: cache.Part, fd: int) -> bool:
        other = index.with_name("other")
        other.write_bytes(bytes(index.stat().st_size))
        other.replace(index)
        return is_same(part, fd)

    monkeypatch.setattr(cache, "_is_same", replaced)
    assert read(trace) == {"log": EVENTS}


def test_nowhere_to_keep_it(trace: Path) -> None:
    """Where nothing can be kept, everything is read."""
    rmtree(trace.parent / "cache")
    (trace.parent / "cache").write_text("no directory")
    assert read(trace) == {"log": EVENTS}
