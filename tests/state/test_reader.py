"""Reading beside the loop. No test here waits for a moment: each waits until something is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from peek_tui.errors import InputError
from peek_tui.state.reader import Reader, Reading
from peek_tui.state.shown import Shown
from peek_tui.trace.store import FIRST_SLICE, SLICE, Store
from tests.conftest import RunPython

from .traces import TraceFile

PATIENCE = 30.0


class Read:
    """A reader at work, and what it has told."""

    def __init__(self, *paths: Path, budget: int = 0, more: Callable[[], list[Path]] = list) -> None:
        self.store = Store(paths, more=more)
        if budget:
            self.store.advance(budget)
        self.reader = Reader(self.store)
        self._news: SimpleQueue[None] = SimpleQueue()

    def start(self) -> Read:
        self.reader.start(lambda: self._news.put(None))
        return self

    def until(self, true: Callable[[Reading], bool]) -> Reading:
        """Wait for news of which something is true."""
        while not true(self.reader.reading):
            self._news.get(timeout=PATIENCE)
        return self.reader.reading

    def until_failed(self) -> Exception:
        while self.reader.failure is None:
            self._news.get(timeout=PATIENCE)
        return self.reader.failure


@pytest.fixture
def read() -> Iterator[Callable[..., Read]]:
    """Read these files, until the test ends."""
    started: list[Read] = []

    def read(*paths: Path, **options: Any) -> Read:
        started.append(Read(*paths, **options))
        return started[-1]

    yield read
    for one in started:
        one.reader.stop()
        assert one.reader.join(PATIENCE)


def fill(trace: TraceFile, events: int) -> None:
    for _ in range(events):
        trace.add("log", data={"text": "x" * 900})


def check_closed(store: Store) -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        store.advance()


def test_reads_all(trace: TraceFile, read: Callable[..., Read]) -> None:
    """What the file holds is read to its end, and a tree is made of it."""
    fill(trace, 1_000)
    reading = read(trace.path).start().until(lambda reading: reading.settled)
    assert len(reading.snapshot) == 1_000
    assert reading.forest is not None
    assert len(reading.forest) == 1_000


def test_before_it_starts(trace: TraceFile, read: Callable[..., Read]) -> None:
    """Before it starts there is what the store had read, and no tree: nothing heavier than that is done by then."""
    fill(trace, 200)
    reading = read(trace.path, budget=FIRST_SLICE).reader.reading
    assert 0 < len(reading.snapshot) < 200
    assert (reading.forest, reading.complete, reading.settled) == (None, False, False)


def test_growth(trace: TraceFile, read: Callable[..., Read]) -> None:
    """What the file grows by is read and told, and the tree comes after it."""
    trace.add("log")
    growing = read(trace.path).start()
    first = growing.until(lambda reading: reading.settled)
    trace.add("log")
    second = growing.until(lambda reading: len(reading.snapshot) == 2 and reading.settled)
    assert second.forest is not first.forest
    assert len(first.snapshot) == 1


def test_busy(trace: TraceFile, read: Callable[..., Read], monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent that records as fast as it is read is read at a pace: what comes meanwhile is for the next look."""
    advance = Store.advance

    def chased(store: Store, budget: int = SLICE) -> bool:
        more = advance(store, budget)
        trace.add("log")
        return more

    monkeypatch.setattr(Store, "advance", chased)
    trace.add("log")
    told: SimpleQueue[int] = SimpleQueue()
    reader = read(trace.path).reader
    reader.start(lambda: told.put(len(reader.reading.snapshot)))
    counts = [told.get(timeout=PATIENCE)]
    while counts[-1] < 5:
        counts.append(told.get(timeout=PATIENCE))
    assert list(dict.fromkeys(counts)) == [1, 2, 3, 4, 5]


