from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.state import seek as module
from peek_tui.state.seek import Seek
from peek_tui.trace.query import parse_query
from peek_tui.trace.store import Snapshot

from .traces import NOON, Growing, TraceFile

WANTED = parse_query("data.n:3,17,40")


@pytest.fixture
def snapshot(trace: TraceFile) -> Snapshot:
    for number in range(50):
        trace.add("log", data={"n": number})
    return trace.snapshot()


@pytest.mark.parametrize("size", [1, 3, 7, 4096])
@pytest.mark.parametrize(
    ("row", "by", "found"),
    [(-1, 1, 3), (3, 1, 17), (16, 1, 17), (40, 1, None), (50, -1, 40), (40, -1, 17), (3, -1, None), (49, 1, None)],
)
def test_nearest(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, size: int, row: int, by: int, found: int | None
) -> None:
    """The nearest one is found, however the rows are cut into slices."""
    monkeypatch.setattr(module, "_SLICE", size)
    seek = Seek(snapshot, snapshot.rows(), row, WANTED, by)
    seek.work()
    assert (seek.done, seek.found) == (True, found)


def test_among_rows(snapshot: Snapshot) -> None:
    """Only the rows that are given are looked at."""
    seek = Seek(snapshot, [1, 17, 18], 0, WANTED, 1)
    assert seek.at_once()
    assert seek.found == 17


def test_goes_on_later(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a key cannot wait for is found by going on from there."""
    monkeypatch.setattr(module, "_SLICE", 1)
    monkeypatch.setattr(module, "_PATIENCE", 0)
    seek = Seek(snapshot, snapshot.rows(), 20, WANTED, 1)
    assert not seek.at_once()
    seek.work()
    assert seek.found == 40


def test_empty(trace: TraceFile) -> None:
    """In an empty trace there is nothing."""
    seek = Seek(trace.snapshot(), (), -1, WANTED, 1)
    assert seek.at_once()
    assert seek.found is None


def test_moved_meanwhile(tmp_path: Path) -> None:
    """What was found is known wherever a file that comes late has moved it."""
    trace, late = (
        TraceFile(tmp_path / "trace.jsonl"),
        TraceFile(tmp_path / "late.jsonl", "00000001", start=NOON - 10**12),
    )
    for number in range(50):
        trace.add("log", data={"n": number})
    growing = Growing(trace, late)
    growing.take_in()
    before = growing.browse.snapshot
    seek = Seek(before, before.rows(), -1, WANTED, 1)
    late.add("log", data={"n": "earlier than all"})
    growing.take_in()
    seek.work()
    assert seek.found is not None
    now = growing.browse.snapshot
    assert (before.row(seek.found), now.row(seek.found)) == (3, 4)
    assert now.event(now.row(seek.found)).data == {"n": 3}
