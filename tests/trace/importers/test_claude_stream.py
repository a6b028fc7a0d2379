from __future__ import annotations

import json
from pathlib import Path

import pytest

from capture.events import NO_EVENT
from peek_tui.render import units
from peek_tui.trace.store import Store

from .foreign import DATA, SESSION, Event, Stream, events_of, foreign_lines, load, text, tool

pytestmark = pytest.mark.usefixtures("half")

MODEL_USAGE = {"input_tokens": 35, "output_tokens": 1, "cache_read_tokens": 20, "cache_write_tokens": 5}


@pytest.fixture
def run() -> Stream:
    """A run that has begun."""
    stream = Stream()
    stream.init()
    return stream


def imported(stream: Stream) -> list[Event]:
    return events_of(stream.lines, "claude-stream-json")


def types(events: list[Event]) -> list[str]:
    return [event["type"] for event in events]


def test_run(run: Stream) -> None:
    """A run: its beginning, what the model said and did, its end with the run's own totals."""
    run.answer("msg_1", text("I look."))
    run.answer("msg_1", tool("t1", command="ls"))
    run.result("t1", "a.txt")
    run.answer("msg_2", text("Done."))
    run.end(usage={"input_tokens": 20, "cache_read_input_tokens": 40, "output_tokens": 9})
    events = imported(run)
    assert types(events) == [
        "agent_start",
        "llm_chunk",
        "llm_response",
        "tool_call",
        "tool_result",
        "llm_chunk",
        "llm_response",
        "agent_end",
    ]
    start, _, response, call, result, _, last, end = events
    assert (start["parent"], start["session"], start["ts"]) == (NO_EVENT, SESSION.replace("-", ""), 0)
    assert start["data"] == {
        "agent_name": "claude-code",
        "framework": "claude-code",
        "cwd": "/home/dev/proj",
        "model": "model-1",
        "tools": ["Bash"],
    }
    assert start["source"] == {"kind": "claude-stream-json", "type": "system", "line": 1, "raw": run.records[0]}
    assert (response["parent"], call["parent"], result["parent"]) == (start["id"], response["id"], call["id"])
    assert (response["usage"], "links" in response, last["links"]) == (MODEL_USAGE, False, [result["id"]])
    assert (end["parent"], end["duration_ms"], end["cost_usd"], "error" in end) == (start["id"], 1200, 0.25, False)
    assert end["data"] == {
        "status": "completed",
        "totals": {"turns": 2, "input_tokens": 60, "output_tokens": 9, "cache_read_tokens": 40},
        "result": "Done.",
    }


def test_no_times(run: Stream, tmp_path: Path) -> None:
    """Lines without times have none, and their events show none."""
    run.answer("msg_1", tool("t1"))
    run.result("t1")
    snapshot = load(run.write(tmp_path / "run.jsonl"))
    assert {snapshot.ts(row) for row in range(len(snapshot))} == {0}
    assert units.clock(snapshot.ts(0)) == "--:--:--.---"
    assert snapshot.event(3).duration_ms is None


@pytest.mark.parametrize(
    ("keys", "type", "message"),
    [
        ({"result": "API Error: 500"}, "error", "API Error: 500"),
        ({"subtype": "error_max_turns", "result": None}, "error_max_turns", ""),
        ({"subtype": "error_during_execution", "result": None, "errors": ["a", "b"]}, "error_during_execution", "a; b"),
    ],
)
def test_failed(run: Stream, keys: Event, type: str, message: str, tmp_path: Path) -> None:
    """A run that failed ends in an error, in its own words."""
    run.end(is_error=True, **keys)
    end = imported(run)[-1]
    assert (end["error"], end["data"]["status"]) == ({"type": type, "message": message}, "error")
    store = Store.load([run.write(tmp_path / "run.jsonl")])
    assert (store.status(), store.sessions()[0].outcome) == ("finished", "error")


def test_session_that_goes_on(run: Stream) -> None:
    """The next prompt of a session is a run of its own, which costs what the total has grown by."""
    run.user("First")
    run.end(total_cost_usd=0.25)
    run.init()
    run.user("Second")
    run.end(total_cost_usd=0.75)
    events = imported(run)
    assert types(events) == ["agent_start", "user_message", "agent_end"] * 2
    assert [event["parent"] == events[3]["id"] for event in events] == [False] * 4 + [True] * 2
    assert (events[2]["cost_usd"], events[5]["cost_usd"]) == (0.25, 0.5)


def test_another_session(run: Stream) -> None:
    """Nothing of one session belongs to the next in the same file, not even an answer that was never finished."""
    run.answer("msg_1", text("I look."))
    run.init(session_id="another")
    run.answer("msg_1", tool("t1"), session_id="another")
    events = imported(run)
    assert types(events) == ["agent_start", "llm_chunk", "llm_response", "agent_start", "llm_response", "tool_call"]
    sessions = [event["session"] for event in events]
    assert (len(set(sessions)), sessions[2], sessions[3]) == (2, sessions[0], sessions[5])
    assert (events[2]["data"]["content"], events[4]["parent"]) == ([text("I look.")], events[3]["id"])


