from __future__ import annotations

import pytest

from peek_tui.state.open_calls import Call, OpenCalls
from peek_tui.trace.model import Event
from peek_tui.trace.store import Snapshot
from tests.state.traces import NOON, TraceFile

SECOND = 1_000_000_000


def test_open_and_answered(trace: TraceFile) -> None:
    """A call is open until its own answer is there; a result of another call ends nothing."""
    calls = OpenCalls()
    one = trace.add("tool_call", "read")
    other = trace.add("tool_call", "write")
    calls.update(trace.snapshot(), NOON)
    assert calls.calls == [Call("tool_call", "read", NOON), Call("tool_call", "write", NOON + SECOND)]
    trace.add("tool_result", "write", parent=other)
    calls.update(trace.snapshot(), NOON)
    assert [call.name for call in calls.calls] == ["read"]
    trace.add("tool_result", "read", parent=one)
    calls.update(trace.snapshot(), NOON)
    assert calls.calls == []


def test_streamed(trace: TraceFile) -> None:
    """What a model says grows as its chunks come, and only its end is kept."""
    calls = OpenCalls()
    request = trace.add("llm_request", "m")
    trace.add("llm_chunk", "m", {"text": "Once"}, parent=request)
    trace.add("llm_chunk", "m", {"text": " upon"}, parent=request)
    calls.update(trace.snapshot(), NOON)
    assert calls.calls[0].said == "Once upon"
    trace.add("llm_chunk", "m", {"text": "x" * 1_000}, parent=request)
    calls.update(trace.snapshot(), NOON)
    assert calls.calls[0].said == "x" * 240


def test_read(trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand calls and results no line is read, of chunks the last ones of a call that is open."""
    rows: list[int] = []
    event = Snapshot.event

    def read(snapshot: Snapshot, row: int) -> Event:
        rows.append(row)
        return event(snapshot, row)

    monkeypatch.setattr(Snapshot, "event", read)
    for _ in range(500):
        trace.add("tool_result", "read", parent=trace.add("tool_call", "read"))
    answered = trace.add("llm_request", "m")
    trace.add("llm_chunk", "m", {"text": "Once"}, parent=answered)
    trace.add("llm_response", "m", parent=answered)
    request = trace.add("llm_request", "m")
    for _ in range(10):
        trace.add("llm_chunk", "m", {"text": "x" * 100}, parent=request)
    calls = OpenCalls()
    calls.update(trace.snapshot(), NOON)
    assert ([call.said for call in calls.calls], rows) == (["x" * 240], [1_013, 1_012, 1_011])


def test_hostile(trace: TraceFile) -> None:
    """Chunks that hold anything, and answers to nothing, change nothing."""
    calls = OpenCalls()
    request = trace.add("llm_request", "m")
    trace.add("llm_chunk", "m", {"text": ["x"]}, parent=request)
    trace.add("llm_response", "m", parent="5f3a9c1e000000ff")
    calls.update(trace.snapshot(), NOON)
    assert calls.calls == [Call("llm_request", "m", NOON)]


def test_rate(trace: TraceFile) -> None:
    """The events of each of the last seconds are told as bars; what was there before is not counted."""
    calls = OpenCalls()
    trace.add("log")
    calls.update(trace.snapshot(), NOON)
    assert calls.rate(NOON) == ""
    for _ in range(4):
        trace.add("log")
    calls.update(trace.snapshot(), NOON + SECOND)
    trace.add("log")
    calls.update(trace.snapshot(), NOON + 2 * SECOND)
    assert calls.rate(NOON + 3 * SECOND) == "         ▇▂ "
    assert calls.rate(NOON + 60 * SECOND) == ""


def test_many_at_once(trace: TraceFile) -> None:
    """Of a run that is faster than it can be looked at, only the newest events count."""
    calls = OpenCalls()
    trace.add("tool_call", "old")
    calls.update(trace.snapshot(), NOON)
    for _ in range(2_000):
        trace.add("log")
    trace.add("tool_call", "new")
    calls.update(trace.snapshot(), NOON)
    assert [call.name for call in calls.calls] == ["new"]