def test_pace(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """After news the next look waits as long as whoever shows it wants; where there is no news, as usual."""
    rests: SimpleQueue[float] = SimpleQueue()
    rest = Reader.rest

    def soon(reader: Reader, seconds: float) -> None:
        rests.put(seconds)
        rest(reader, min(seconds, 0.1))

    monkeypatch.setattr(Reader, "rest", soon)
    trace.add("log")
    reader = Reader(Store([trace.path]))
    reader.pace = 7.0
    reader.start(lambda: None)
    try:
        assert 0.25 < rests.get(timeout=PATIENCE) <= 7.0
        while rests.get(timeout=PATIENCE) > 0.25:
            pass
        trace.add("log")
        while rests.get(timeout=PATIENCE) <= 0.25:
            pass
    finally:
        reader.stop()
        assert reader.join(PATIENCE)


def test_begun_again(trace: TraceFile, read: Callable[..., Read]) -> None:
    """When a file was cut everything is read again, and that it is another edition is known."""
    trace.add("log", "gone")
    trace.add("log", "gone too")
    growing = read(trace.path).start()
    first = growing.until(lambda reading: reading.settled)
    os.truncate(trace.path, 0)
    trace.add("log", "new")
    second = growing.until(lambda reading: reading.edition != first.edition and reading.settled)
    assert (first.edition, second.edition) == (0, 1)
    assert [second.snapshot.name(row) for row in range(len(second.snapshot))] == ["new"]


def test_shown(trace: TraceFile, read: Callable[..., Read]) -> None:
    """The trees that are made show what is shown."""
    trace.add("decision")
    trace.add("tool_call")
    filtered = read(trace.path)
    filtered.reader.shown = Shown(frozenset("2"))
    reading = filtered.start().until(lambda reading: reading.settled)
    assert reading.forest is not None
    assert reading.forest.rows.tolist() == [0]


def test_ends(tmp_path: Path, trace: TraceFile, read: Callable[..., Read]) -> None:
    """That the run has ended is told although the file does not grow any more."""
    agent = trace.add("agent_start", "a")
    ending = read(trace.path).start()
    ending.until(lambda reading: reading.settled)
    assert ending.reader.live.words == "✗ CRASHED"
    trace.add("agent_end", "a", {"status": "completed"}, parent=agent)
    ending.until(lambda _: ending.reader.live.words == "■ FINISHED completed")


def test_stopped(trace: TraceFile, read: Callable[..., Read]) -> None:
    """Stopped while there is much to read, it ends and closes the files."""
    fill(trace, 3_000)
    stopped = read(trace.path).start()
    stopped.reader.stop()
    assert stopped.reader.join(PATIENCE)
    check_closed(stopped.store)


def test_never_started(trace: TraceFile) -> None:
    """Stopped before it was started, it closes the files, and does not start any more."""
    trace.add("log")
    store = Store([trace.path])
    reader = Reader(store)
    reader.stop()
    reader.start(lambda: None)
    assert reader.join(0)
    check_closed(store)


def test_failure(trace: TraceFile, read: Callable[..., Read]) -> None:
    """What it fails by is kept, and told as news: a thread must not print over the screen."""
    failure = InputError("the directory cannot be read")

    def more() -> list[Path]:
        raise failure

    assert read(trace.path, more=more).start().until_failed() is failure


def test_first_screen(trace: TraceFile, run_python: RunPython) -> None:
    """Nothing that the first screen needs imports numpy, which takes longer than the screen may."""
    trace.add("log")
    program = """
import sys
from pathlib import Path
import peek_tui.tui.app
from peek_tui.state.browse import Browse
from peek_tui.state.reader import Reader
from peek_tui.state.tree import TreeView
from peek_tui.trace.store import FIRST_SLICE, SLICE, Store
store = Store([Path(sys.argv[1])])
store.advance(FIRST_SLICE)
browse = Browse(Reader(store).reading.snapshot)
assert (browse.row, TreeView(browse).position, browse.counts()[7][2]) == (0, 0, 1)
assert "numpy" not in sys.modules
"""
    run_python(program, trace.path)


def test_lost(trace: TraceFile, read: Callable[..., Read]) -> None:
    """What the writer says it lost adds up, as it comes."""
    trace.add("capture_loss", data={"events": 3})
    trace.add("capture_loss", data={"events": "many"})
    losing = read(trace.path).start()
    assert losing.until(lambda reading: reading.settled).lost == 3
    trace.add("capture_loss", data={"events": 40})
    assert losing.until(lambda reading: len(reading.snapshot) == 3).lost == 43
