"""Queries against a plain reading of what they mean, over events as dictionaries."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.query import parse_query, select

from .events import NOON, MemoryColumns, event_of

Facts = dict[str, Any]

SIGNS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, ":": operator.eq, "=": operator.eq}
SECOND = 1_000_000_000
WORDS = ["refund", 're"fund', "città", "a\\b", "li\nne", "Paris", "x y", "7"]


class Wanted(NamedTuple):
    """A query, and what it means."""

    text: str
    holds: Callable[[Facts], bool]


# -- what terms mean ---------------------------------------------------------------------------------------------------


def at_path(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from at_path(item, path)
    elif not path:
        yield from [] if isinstance(value, dict) else [value]
    elif isinstance(value, dict):
        for end in range(1, len(path) + 1):
            if ".".join(path[:end]) in value:
                yield from at_path(value[".".join(path[:end])], path[end:])


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, list | dict):
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from texts(item)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


def content(facts: Facts) -> list[str]:
    said = [facts["type"], facts["name"], facts.get("agent", ""), list(facts.get("error", {}).values()), facts["data"]]
    return list(texts(said))


def number(facts: Facts, key: str) -> float | None:
    if key == "tokens":
        return sum(facts["usage"].values()) if "usage" in facts else None
    if key == "conf":
        return facts["data"].get("confidence") if facts["type"] == "decision" else None
    names = {"dur": "duration_ms", "cost": "cost_usd", "ts": "ts", "row": "row", "importance": "importance"}
    value: float | None = facts.get(names[key])
    return None if key == "ts" and value == 0 else value


def compares(key: str, sign: str, limit: float) -> Callable[[Facts], bool]:
    return lambda facts: (value := number(facts, key)) is not None and SIGNS[sign](value, limit)


# -- queries -----------------------------------------------------------------------------------------------------------


def words(key: str, values: list[str]) -> st.SearchStrategy[Wanted]:
    def build(chosen: list[str]) -> Wanted:
        def holds(facts: Facts) -> bool:
            word = facts.get(key) or ""
            return any(fnmatchcase(word, value) and (word != "" or value == "") for value in chosen)

        return Wanted(f"{key}:" + ",".join(f'"{value}"' for value in chosen), holds)

    return st.lists(st.sampled_from(values), min_size=1, max_size=2).map(build)


def numbers(key: str, limits: list[tuple[str, float]]) -> st.SearchStrategy[Wanted]:
    def build(sign: str, limit: tuple[str, float]) -> Wanted:
        return Wanted(f"{key}{sign}{limit[0]}", compares(key, sign, limit[1]))

    return st.builds(build, st.sampled_from(sorted(SIGNS)), st.sampled_from(limits))


def paths(path: str, values: list[str]) -> st.SearchStrategy[Wanted]:
    def build(value: str) -> Wanted:
        def holds(facts: Facts) -> bool:
            leaves = at_path(facts["data"], path.split("."))
            return any(fnmatchcase(leaf if isinstance(leaf, str) else json.dumps(leaf), value) for leaf in leaves)

        return Wanted(f'data.{path}:"{value}"', holds)

    def compare(sign: str, limit: int) -> Wanted:
        def holds(facts: Facts) -> bool:
            leaves = at_path(facts["data"], path.split("."))
            return any(SIGNS[sign](leaf, limit) for leaf in leaves if type(leaf) in (int, float))

        return Wanted(f"data.{path}{sign}{limit}", holds)

    signs = st.sampled_from([sign for sign in SIGNS if sign not in ":="])
    return st.sampled_from(values).map(build) | st.builds(compare, signs, st.integers(0, 3))


def text(word: str) -> Wanted:
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return Wanted(quoted, lambda facts: any(word in said for said in content(facts)))


def parts(first: str, last: str) -> Wanted:
    both = "*" + first + "*" + last + "*"
    quoted = 'text:"' + both.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return Wanted(quoted, lambda facts: any(fnmatchcase(said, both) for said in content(facts)))


def all_of(some: list[Wanted]) -> Wanted:
    return Wanted(" ".join(f"({one.text})" for one in some), lambda facts: all(one.holds(facts) for one in some))


def any_of(some: list[Wanted]) -> Wanted:
    return Wanted(" OR ".join(f"({one.text})" for one in some), lambda facts: any(one.holds(facts) for one in some))


def none_of(one: Wanted) -> Wanted:
    return Wanted(f"-({one.text})", lambda facts: not one.holds(facts))


def parsed(wanted: Wanted) -> Wanted:
    assert str(parse_query(str(parse_query(wanted.text)))) == str(parse_query(wanted.text))
    assert parse_query(str(parse_query(wanted.text))) == parse_query(wanted.text)
    return wanted


COUNTS: list[tuple[str, float]] = [("0", 0), ("1", 1), ("1.5", 1.5), ("3k", 3000)]
TERMS = st.one_of(
    st.just(Wanted("error", lambda facts: "error" in facts)),
    words("type", ["log", "*g", "tool_*", "decision", "x"]),
    words("name", ["", "*", "search", "se*", "Paris"]),
    words("agent", ["", "*", "planner", "*er"]),
    words("session", ["0*", "f" * 32, "*"]),
    numbers("dur", [("0", 0), ("1.5", 1.5), ("2s", 2000), ("1m", 60_000)]),
    numbers("tokens", COUNTS),
    numbers("cost", [("0", 0), ("$0.01", 0.01), ("1", 1)]),
    numbers("importance", [*COUNTS[:2], (".5", 0.5)]),
    numbers("conf", [*COUNTS[:2], (".5", 0.5)]),
    numbers("row", COUNTS[:2]),
    numbers("ts", [(str(NOON), NOON), ("2025-11-20T12:00:01.000000000Z", NOON + SECOND)]),
    *(paths(path, ["*", "Paris", "x*", "1", "1.5", "true", "null"]) for path in ("a", "a.b", "b.a.b", "missing")),
    st.sampled_from(WORDS).map(text),
    st.builds(parts, st.sampled_from(["re", "a", "P"]), st.sampled_from(["b", "s", "fund", "7"])),
)
QUERIES = st.recursive(
    TERMS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(all_of)
        | st.lists(inner, min_size=1, max_size=3).map(any_of)
        | inner.map(none_of)
    ),
    max_leaves=8,
).map(parsed)

# -- events ------------------------------------------------------------------------------------------------------------

LEAVES = st.sampled_from([*WORDS, "", 0, 1, 2, 1.5, 7, True, None])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "a.b"]), inner, max_size=2),
    max_leaves=6,
)
DATA = st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES, "confidence": st.sampled_from([0.3, 0.5, 1])})
HEADERS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["log", "tool_call", "tool_result", "decision"]),
        "name": st.sampled_from(["", "search", "Paris"]),
        "data": DATA,
        "ts": st.sampled_from([0, NOON, NOON + SECOND, NOON + 2 * SECOND]),
        "session": st.sampled_from(["0" * 32, "f" * 32]),
    },
    optional={
        "agent": st.sampled_from(["planner", "writer"]),
        "error": st.just({"type": "ValueError", "message": "no refund"}),
        "duration_ms": st.sampled_from([0, 1.5, 2000, 3e10]),
        "cost_usd": st.sampled_from([0, 0.01, 2]),
        "usage": st.fixed_dictionaries({"input_tokens": st.integers(0, 2), "output_tokens": st.integers(0, 3000)}),
        "importance": st.sampled_from([0, 0.5, 1]),
    },
)


@given(
    wanted=QUERIES,
    headers=st.lists(HEADERS, max_size=8),
    reverse=st.booleans(),
    chosen=st.none() | st.sets(st.integers(0, 7)),
)
def test_all_ways_agree(wanted: Wanted, headers: list[Facts], reverse: bool, chosen: set[int] | None) -> None:
    """An event, its line, columns and the way through a trace give the answers that a plain reading gives."""
    events = [event_of(row=row, **header) for row, header in enumerate(headers)]
    expected = [wanted.holds({**header, "row": row}) for row, header in enumerate(headers)]
    columns = MemoryColumns(events)
    query = parse_query(wanted.text)
    assert [query.holds(event, columns.first_ts) for event in events] == expected
    assert [query.could_hold(event.raw) for event in events] >= expected

    yes, maybe = (mask.tolist() for mask in query.mask(columns))
    for sure, unsure, answer in zip(yes, maybe, expected, strict=True):
        assert (sure, unsure) in ((False, True), (answer, False))

    rows = None if chosen is None else sorted(row for row in chosen if row < len(events))
    hits = [row for row in (range(len(events)) if rows is None else rows) if expected[row]]
    if reverse:
        hits.reverse()

    def raw(row: int) -> bytes:
        return events[row].raw

    assert list(select(query, columns, events.__getitem__, rows, reverse=reverse)) == hits
    assert list(select(query, columns, events.__getitem__, rows, reverse=reverse, raw=raw)) == hits
