from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from peek_tui.trace.model import DAMAGED, Damage, Event
from peek_tui.trace.query import EVERYTHING, of_types, parse_query, tokens_of

from .conftest import InZone
from .events import NOON, event_of

SECOND = 1_000_000_000
PAYLOAD = {
    "arguments": {"city": "Paris", "days": 3, "price": 2.50, "exact": 1e3, "now": True, "note": None, "empty": ""},
    "messages": [{"role": "user", "parts": [["x", 1], ["y", 7]]}, {"role": "system"}],
    "gen_ai.request": {"model": "m-1"},
    "gen_ai": {"usage.input": 12},
    "id": 2**63 + 1,
    "confidence": 0.3,
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("type:log", True),
        ("type:logs", False),
        ("type:lo", False),
        ("type:LOG", False),
        ("type:l*", True),
        ("type:*g", True),
        ("type:l*o*g", True),
        ("type:lo*og", False),
        ("type:l*og*g", False),
        ("type:*lo*o*", False),
        ("type:x,log", True),
        ("-type:x,log", False),
        ("type:*", True),
        ("name:f[o]?", True),
        ("name:f??*", False),
        ("name:[!x]*", False),
        ('name:"f[o]?"', True),
        (r'name:"f\*"', False),
        ('name:""', False),
        ("agent:planner", True),
        ("agent:*", True),
        ('agent:""', False),
        ("session:0af7*", True),
        ("session:0af7", True),
        ("session:0af8,0af7", True),
        ("session:af7", False),
        ('session:""', False),
        ("error", True),
        ("-error", False),
        ("type:log error", True),
        ("type:x error", False),
        ("type:x OR error", True),
        ("-(type:log error)", False),
    ],
)
def test_words(text: str, holds: bool) -> None:
    """A word fits as a whole, case and all; of alternatives one is enough; only `*` stands for others."""
    event = event_of("log", "f[o]?", agent="planner", error={"type": "E", "message": "no"})
    assert parse_query(text).holds(event) is holds


def test_missing_words() -> None:
    """What has no name or agent is found by the empty word, and by no other."""
    event = event_of("log")
    texts = ['agent:""', 'name:"",x', "agent:*", "name:*", "name:x", "-agent:*", "error"]
    assert [parse_query(text).holds(event) for text in texts] == [True, True, False, False, False, True, False]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("dur>2s", False),
        ("dur>=2s", True),
        ("dur<2001", True),
        ("dur:2000", True),
        ("dur:2000ms", True),
        ("dur:1s,2s", True),
        ("dur:0.0333333333m,2000000us", True),
        ("dur:2000000µs", True),
        ("dur:2000000000ns", True),
        ("dur<1m30s", True),
        ("dur<0.001h", True),
        ("dur:1s1s", True),
        ("tokens>4.3k", True),
        ("tokens:4314", True),
        ("tokens<0.01M", True),
        ("cost>0.01", True),
        ("cost>$0.02", False),
        ("cost<1e400", True),
        ("importance>0.8", True),
        ("importance>=.9 importance<=9e-1", True),
        ("row>100", False),
        ("row:7,100", True),
        ("row<=100", True),
        ("row<" + "9" * 5000, True),
    ],
)
def test_numbers(text: str, holds: bool) -> None:
    """Numbers compare in the unit they are written with: milliseconds, tokens, dollars."""
    usage = {"input_tokens": 4102, "output_tokens": 212, "cache_read_tokens": 3000}
    event = event_of("llm_response", row=100, duration_ms=2000, usage=usage, cost_usd=0.0123, importance=0.9)
    assert parse_query(text).holds(event) is holds


@pytest.mark.parametrize("key", ["dur", "tokens", "cost", "importance", "conf", "data.x"])
@pytest.mark.parametrize("value", ["<1", "<=0", ">-1", ":0"])
def test_missing_numbers(key: str, value: str) -> None:
    """What is not there compares with nothing, so that only the negation of a comparison holds."""
    term = key + value if not (key == "dur" and value == ">-1") else "dur>0"
    event = event_of("decision", data={"text": "x"})
    assert (parse_query(term).holds(event), parse_query(f"-{term}").holds(event)) == (False, True)


