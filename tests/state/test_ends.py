from __future__ import annotations

import pytest

from peek_tui.state import ends
from peek_tui.state.ends import counterpart
from peek_tui.state.inspect import Subject

from .traces import TraceFile


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ("agent_start", "agent_end"),
        ("llm_request", "llm_response"),
        ("subagent_start", "subagent_end"),
        ("tool_call", "tool_result"),
    ],
)
def test_both_ways(trace: TraceFile, call: str, result: str) -> None:
    """A call and its result find each other by the parent, whatever their names; the inspector shows a call's."""
    one = trace.add(call, "gpt-4o")
    other = trace.add(call, "gpt-4o")
    trace.add(result, "gpt-4o", parent=other)
    trace.add(result, "gpt-4o-2024-08-06", parent=one)
    trace.add(call, "gpt-4o")
    snapshot = trace.snapshot()
    assert [counterpart(snapshot, row) for row in range(5)] == [3, 2, 1, 0, None]
    answers = [Subject(snapshot.event(row), snapshot, snapshot).answer for row in range(5)]
    shown = [None] * 5 if call == "agent_start" else [3, 2, 1, 0, None]
    assert [answer.row if answer else None for answer in answers] == shown


def test_chunks(trace: TraceFile) -> None:
    """A chunk leads to its request, and the request past its chunks to the response."""
    request = trace.add("llm_request", "m")
    trace.add("llm_chunk", "m", parent=request)
    trace.add("llm_response", "m", parent=request)
    snapshot = trace.snapshot()
    assert [counterpart(snapshot, row) for row in range(3)] == [2, 0, 0]


def test_far_away(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result is found however far from its call it is, and of several the first one after it."""
    monkeypatch.setattr(ends, "_NEAR", 2)
    call = trace.add("tool_call", "grep")
    for _ in range(5):
        trace.add("note", "n")
    trace.add("tool_result", "grep", parent=call)
    trace.add("tool_result", "grep", parent=call)
    assert counterpart(trace.snapshot(), 0) == 6