def test_began_before(run: Stream) -> None:
    """A piece without its beginning is what it is: events that belong to nothing."""
    run.answer("msg_1", tool("t1"))
    events = events_of(run.lines[1:], "claude-stream-json")
    assert (types(events), events[0]["parent"]) == (["llm_response", "tool_call"], NO_EVENT)


def test_hooks() -> None:
    """What hooks did before the run is noted before it."""
    events = events_of(foreign_lines(DATA / "stream.jsonl"), "claude-stream-json")
    assert [(event["type"], event["name"]) for event in events[:3]] == [
        ("log", "hook_started"),
        ("log", "hook_response"),
        ("agent_start", "claude-code"),
    ]


class TestDenials:
    def test_said_with_the_result(self) -> None:
        """A denied tool is a violation where its result says so, and is not told again at the end."""
        events = events_of(foreign_lines(DATA / "stream.jsonl"), "claude-stream-json")
        [violation] = [event for event in events if event["type"] == "policy_violation"]
        [call] = [event for event in events if event["id"] == violation["parent"]]
        assert (violation["name"], call["data"]["arguments"]["description"]) == ("hook", "del")
        assert violation["data"]["violation_type"] == "permission-rule"

    def test_said_at_the_end(self, run: Stream) -> None:
        """A denial that only the end of the run tells of belongs to its call all the same."""
        run.answer("msg_1", tool("t1", "WebSearch"))
        run.result("t1", "not granted")
        run.end(permission_denials=[{"tool_name": "WebSearch", "tool_use_id": "t1", "tool_input": {}}])
        *_, call, _, _, violation = imported(run)
        assert (violation["type"], violation["name"], violation["parent"]) == (
            "policy_violation",
            "permissions",
            call["id"],
        )


class TestSubagents:
    def test_among_the_others(self, run: Stream) -> None:
        """A subagent's lines stand below the call that started it, its own calls below it."""
        run.answer("msg_1", tool("t1", "Task", subagent_type="Explore", prompt="Dig"))
        run.user("Dig", parent="t1")
        run.answer("msg_2", tool("t2"), parent="t1")
        run.result("t2", parent="t1")
        run.result("t1", "Found it")
        events = imported(run)
        assert types(events) == [
            "agent_start",
            "llm_response",
            "tool_call",
            "subagent_start",
            "llm_response",
            "tool_call",
            "tool_result",
            "subagent_end",
            "tool_result",
        ]
        _, _, call, start, answer, inner, _, end, result = events
        assert (start["parent"], answer["parent"], inner["parent"]) == (call["id"], start["id"], answer["id"])
        assert (end["parent"], result["parent"]) == (start["id"], call["id"])
        assert [event.get("agent") for event in events] == [None] * 3 + ["Explore-t1"] * 5 + [None]
        assert (start["data"]["prompt"], end["data"]["result"]) == ("Dig", "Found it")

    def test_without_a_prompt(self, run: Stream) -> None:
        """The prompt of a subagent whose first line is an answer is that of its call."""
        run.answer("msg_1", tool("t1", "Task", prompt="Dig"))
        run.answer("msg_2", text("Digging"), parent="t1")
        start = imported(run)[3]
        assert (start["type"], start["data"]["prompt"]) == ("subagent_start", "Dig")

    def test_not_shown(self, run: Stream) -> None:
        """A subagent of which nothing is said has no end either."""
        run.answer("msg_1", tool("t1", "Task", prompt="Dig"))
        run.result("t1", "Found it")
        assert types(imported(run))[-1] == "tool_result"


def test_unknown_types(run: Stream) -> None:
    """A line of a type nobody knows is carried under its own name."""
    run.add("rate_limit_event", rate_limit_info={"status": "allowed"})
    event = imported(run)[-1]
    assert (event["type"], event["data"]) == ("rate_limit_event", {"rate_limit_info": {"status": "allowed"}})


def test_same_run_twice() -> None:
    """The transcript of a run and what it printed tell of the same events: ids of calls, results and answers agree."""
    printed = events_of(foreign_lines(DATA / "stream.jsonl"), "claude-stream-json")
    kept = events_of(foreign_lines(DATA / "denied-tool.jsonl"))
    for type in ("agent_start", "llm_response", "tool_call", "tool_result", "policy_violation"):
        ids = [[event["id"] for event in events if event["type"] == type] for events in (printed, kept)]
        assert ids[0] == ids[1] != []


def test_the_whole_of_a_run() -> None:
    """A real run in which a hook denied a tool, counted."""
    stats = load(DATA / "stream.jsonl").stats()
    assert stats.types == {
        "llm_chunk": 4,
        "llm_response": 4,
        "tool_call": 3,
        "tool_result": 3,
        "log": 2,
        "agent_start": 1,
        "policy_violation": 1,
        "agent_end": 1,
    }
    said = json.loads(foreign_lines(DATA / "stream.jsonl")[-1])
    assert (stats.errors, stats.usage[:4], stats.cost_usd) == (2, (544, 4, 120, 20), said["total_cost_usd"])
