from __future__ import annotations

import pytest

from peek_tui.trace.query import parse_query

from .events import NOON, MemoryColumns, event_of

SECOND = 1_000_000_000
EVENTS = [
    event_of("log", ts=0, row=0),
    event_of("log", "a", ts=NOON, row=1, duration_ms=0, usage={}, cost_usd=0, agent="x"),
    event_of(
        "tool_call", "b", ts=NOON + SECOND, row=2, duration_ms=2**62, usage={"input_tokens": 2**62}, cost_usd=1e18
    ),
    event_of("decision", "c", ts=NOON + 2 * SECOND, row=3, error="no", session="f" * 32),
    event_of("damaged", ts=2**63 - 1, row=4),
]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("-*", []),
        ("type:log,tool_call", [0, 1, 2]),
        ("-type:log", [2, 3, 4]),
        ("type:*", [0, 1, 2, 3, 4]),
        ("name:*", [1, 2, 3]),
        ('name:"",c', [0, 3, 4]),
        ("agent:*", [1]),
        ('agent:""', [0, 2, 3, 4]),
        ("session:f*", [3]),
        ("error", [3]),
        ("dur<1", [1]),
        ("-dur<1", [0, 2, 3, 4]),
        ("dur>1h", [2]),
        ("tokens<1", [1]),
        ("tokens>=0", [1, 2]),
        ("tokens:-1", []),
        ("tokens>1M", [2]),
        ("cost<1", [1]),
        ("cost>=0", [1, 2]),
        ("row>=2 row<4 OR row:0", [0, 2, 3]),
        ("row<1e400", [0, 1, 2, 3, 4]),
        ("ts<2025-11-20T12:00:01Z", [1]),
        ("-ts<2025-11-20T12:00:01Z", [0, 2, 3, 4]),
        ("ts>=1970-01-01Z", [1, 2, 3, 4]),
        ("ts:12:00:01Z,12:00:02Z", [2, 3]),
        ("ts>2262-04-11T23:47:16Z", [4]),
        ("ts<9999-01-01", [1, 2, 3, 4]),
        ("ts>9999-01-01", []),
        ("conf>0 -type:decision", []),
        ("error x OR -error", [0, 1, 2, 4]),
    ],
)
def test_columns(text: str, rows: list[int]) -> None:
    """Columns answer as the events themselves do, what is missing and what is extreme included."""
    query = parse_query(text)
    columns = MemoryColumns(EVENTS)
    yes, maybe = query.mask(columns)
    assert yes.nonzero()[0].tolist() == rows
    assert maybe.tolist() == [text.startswith("error x") and row == 3 for row in range(5)]
    assert [event.row for event in EVENTS if query.holds(event, columns.first_ts)] == rows


def test_nothing_but_the_payload() -> None:
    """What columns cannot tell they leave open: everything for a text or a path, decisions for how sure they were."""
    for text, unsure in (("x", 5), ("-x", 5), ("data.a.b:x", 5), ("importance>0", 5), ("conf>0", 1), ("-conf>0", 1)):
        yes, maybe = parse_query(text).mask(MemoryColumns(EVENTS))
        assert maybe.sum() == unsure
        assert yes.sum() == (4 if text == "-conf>0" else 0)


def test_many_words() -> None:
    """Any number of words can fit, also of an empty trace."""
    events = [event_of(f"type {number}", row=number) for number in range(100)]
    yes, _ = parse_query('type:"type 1*","type 7"').mask(MemoryColumns(events))
    assert yes.nonzero()[0].tolist() == [1, 7, *range(10, 20)]
    assert parse_query("type:a OR x").mask(MemoryColumns([]))[0].tolist() == []
