from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

import pytest

from peek_tui.analysis.alerts import Alert, Watch
from peek_tui.analysis.culprit.rank import Suspect
from peek_tui.state import answers
from peek_tui.state.answers import Answers, Found, Remark, Suspects, where_it_failed
from peek_tui.trace.store import Snapshot, Store
from tests.state.traces import TraceFile

LOOP = Alert("tool_loop", "medium", "bash failed 6 times", ("a", "b", "a"), 3, 9)
STOP = Alert("unfinished_business", "high", "it breaks off", ("b",), 5, 5)


class TestFound:
    def test_rows(self) -> None:
        """One goes from alert to alert in both directions, from wherever one is."""
        found = Found([LOOP, STOP])
        assert [found.next_row(row, 1) for row in (0, 3, 4, 5)] == [3, 5, 5, None]
        assert [found.next_row(row, -1) for row in (9, 5, 3)] == [5, 3, None]

    def test_remarks(self) -> None:
        """An event that shows an alert says so, once."""
        found = Found([LOOP, STOP])
        assert found.remarks("a") == [Remark("alert", "bash failed 6 times")]
        assert found.remarks("b") == [Remark("alert", "bash failed 6 times"), Remark("alert", "it breaks off")]
        assert found.remarks("c") == []

    def test_suspected(self) -> None:
        """An event that is suspected says so, with the reasons."""
        suspects = Suspects((Suspect(5, "b", 0.5, ("it guessed", "nobody looked"), None),))
        assert suspects.remarks("b") == [Remark("suspect", "1 of 1: it guessed; nobody looked")]
        assert suspects.remarks("a") == []

    def test_worst(self) -> None:
        """The alert of the highest severity is the worst, of several the last."""
        assert Found([STOP, LOOP]).worst() is STOP
        assert Found().worst() is None


class TestWhereItFailed:
    def test_completed(self, trace: TraceFile) -> None:
        """A run that completed did not fail anywhere."""
        trace.add("agent_start", "a")
        trace.add("tool_result", "x", error={"type": "E", "message": "m"})
        trace.add("agent_end", "a", {"status": "completed"})
        assert where_it_failed(trace.snapshot(), "finished", Found([STOP])) is None

    def test_alert(self, trace: TraceFile) -> None:
        """The worst alert is where to begin, when it is a bad one."""
        for _ in range(7):
            trace.add("log")
        assert where_it_failed(trace.snapshot(), "crashed", Found([LOOP, STOP])) == (5, "it breaks off")

    def test_error(self, trace: TraceFile) -> None:
        """Without one the last error is."""
        trace.add("agent_start", "a")
        trace.add("tool_result", "x", error={"type": "E", "message": "m"})
        trace.add("log")
        assert where_it_failed(trace.snapshot(), "crashed", Found([LOOP])) == (1, "the last error")

    def test_end(self, trace: TraceFile) -> None:
        """With neither, the end is, and how the run came out says why."""
        trace.add("agent_start", "a")
        trace.add("log")
        row, why = where_it_failed(trace.snapshot(), "crashed", Found()) or (0, "")
        assert row == 1
        assert why.startswith("Its writer is gone")

    def test_empty(self, tmp_path: Path) -> None:
        """Nothing is begun with in an empty trace."""
        assert where_it_failed(TraceFile(tmp_path / "empty.jsonl").snapshot(), "crashed", Found()) is None


PATIENCE = 30.0


class Rests(Answers):
    """Says for how long it means to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: SimpleQueue[float] = SimpleQueue()

    def rest(self, seconds: float) -> None:
        self.rests.put(seconds)
        super().rest(seconds)

    def until_rests(self, seconds: float) -> None:
        while self.rests.get(timeout=PATIENCE) != pytest.approx(seconds):
            pass


def test_pace(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace that grows is looked at again after a pause, what came last is; once the run is over, at once."""
    now = 100.0
    monkeypatch.setattr(answers, "monotonic", lambda: now)
    looks = Rests()
    told: SimpleQueue[int] = SimpleQueue()
    looks.start(lambda: told.put(len(looks.seen or ())))
    try:
        trace.add("log")
        looks.look(trace.snapshot(), over=False)
        assert told.get(timeout=PATIENCE) == 1
        looks.until_rests(60.0)
        for _ in range(2):
            trace.add("log")
            looks.look(trace.snapshot(), over=False)
            looks.until_rests(0.15)
        now += 0.2
        assert told.get(timeout=PATIENCE) == 3
        looks.until_rests(60.0)
        trace.add("log")
        looks.look(trace.snapshot(), over=True)
        assert told.get(timeout=PATIENCE) == 4
    finally:
        looks.stop()
        assert looks.join(PATIENCE)


def test_torrent(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what comes faster than it can be looked at some is looked at after each pause, the rest in the first calm."""
    now, watch, store = 100.0, Watch(), Store([trace.path])
    monkeypatch.setattr(answers, "monotonic", lambda: now)
    monkeypatch.setattr(answers, "_MOST", 2)
    looks = Rests()
    monkeypatch.setattr(looks, "_watch", lambda: watch)
    told: SimpleQueue[int] = SimpleQueue()
    looks.start(lambda: told.put(watch.seen))
    try:
        trace.add("log")
        store.advance()
        looks.look(store.snapshot(), over=False)
        assert told.get(timeout=PATIENCE) == 1
        looks.until_rests(60.0)
        for _ in range(9):
            trace.add("log")
        store.advance()
        looks.look(store.snapshot(), over=False)
        for seen in (3, 5):
            looks.until_rests(0.15)
            now += 0.15
            assert told.get(timeout=PATIENCE) == seen
        looks.until_rests(0.15)
        now += 1.0
        assert told.get(timeout=PATIENCE) == 10
        looks.until_rests(60.0)
    finally:
        looks.stop()
        assert looks.join(PATIENCE)
        store.close()


class Interrupted(Watch):
    """Is told in the middle of a look that all begins again, once."""

    def __init__(self, looks: Answers, news: Snapshot) -> None:
        super().__init__()
        self._looks = looks
        self._news = news

    def advance(self, snapshot: Snapshot, *, over: bool = False, most: int | None = None) -> list[Alert]:
        if snapshot is not self._news:
            self._looks.begin_again()
            self._looks.look(self._news, over=True)
        return super().advance(snapshot, over=over, most=most)


def test_begun_again(trace: TraceFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file that is read again nothing is found that was looked at before."""
    trace.add("log")
    other = TraceFile(tmp_path / "other.jsonl")
    other.add("agent_start")
    news = other.snapshot()
    looks = Answers()
    monkeypatch.setattr(looks, "_watch", lambda: Interrupted(looks, news))
    told: SimpleQueue[Snapshot | None] = SimpleQueue()
    looks.start(lambda: told.put(looks.seen))
    try:
        looks.look(trace.snapshot(), over=True)
        assert told.get(timeout=PATIENCE) is news
    finally:
        looks.stop()
        assert looks.join(PATIENCE)
