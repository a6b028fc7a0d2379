from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from peek_tui.analysis.importance import Importance
from peek_tui.analysis.skim import THRESHOLD, low_runs
from peek_tui.state.browse import Browse
from peek_tui.state.skim import Fold, Skim
from peek_tui.trace.store import Snapshot, Store
from tests.state.traces import TraceFile

ROUTINE, NOTABLE = "llm_chunk", "refusal"


def read(trace: TraceFile) -> Snapshot:
    return Store.load([trace.path], rate=Importance().of).snapshot()


def write(trace: TraceFile, *types: str) -> Snapshot:
    for type in types:
        trace.add(type)
    return read(trace)


def test_folded(trace: TraceFile) -> None:
    """Runs of at least three unimportant events become one row each, which says what it hides."""
    snapshot = write(trace, ROUTINE, ROUTINE, NOTABLE, *[ROUTINE] * 3, "tool_call", NOTABLE)
    skim = Skim(snapshot, snapshot.rows())
    assert skim.rows == [0, 1, 2, 3, 7]
    assert skim.fold(3) == Fold(4, "3 llm, 1 tool")
    assert [skim.fold(row) for row in (0, 2, 7)] == [None] * 3


def test_counted_once(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a row hides is counted once, however often its line is drawn."""
    snapshot = write(trace, *[ROUTINE] * 4)
    skim = Skim(snapshot, snapshot.rows())
    fold = skim.fold(0)
    monkeypatch.setattr("peek_tui.state.skim.what_is_hidden", None)
    assert skim.fold(0) is fold


def test_opened_and_stops(trace: TraceFile) -> None:
    """A run that was opened stays open, and where one should stop there is a row."""
    snapshot = write(trace, *[ROUTINE] * 4, NOTABLE, *[ROUTINE] * 7)
    assert Skim(snapshot, snapshot.rows(), {0}).rows == [0, 1, 2, 3, 4, 5]
    assert Skim(snapshot, snapshot.rows(), stops=[8]).rows == [0, 4, 5, 8, 9]


class TestBrowse:
    def test_toggle(self, trace: TraceFile) -> None:
        """The selection stays, or the row that hides its event stands in for it; unfolding brings it back."""
        browse = Browse(write(trace, *[ROUTINE] * 4, NOTABLE, *[ROUTINE] * 4))
        browse.go_row(2)
        browse.toggle_skim()
        assert (list(browse.rows), browse.row, browse.selected) == ([0, 4, 5], 0, 2)
        browse.toggle_skim()
        assert browse.row == 2

    def test_open(self, trace: TraceFile) -> None:
        """A folded run opens by itself."""
        browse = Browse(write(trace, *[ROUTINE] * 4, NOTABLE, *[ROUTINE] * 4))
        browse.toggle_skim()
        assert browse.open_fold(5)
        assert list(browse.rows) == [0, 4, 5, 6, 7, 8]
        assert not browse.open_fold(5)

    def test_revealed(self, trace: TraceFile) -> None:
        """Whoever goes to an event in a fold sees it."""
        browse = Browse(write(trace, *[ROUTINE] * 4, NOTABLE, *[ROUTINE] * 4))
        browse.toggle_skim()
        browse.reveal(2)
        assert (list(browse.rows), browse.row) == ([0, 1, 2, 3, 4, 5], 2)

    def test_grows(self, trace: TraceFile) -> None:
        """What arrives is folded as well, and a filter is folded under itself."""
        trace.add(NOTABLE)
        browse = Browse(read(trace))
        browse.toggle_skim()
        browse.update(write(trace, *[ROUTINE] * 3, "tool_call"))
        assert list(browse.rows) == [0, 1]
        browse.toggle_group("1")
        assert list(browse.rows) == [0, 4]

    def test_alerts_come(self, trace: TraceFile) -> None:
        """Where an alert begins there is a row as soon as the alert is known."""
        browse = Browse(write(trace, NOTABLE, *[ROUTINE] * 7))
        browse.stop_at([2])
        browse.toggle_skim()
        assert list(browse.rows) == [0, 1, 2, 3]
        browse.stop_at([2, 5])
        assert list(browse.rows) == [0, 1, 2, 3, 4, 5, 6, 7]
        browse.toggle_skim()
        browse.stop_at([])
        assert list(browse.rows) == list(range(8))

    def test_nothing_visible_came(self, trace: TraceFile) -> None:
        """While nothing comes that the filters show, nothing is folded again."""
        browse = Browse(write(trace, NOTABLE, *[ROUTINE] * 3, "tool_call"))
        browse.toggle_group("1")
        browse.toggle_skim()
        skim = browse.skim
        trace.add(ROUTINE)
        newer = read(trace)
        browse.update(newer)
        assert browse.snapshot is newer
        assert browse.skim is skim


def test_only_what_is_new(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand rows that were folded a moment ago, those from the last run on are folded again."""
    folded: list[int] = []

    def counting(importance: NDArray[np.float64]) -> NDArray[np.intp]:
        folded.append(len(importance))
        return low_runs(importance)

    monkeypatch.setattr("peek_tui.state.skim.low_runs", counting)
    browse = Browse(write(trace, *[NOTABLE, *[ROUTINE] * 9] * 100))
    browse.toggle_skim()
    browse.update(write(trace, ROUTINE, NOTABLE, ROUTINE))
    assert (len(browse.rows), browse.rows[-3:]) == (202, [991, 1_001, 1_002])
    assert folded == [1_000, 12]


STEPS = st.lists(st.sampled_from((ROUTINE, NOTABLE, "fails", "succeeds")), max_size=12)


@given(STEPS, st.lists(st.tuples(STEPS, st.integers(0, 12), st.booleans()), max_size=4))
def test_grown(types: list[str], growth: list[tuple[list[str], int, bool]]) -> None:
    """However a trace has grown, it is folded as one that was read at once, what was recovered meanwhile included."""
    with tempfile.TemporaryDirectory() as directory:
        trace = TraceFile(Path(directory) / "trace.jsonl")
        stops: list[int] = []
        opened: set[int] = set()
        _add(trace, types)
        snapshot = read(trace)
        skim = Skim(snapshot, snapshot.rows())
        for more, at, opens in growth:
            _add(trace, more)
            stops = sorted({*stops, at})
            opened |= {skim.rows[0]} if opens and skim.rows else set()
            snapshot = read(trace)
            skim = Skim(snapshot, snapshot.rows(), opened, stops, skim)
            whole = Skim(snapshot, snapshot.rows(), opened, stops)
            assert list(skim.rows) == list(whole.rows)
            assert [skim.fold(row) for row in skim.rows] == [whole.fold(row) for row in whole.rows]


def _add(trace: TraceFile, types: list[str]) -> None:
    for type in types:
        if type in ("fails", "succeeds"):
            error = {"type": "E", "message": "m"} if type == "fails" else None
            trace.add("tool_result", "x", parent=trace.add("tool_call", "x", {"arguments": {"a": 1}}), error=error)
        else:
            trace.add(type)


@given(st.lists(st.sampled_from((ROUTINE, NOTABLE, "tool_call", "decision", "error")), max_size=30), st.data())
def test_nothing_lost(types: list[str], data: st.DataObject) -> None:
    """Rows and what they stand for are all rows, each once, and no row that matters is hidden."""
    with tempfile.TemporaryDirectory() as directory:
        snapshot = write(TraceFile(Path(directory) / "trace.jsonl"), *types)
        rows = data.draw(st.lists(st.sampled_from(range(len(types))), unique=True).map(sorted)) if types else []
        skim = Skim(snapshot, rows)
        counts = [fold.events if (fold := skim.fold(row)) else 1 for row in skim.rows]
        assert sum(counts) == len(rows)
        importance = snapshot.columns.importance
        assert importance is not None
        assert {row for row in rows if importance[row] >= THRESHOLD} <= set(skim.rows)
