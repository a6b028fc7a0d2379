from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import pytest

from peek_tui.trace.model import Event
from peek_tui.trace.query import parse_query, select
from tests.conftest import RunPython

from .events import MemoryColumns, event_of

KINDS = [
    event_of("tool_call", "search", {"q": {"text": "refund"}}),
    event_of("tool_call", "pay", {"q": {"text": "no"}}),
    event_of("tool_result", "search", error={"type": "E", "message": "boom"}),
    event_of("decision", "", {"confidence": 0.3}),
    event_of("log", "", {"text": "refund"}),
]


class Reader:
    """Five events again and again, and a note of whose lines and payloads were read."""

    def __init__(self) -> None:
        self.read: list[int] = []
        self.looked_at: list[int] = []

    def event(self, row: int) -> Event:
        self.read.append(row)
        return KINDS[row % len(KINDS)]

    def raw(self, row: int) -> bytes:
        self.looked_at.append(row)
        return KINDS[row % len(KINDS)].raw


def of_kinds(kinds: Sequence[int], length: int) -> list[int]:
    return [row for row in range(length) if row % len(KINDS) in kinds]


@pytest.mark.parametrize(
    ("text", "read", "looked_at", "hits"),
    [
        ("type:tool_call,log", [], [], [0, 1, 4]),
        ("-error dur<1", [], [], []),
        ("type:tool_call refund", [], [0, 1], [0]),
        ("refund type:tool_call", [], [0, 1], [0]),
        ("error OR refund", [], [0, 1, 3, 4], [0, 2, 4]),
        ("refund OR error", [], [0, 1, 3, 4], [0, 2, 4]),
        ("-error refund", [], [0, 1, 3, 4], [0, 4]),
        ("-(error OR refund)", [], [0, 1, 3, 4], [1, 3]),
        ("refund", [], [0, 1, 2, 3, 4], [0, 4]),
        ("conf<0.4", [3], [3], [3]),
        ("-conf<0.4 type:log,decision", [3], [3], [4]),
        ("data.q.text:refund", [0, 1, 4], [0, 1, 2, 3, 4], [0]),
        ("importance>0 error", [2], [2], []),
    ],
)
def test_only_what_is_needed(text: str, read: list[int], looked_at: list[int], hits: list[int]) -> None:
    """Only lines that the columns leave open are looked at, and only those that may hold what is wanted are parsed."""
    reader = Reader()
    found = select(parse_query(text), MemoryColumns(KINDS), reader.event, raw=reader.raw)
    assert (list(found), reader.read, reader.looked_at) == (hits, read, looked_at)

    reader = Reader()
    assert list(select(parse_query(text), MemoryColumns(KINDS), reader.event)) == hits
    assert (reader.read, reader.looked_at) == (looked_at, [])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("text", "kinds"),
    [("", [0, 1, 2, 3, 4]), ("error", [2]), ("type:tool_call refund", [0]), ("conf<0.4 OR error", [2, 3])],
)
def test_long_trace(text: str, kinds: list[int], reverse: bool) -> None:
    """A trace of many slices is gone through in order, whichever rows of it are asked for."""
    length = 30_000
    columns = MemoryColumns(KINDS * (length // len(KINDS)))
    reader = Reader()
    query = parse_query(text)
    expected = of_kinds(kinds, length)
    for rows, hits in (
        (None, expected),
        (range(7, 20_011), [row for row in expected if 7 <= row < 20_011]),
        (range(20_011, 7, -3), [row for row in range(20_011, 7, -3) if row % len(KINDS) in kinds]),
        (expected[::2], expected[::2]),
        ([], []),
    ):
        found = list(select(query, columns, reader.event, rows, reverse=reverse, raw=reader.raw))
        assert found == (hits[::-1] if reverse else hits)


def test_row_numbers() -> None:
    """Rows that are asked for by number are those of the trace, whichever part is looked at."""
    columns = MemoryColumns(KINDS * 2_000)
    query = parse_query("row>=4999 row<5001 OR row:9000")
    assert list(select(query, columns, Reader().event, range(10, 10_000))) == [4999, 5000, 9000]
    assert list(select(query, columns, Reader().event, [5000, 3, 9000])) == [5000, 9000]


def test_streams() -> None:
    """A hit is told before anything after it is read, and nothing is read once nobody listens."""
    reader = Reader()
    found = select(parse_query("type:log,decision refund"), MemoryColumns(KINDS * 10_000), reader.event)
    assert list(islice(found, 2)) == [4, 9]
    assert reader.read == [3, 4, 8, 9]
    found.close()
    assert list(found) == []
    assert reader.read == [3, 4, 8, 9]


def test_columns_asked_for() -> None:
    """Only the columns that a query names are asked for, each once, however many slices there are."""
    columns = MemoryColumns(KINDS * 10_000)
    assert len(list(select(parse_query("type:log -error OR name:pay"), columns, Reader().event))) == 20_000
    assert columns.asked == ["type", "failed", "name"]


def test_without_numpy(run_python: RunPython) -> None:
    """Reading a query and asking it of one event needs no numpy, and neither does going through all of a trace."""
    program = """
import sys
from peek_tui.trace.query import EVERYTHING, parse_query, select
from peek_tui.trace.model import Event
event = Event(0, 0, 1, "", "", "", "log", "", {}, b"{}")
assert parse_query("type:log ts<10:15 -data.x.y>1 -text").holds(event)
class Columns:
    rows = 3
assert list(select(EVERYTHING, Columns(), None, reverse=True)) == [2, 1, 0]
assert "numpy" not in sys.modules
"""
    run_python(program)
