from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peek_tui.state.strip import Strip

from .traces import NOON, TraceFile, close_all

SECOND = 1_000_000_000


def naive(times: list[int], width: int) -> list[int]:
    """The column of each event: spans of time of the same length."""
    first, last = min(times), max(times)
    edges = [first + int(column * (last - first) / width) for column in range(width)]
    clock = [max(times[: row + 1]) for row in range(len(times))]
    return [max(column for column in range(width) if edges[column] <= time) for time in clock]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=30), st.integers(1, 12))
def test_columns(tmp_path_factory: pytest.TempPathFactory, seconds: list[int], width: int) -> None:
    """Each event lies in the column of its time, and the first of a column is gone to from there."""
    trace = TraceFile(tmp_path_factory.mktemp("strip") / "trace.jsonl")
    times = [NOON + second * SECOND for second in seconds]
    for ts in times:
        trace.add("log", ts=ts)
    strip = Strip(trace.snapshot(), width)
    columns = naive(times, width) if len(set(times)) > 1 else [row * width // len(times) for row in range(len(times))]
    if len(set(times)) > 1 and seconds[0] == min(seconds):
        assert [strip.column(row) for row in range(len(times))] == columns
        for column in set(columns):
            assert strip.row(column) == columns.index(column)
        assert {column for column, char in enumerate(strip.signs.amounts) if char != " "} == set(columns)
    assert len(strip.signs.amounts) == len(strip.signs.signs) == width
    close_all()


def test_signs(trace: TraceFile) -> None:
    """What failed and what objected stand in their columns; of both in one, the objection."""
    for type, failed in (("log", 0), ("log", 1), ("log", 0), ("refusal", 1), ("behavior_alert", 0)):
        trace.add(type, error={"type": "E", "message": ""} if failed else None)
    assert Strip(trace.snapshot(), 5).signs.signs == " ✗ !!"


def test_amounts(trace: TraceFile) -> None:
    """The more happened the higher; where nothing did there is a blank."""
    for ts in (0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 5):
        trace.add("log", ts=NOON + ts * SECOND)
    assert Strip(trace.snapshot(), 5).signs.amounts == "█   ▄"


def test_one_moment(trace: TraceFile) -> None:
    """Where all happened at one moment the columns are equal parts of it."""
    for _ in range(8):
        trace.add("log", ts=NOON)
    strip = Strip(trace.snapshot(), 4)
    assert [strip.column(row) for row in range(8)] == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [strip.row(column) for column in (-1, 0, 3, 9)] == [0, 0, 6, 6]


def test_nothing(trace: TraceFile) -> None:
    """An empty trace is an empty strip."""
    strip = Strip(trace.snapshot(), 4)
    assert (strip.signs.amounts, strip.row(2)) == ("    ", None)
