from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import capture
from peek_tui.demo.generate import generate

Event = dict[str, Any]


def read(path: Path) -> list[Event]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def make(path: Path, events: int, seed: int = 7) -> list[Event]:
    generate(path, events, seed)
    return read(path)


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """A run that is long enough for everything to happen in it."""
    return make(tmp_path_factory.mktemp("generated") / "long.jsonl", 5_000)


def content(events: list[Event]) -> list[Any]:
    """What does not differ from one recording to the next: all but ids and the description of the process."""
    places = {event["id"]: place for place, event in enumerate(events)}
    return [
        (event["ts"], event["type"], event["name"], places.get(event["parent"]), event.get("agent"), event["data"])
        for event in events[1:]
    ]


@pytest.mark.parametrize("events", [*range(2, 30), 100, 257, 1_000])
def test_exact(tmp_path: Path, events: int) -> None:
    """A trace has exactly as many events as asked for, from its start to its end."""
    run = make(tmp_path / "trace.jsonl", events)
    assert len(run) == events
    assert (run[0]["type"], run[-1]["type"]) == ("agent_start", "agent_end")
    assert run[-1]["parent"] == run[0]["id"]
    assert [int(event["id"][8:], 16) for event in run] == list(range(events))


def test_same_seed(tmp_path: Path) -> None:
    """A seed gives the same run again, and another seed another one."""
    run = content(make(tmp_path / "a.jsonl", 300))
    assert content(make(tmp_path / "b.jsonl", 300)) == run
    assert content(make(tmp_path / "c.jsonl", 300, seed=8)) != run


def test_variety(long_run: list[Event]) -> None:
    """Everything an agent commonly does happens in a long run."""
    assert {event["type"] for event in long_run} == {
        "agent_start",
        "agent_end",
        "agent_turn",
        "user_message",
        "llm_request",
        "llm_chunk",
        "llm_response",
        "tool_call",
        "tool_result",
        "decision",
        "safety_check",
        "refusal",
        "repair_attempt",
        "checkpoint",
        "file_write",
        "log",
    }
    assert {event["type"] for event in long_run if "error" in event} == {"tool_result", "llm_response", "agent_end"}
    assert {event["agent"] for event in long_run if "agent" in event} == {
        "planner",
        "researcher",
        "coder",
        "reviewer",
        "billing",
        "翻译",
        "диспетчер",
    }


def test_parents(long_run: list[Event]) -> None:
    """Every event belongs where the parent rule puts it."""
    types = {event["id"]: event["type"] for event in long_run}
    assert {(event["type"], types.get(event["parent"], "")) for event in long_run} == {
        ("agent_start", ""),
        ("agent_start", "agent_start"),
        ("agent_start", "decision"),
        ("agent_end", "agent_start"),
        ("user_message", "agent_start"),
        ("agent_turn", "agent_start"),
        ("llm_request", "agent_turn"),
        ("llm_chunk", "llm_request"),
        ("llm_response", "llm_request"),
        ("decision", "agent_turn"),
        ("tool_call", "decision"),
        ("tool_result", "tool_call"),
        ("safety_check", "agent_turn"),
        ("refusal", "agent_turn"),
        ("repair_attempt", "agent_turn"),
        ("checkpoint", "agent_turn"),
        ("file_write", "agent_turn"),
        ("log", "agent_turn"),
    }


def test_every_call_ends(long_run: list[Event]) -> None:
    """Each model and tool call has one result, and each agent one end."""
    for start, end in (("tool_call", "tool_result"), ("llm_request", "llm_response"), ("agent_start", "agent_end")):
        started = [event["id"] for event in long_run if event["type"] == start]
        ended = [event["parent"] for event in long_run if event["type"] == end]
        assert sorted(ended) == sorted(started)


def test_agents_interleave(long_run: list[Event]) -> None:
    """Agents work at the same time: while one waits for its model, others go on."""
    where = {event["id"]: place for place, event in enumerate(long_run)}
    waits = [
        {other.get("agent") for other in long_run[where[event["parent"]] : place]}
        for place, event in enumerate(long_run)
        if event["type"] == "llm_response"
    ]
    assert {len(agents) for agents in waits} == {1, 2, 3, 4}


def test_time_passes(long_run: list[Event]) -> None:
    """Calls take the time they would take, on a clock that never goes back, and nobody waits for it."""
    stamps = [event["ts"] for event in long_run]
    assert stamps == sorted(stamps)
    starts = {event["id"]: event["ts"] for event in long_run}
    slow = [event for event in long_run if event["type"] in {"tool_result", "llm_response"}]
    assert all(
        event["duration_ms"] == pytest.approx((event["ts"] - starts[event["parent"]]) / 1e6, abs=0.01) for event in slow
    )


def test_size(tmp_path: Path) -> None:
    """A line has about 500 bytes."""
    generate(tmp_path / "trace.jsonl", 5_000)
    assert (tmp_path / "trace.jsonl").stat().st_size / 5_000 == pytest.approx(500, rel=0.1)


def test_too_short(tmp_path: Path) -> None:
    """A run cannot be shorter than its start and its end."""
    with pytest.raises(ValueError, match="so not 1 events"):
        generate(tmp_path / "trace.jsonl", 1)
    assert not (tmp_path / "trace.jsonl").exists()


def test_never_over_a_trace(tmp_path: Path) -> None:
    """What is at the path stays as it is."""
    path = tmp_path / "trace.jsonl"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match=r"trace\.jsonl is there already"):
        generate(path, 2)
    assert path.read_text() == "mine"


def test_clock_is_given_back(tmp_path: Path) -> None:
    """What is recorded after a generated run has the real time again."""
    generate(tmp_path / "generated.jsonl", 2)
    before = time.time_ns()
    with capture.TraceContext(path=tmp_path / "real.jsonl"):
        pass
    assert [before < event["ts"] < time.time_ns() for event in read(tmp_path / "real.jsonl")] == [True, True]
