from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.events import ENDS, NO_EVENT
from capture.format import encode_event
from peek_tui.analysis.why import why
from peek_tui.trace.store import Snapshot, Store
from tests.state.traces import SESSION, TraceFile

from .run import Run


def chain(run: Run, id: str) -> list[tuple[str, str]]:
    """Return how the chain to an event goes, with ids."""
    snapshot = run.snapshot()
    handle = snapshot.find(id)
    assert handle is not None
    return [(cause.relation, cause.id) for cause in why(snapshot, snapshot.row(handle))]


def written(path: Path, *lines: bytes) -> Snapshot:
    path.write_bytes(b"".join(lines))
    return Store.load([path]).snapshot()


def numbered(number: int) -> str:
    return f"5f3a9c1e{number:08x}"


def test_parents(run: Run) -> None:
    """What belongs to something is there because of it, and a result because of its call."""
    agent = run.add("agent_start", "a")
    turn = run.add("agent_turn", "a", parent=agent)
    decision = run.add("decision", "search", {"reasoning": "so"}, turn)
    call = run.call("search", parent=decision)
    result = run.result(call, "search")
    relations = [("root", agent), ("parent", turn), ("parent", decision), ("parent", call), ("call", result)]
    assert chain(run, result) == relations
    assert chain(run, agent) == [("root", agent)]


def test_parallel(run: Run) -> None:
    """Of calls that ran side by side, each result leads to its own."""
    turn = run.add("agent_turn", "a")
    calls = [run.call("read", {"path": path}, parent=turn) for path in "abc"]
    results = {call: run.result(call, "read") for call in reversed(calls)}
    for call, result in results.items():
        assert chain(run, result) == [("root", turn), ("parent", call), ("call", result)]


def test_retries(run: Run) -> None:
    """A call after one that failed repeats it, and so does a request to the model."""
    turn = run.add("agent_turn", "a")
    first = run.call("find", {"month": "October", "customer": 7}, parent=turn)
    run.result(first, "find", error="no such month")
    again = run.call("find", {"month": "2026-10", "customer": 7}, parent=turn)
    found = run.result(again, "find")
    assert chain(run, found) == [("root", turn), ("parent", first), ("retry", again), ("call", found)]
    request = run.add("llm_request", "m", {"attempt": 1}, turn)
    run.add("llm_response", "m", {}, request, error={"type": "HTTP 529", "message": ""})
    second = run.add("llm_request", "m", {"attempt": 2}, turn)
    answer = run.add("llm_response", "m", {"content": "yes"}, second)
    assert chain(run, answer) == [("root", turn), ("parent", request), ("retry", second), ("call", answer)]


@pytest.mark.parametrize("how", ["links", "evidence"])
def test_links(run: Run, how: str) -> None:
    """Of the events that an event names as having led to it, the latest before it stands in the chain."""
    turn = run.add("agent_turn", "a")
    early, late = run.call("one", parent=turn), run.call("two", parent=turn)
    named = [late, early, "f" * 16, "no id"]
    data = {"reasoning": "so", "evidence_event_ids": named if how == "evidence" else None}
    header: dict[str, Any] = {"links": named} if how == "links" else {}
    decision = run.add("decision", "go", data, turn, **header)
    assert chain(run, decision) == [("root", turn), ("parent", late), ("link", decision)]


def test_values(run: Run) -> None:
    """A call is asked about through its decision: the result in which one of its values stands first is the cause."""
    agent = run.add("agent_start", "a")
    message = run.add("user_message", "", {"content": "Customer 4127 wants money back"}, agent)
    turn = run.add("agent_turn", "a", parent=agent)
    look = run.call("charges", {"customer": "4127"}, parent=turn)
    listed = run.result(look, "charges", ["ch_9001", "ch_9002"])
    other = run.call("mail", {"to": "x"}, parent=turn)
    run.result(other, "mail", "sent as msg_1")
    later = run.add("agent_turn", "a", parent=agent)
    decision = run.add("decision", "refund", {"reasoning": "I give it back"}, later)
    refund = run.call("refund", {"charge": "ch_9002", "customer": "4127"}, parent=decision)
    assert chain(run, refund) == [
        ("root", agent),
        ("parent", message),
        ("value", look),
        ("call", listed),
        ("value", decision),
        ("parent", refund),
    ]
    assert other not in [id for _, id in chain(run, refund)]


def test_bare_word(run: Run) -> None:
    """A word that a call was given as a whole came from where it stands first, if no id or number says more."""
    turn = run.add("agent_turn", "a")
    look = run.call("locate", {"me": True}, parent=turn)
    place = run.result(look, "locate", {"city": "Paris", "country": "France"})
    other = run.call("news", {"topic": "sports"}, parent=turn)
    run.result(other, "news", "none")
    weather = run.call("weather", {"city": "Paris"}, parent=turn)
    assert chain(run, weather) == [("root", turn), ("parent", look), ("call", place), ("value", weather)]


def test_answer(run: Run) -> None:
    """A model's answer is asked about through its request."""
    turn = run.add("agent_turn", "a")
    look = run.call("charges", parent=turn)
    listed = run.result(look, "charges", ["ch_9002"])
    request = run.add("llm_request", "m", {"messages": [{"role": "user", "content": "go on"}]}, turn)
    answer = run.add("llm_response", "m", {"content": [{"type": "text", "text": "It was ch_9002."}]}, request)
    relations = [("root", turn), ("parent", look), ("call", listed), ("value", request), ("call", answer)]
    assert chain(run, answer) == relations