def test_hostile_tokens() -> None:
    """What a hostile writer claims to have spent is cut to what the column holds."""
    claims = [(-5, 0), (2**62, 2**40)]
    for claim, tokens in claims:
        event = event_of(usage={"input_tokens": claim})
        assert tokens_of(event.usage) == tokens
        assert parse_query(f"tokens:{tokens}").holds(event)
    assert tokens_of(None) == -1


def test_confidence() -> None:
    """Only a decision says how sure the agent was."""
    texts = ["conf<0.4", "conf>0.4", "-conf>0.4"]
    for type, expected in (("decision", [True, False, True]), ("log", [False, False, True])):
        assert [parse_query(text).holds(event_of(type, data=PAYLOAD)) for text in texts] == expected
    assert not parse_query("conf>0").holds(event_of("decision", data={"confidence": "0.5"}))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ts>10:15:00", True),
        ("ts>10:15:30.5", False),
        ("ts>=10:15:30.5", True),
        ("ts<=10:15:30.500000000", True),
        ("ts<10:15:30.500000001", True),
        ("ts>10:15", True),
        ("ts:10:15", True),
        ("ts:10:15:30", True),
        ("ts:10:15:30.5", True),
        ("ts:10:15:30.4", False),
        ("ts:10:15:30.50", True),
        ("ts:10:15:29,10:15:30", True),
        ("ts:10:16", False),
        ("ts<10:15:31 ts>9:00", True),
        ("ts>08:15:30.4Z", True),
        ("ts>08:15:30.5Z", False),
        ("ts:10:15+02:00", True),
        ("ts:03:15-0500", True),
        ("ts:2025-07-20", True),
        ("ts:2025-07-20Z", True),
        ("ts:2025-07-19,2025-07-21", False),
        ("ts>2025-07-20", True),
        ("ts<2025-07-21", True),
        ("ts:2025-07-20T10:15", True),
        ('ts:"2025-07-20 10:15:30"', True),
        ("ts>2025-07-20T08:15:30.4z", True),
        ("ts:2025-07-20t10:15:30.5+02:00", True),
        ("ts>2025-07-20T10:15:30.5+02:00", False),
        ("ts>=1752999330500000000", True),
        ("ts:1752999330500000000", True),
        ("ts>1752999330500000000", False),
    ],
)
def test_time(in_zone: InZone, text: str, holds: bool) -> None:
    """A moment is when it begins, and equal to it is all of its last unit; without a zone it is local time."""
    in_zone("Europe/Berlin")
    ts = at("2025-07-20T08:15:30") + SECOND // 2
    assert parse_query(text).holds(event_of(ts=ts), ts - 60 * SECOND) is holds


def test_time_of_day(in_zone: InZone) -> None:
    """A time of day is meant on the trace's first day, as its zone counts days, also when the clocks change on it."""
    in_zone("Europe/Berlin")
    first = at("2025-03-29T23:30:00")  # half past midnight in Berlin; at two o'clock summer time begins
    event = event_of(ts=at("2025-03-30T08:00:00"))
    texts = ["ts:10:00", "ts>=10:00", "ts<10:00", "ts<10:01", "ts>23:45Z ts<23:59Z", "ts:2025-03-30"]
    assert [parse_query(text).holds(event, first) for text in texts] == [True, True, False, True, False, True]
    last = event_of(ts=at("2025-03-30T21:59:59"))
    assert parse_query("ts:2025-03-30").holds(last)
    assert not parse_query("ts:2025-03-30").holds(event_of(ts=last.ts + SECOND))


