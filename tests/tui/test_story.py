"""The story that the tests of the screen are told by."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from peek_tui.trace.store import Store

from .story import ROWS, record_story


def test_beside_others(tmp_path: Path) -> None:
    """The story takes place at the same times whatever else goes on in the process that records it."""
    over = Event()
    beside = Thread(target=over.wait)
    beside.start()
    try:
        record_story(tmp_path / "story.jsonl")
    finally:
        over.set()
        beside.join()
    snapshot = Store.load([tmp_path / "story.jsonl"]).snapshot()
    begin = 1_763_625_600_000_000_000
    assert [snapshot.ts(row) for row in range(ROWS)] == [begin + row * 500_000_000 for row in range(ROWS)]