def test_other_run(tmp_path: Path) -> None:
    """A value that stands in another run too did not come from there."""
    other = encode_event(1, numbered(0), NO_EVENT, "f" * 32, "user_message", "", {}, {"content": "ch_9002"})
    start = encode_event(2, numbered(1), NO_EVENT, SESSION, "agent_start", "a", {}, {})
    call = encode_event(3, numbered(2), numbered(1), SESSION, "tool_call", "t", {}, {"arguments": {"id": "ch_9002"}})
    snapshot = written(tmp_path / "two.jsonl", other, start, call)
    assert [(cause.row, cause.relation) for cause in why(snapshot, 2)] == [(1, "root"), (2, "parent")]


def test_long(tmp_path: Path) -> None:
    """A chain may be as long as the trace, by parents and by links."""
    count = 20_000
    for name in ("parent", "links"):
        lines = []
        for number in range(count):
            before = numbered(number - 1) if number else NO_EVENT
            parent = before if name == "parent" else NO_EVENT
            header = {"links": [before]} if name == "links" and number else {}
            data = {"reasoning": f"as id-{number - 1} says"}
            lines.append(encode_event(number + 1, numbered(number), parent, SESSION, "decision", "d", header, data))
        found = why(written(tmp_path / f"{name}.jsonl", *lines), count - 1)
        assert [cause.row for cause in found] == list(range(count))
        assert {cause.relation for cause in found[1:]} == {name.removesuffix("s")}


@pytest.mark.parametrize(
    ("parents", "links"),
    [
        ([0], {}),
        ([1, 0], {}),
        ([1, 2, 0], {}),
        ([9], {}),
        ([9, 0], {0: [1]}),
        ([9, 9], {0: [1], 1: [0]}),
        ([9], {0: [0]}),
    ],
)
def test_circles(tmp_path: Path, parents: list[int], links: dict[int, list[int]]) -> None:
    """Circles of parents and links, and parents that are not there, end a chain; nothing stands in it twice."""
    lines = [
        encode_event(
            row + 1,
            numbered(row),
            numbered(parent),
            SESSION,
            "decision",
            "d",
            {"links": [numbered(link) for link in links[row]]} if row in links else {},
            {},
        )
        for row, parent in enumerate(parents)
    ]
    snapshot = written(tmp_path / "circle.jsonl", *lines)
    for row in range(len(parents)):
        check(snapshot, row)


def check(snapshot: Snapshot, row: int) -> None:
    found = why(snapshot, row)
    rows = [cause.row for cause in found]
    assert rows[-1] == row
    assert len(set(rows)) == len(rows)
    assert [cause.relation == "root" for cause in found] == [place == 0 for place in range(len(found))]
    assert [cause.id for cause in found] == [snapshot.event(at).id for at in rows]


ROWS = st.integers(0, 11)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["agent_start", "agent_turn", "decision", "llm_request", "llm_response", "tool_call", "tool_result"]
        ),
        ROWS,
        st.lists(ROWS, max_size=2),
        st.sampled_from(["ch_9002", "inv_310", "", "\\u202e"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(EVENTS)
def test_hostile(tmp_path: Path, events: list[tuple[str, int, list[int], str, bool]]) -> None:
    """Whatever belongs to, names and says what, every chain goes from a root to the event, each cause once."""
    lines = []
    for row, (type, parent, links, text, fails) in enumerate(events):
        header = {"links": list(map(numbered, links))} | ({"error": {"type": "E", "message": text}} if fails else {})
        data = {"content": text, "arguments": {"x": text}, "reasoning": text, "messages": [text], "result": text}
        lines.append(encode_event(row + 1, numbered(row), numbered(parent), SESSION, type, "n", header, data))
    snapshot = written(tmp_path / "any.jsonl", *lines, b"{damaged\n")
    for row in range(len(snapshot)):
        check(snapshot, row)


def test_demo(tmp_path: Path) -> None:
    """In the demo, every event has its chain, and the ledger's answer comes from the payments of its second attempt."""
    path = tmp_path / "demo.jsonl"
    command = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    snapshot = Store.load([path]).snapshot()
    for row in range(len(snapshot)):
        check(snapshot, row)
    texts = {row: snapshot.raw(row) for row in range(len(snapshot)) if snapshot.type(row) == "llm_response"}
    answer = next(row for row, text in texts.items() if b"after 5 looks" in text)
    found = why(snapshot, answer)
    said = [(cause.relation, snapshot.type(cause.row), snapshot.name(cause.row)) for cause in found]
    assert ("retry", "tool_call", "find_payments") in said
    assert said[0][:2] == ("root", "agent_start")
    for cause, before in zip(found[1:], found, strict=False):
        if cause.relation == "call":
            assert snapshot.type(before.row) == ENDS[snapshot.type(cause.row)]


def test_damaged_line(tmp_path: Path) -> None:
    """A line that is no event is a root."""
    path = TraceFile(tmp_path / "x.jsonl").path
    assert [cause.relation for cause in why(written(path, b"{damaged\n"), 0)] == ["root"]
    assert json.dumps([cause.id for cause in why(written(path, b"{damaged\n"), 0)]) == '[""]'