def test_no_time(in_zone: InZone) -> None:
    """An event that says no time is neither early nor late; a first one beyond the calendar does no harm."""
    in_zone("UTC")
    texts = ["ts<10:00", "ts>=1970-01-01", "-ts>10:00"]
    assert [parse_query(text).holds(event_of(ts=0), NOON) for text in texts] == [False, False, True]
    assert parse_query("ts:12:00").holds(event_of(ts=12 * 3600 * SECOND), 2**80)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("data.arguments.city:Paris", True),
        ("data.arguments.city:paris", False),
        ("data.arguments.city:P*s,x", True),
        ("data.arguments.city>1", False),
        ("data.arguments.days:3", True),
        ("data.arguments.days:3.0", False),
        ("data.arguments.days>2.5", True),
        ("data.arguments.days<=3", True),
        ("data.arguments.price:2.5", True),
        ("data.arguments.exact:1000.0", True),
        ("data.arguments.now:true", True),
        ("data.arguments.now:True", False),
        ("data.arguments.now>0", False),
        ("data.arguments.note:null", True),
        ('data.arguments.empty:""', True),
        ("data.arguments.empty:*", True),
        ("data.arguments:*", False),
        ("data.arguments.nothing:*", False),
        ("-data.arguments.nothing:*", True),
        ("data.arguments.city.x:*", False),
        ("data.city:Paris", False),
        ("data.messages.role:system", True),
        ("data.messages.parts:y", True),
        ("data.messages.parts>6", True),
        ("data.messages.parts>7", False),
        ("data.gen_ai.request.model:m-1", True),
        ("data.gen_ai.usage.input>=12", True),
        ("data.id>9223372036854775808", True),
        ("data.id>9223372036854775809", False),
        ("data.id:9223372036854775809", True),
    ],
)
def test_payload(text: str, holds: bool) -> None:
    """A path leads through objects and any element of lists; what is not text is as JSON writes it."""
    event = event_of("log", data=PAYLOAD)
    assert parse_query(text).holds(event) is holds
    assert parse_query(text).could_hold(event.raw) >= holds


def test_foreign_values() -> None:
    """What JSON cannot hold is looked at as what it stands for."""
    data: dict[str, Any] = {
        "when": datetime(2025, 11, 20, 12, 0, tzinfo=UTC),
        "pair": ("a", 2),
        "big": 10**30,
        "digits": 10**5000,
        "nothing": float("nan"),
        "keys": {5: "five", "$k": "dollar"},
        "bytes": b"abc",
    }
    event = event_of("log", data=data)
    texts = [
        "data.when:2025-11-20*",
        "data.pair:a",
        "data.pair>1",
        "data.big>999999999999999999999999999999",
        "data.big:1" + "0" * 30,
        "data.digits:0x*",
        "data.nothing:NaN",
        "-data.nothing<1 -data.nothing>=1",
        "data.keys.$k:dollar",
        "data.bytes:*abc*",
    ]
    assert [text for text in texts if not parse_query(text).holds(event)] == []


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("refund", True),
        ("Refund", False),
        ('"refund policy"', True),
        ("'policy 7'", False),
        ("text:policy,x", True),
        ("text:x,z", False),
        ("re*pol", True),
        ("*refund*", True),
        ("pol*ref", False),
        ("refund*Paris", False),
        ("-refund", False),
        ("say*hi", True),
        (r'"\"hi\""', True),
        (r'"a\b"', True),
        ("città", True),
        ("log", True),
        ("planner", True),
        ("boom", True),
        ("city", True),
        ("712", True),
        ("f.o", False),
        (r'"2\*"', True),
        (r'"1\*"', False),
    ],
)
def test_text(text: str, holds: bool) -> None:
    """A text is found in any one string or number of the event, however it is escaped there."""
    data = {"q": "refund policy", "city": "Paris", "say": 'say "hi" a\\b\ncittà foo 2*3', "n": 1712}
    event = event_of("log", data=data, agent="planner", error={"type": "E", "message": "boom"})
    query = parse_query(text)
    assert (query.holds(event), query.could_hold(event.raw)) == (holds, holds)


def test_damaged_line() -> None:
    """The row of a damaged line is found by its bytes and by what is said of it."""
    raw = b'{"v":1,\xff refund'
    fields = {"type": DAMAGED, "data": {"file": "run.jsonl", "reason": "bad UTF-8", "bytes": len(raw)}}
    event = Event(0, 0, 0, "", "", "", DAMAGED, "", fields, raw, Damage("run.jsonl", 1, "bad UTF-8", "line"))
    for text in ("type:damaged", "data.reason:bad*", "data.bytes>10", "refund"):
        assert parse_query(text).could_hold(raw)
        assert parse_query(text).holds(event)


def test_types() -> None:
    """A query for types takes them as they are, whatever signs are in them."""
    types = ["a*", "b,c", 'd "\\', "", "ab", "b", "c"]
    query = of_types(types[:4])
    assert [query.holds(event_of(type)) for type in types] == [True, True, True, True, False, False, False]
    assert parse_query(str(query)) == query
    nothing = of_types([])
    assert not nothing.holds(event_of("log"))
    assert parse_query(str(nothing)) == nothing
    assert EVERYTHING.holds(event_of("log"))
