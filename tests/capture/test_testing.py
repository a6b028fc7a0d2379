from __future__ import annotations

from pathlib import Path

import pytest

import capture
from capture._core.ids import new_session_id, new_writer_id
from capture.errors import LineError
from capture.testing import ManualClock, SeededRandomness, read_events


def test_same_trace_twice(tmp_path: Path) -> None:
    """With the fakes two runs write the same bytes."""

    def run(path: Path) -> bytes:
        clock = ManualClock()
        capture.init(clock=clock, randomness=SeededRandomness(7))
        with capture.TraceContext("desk", path=path) as ctx:
            ctx.record_tool_call("search", {"q": "x"})
            clock.advance(0.125)
            ctx.record_tool_result("search", ["found"])
        return path.read_bytes()

    assert run(tmp_path / "a.jsonl") == run(tmp_path / "b.jsonl")
    events = read_events(tmp_path / "a.jsonl")
    assert [event["ts"] - events[0]["ts"] for event in events] == [0, 0, 125_000_000, 125_000_000]


def test_seeds() -> None:
    """Other seeds are other bytes."""
    assert SeededRandomness(1)(16) == SeededRandomness(1)(16) != SeededRandomness(2)(16)


def test_clock() -> None:
    """The wall clock may be set back; the steady one does not notice."""
    clock = ManualClock(1_000)
    clock.advance(2)
    assert (clock.time_ns(), clock.steady_ns()) == (2_000_001_000, 2_000_000_000)
    clock.set_wall(5)
    assert (clock.time_ns(), clock.steady_ns()) == (5, 2_000_000_000)


def test_damaged_file(tmp_path: Path) -> None:
    """A line that is no event is not passed over."""
    (tmp_path / "run.jsonl").write_bytes(b'{"type":"log"}\n\nnonsense\n')
    with pytest.raises(LineError):
        read_events(tmp_path / "run.jsonl")
    with pytest.raises(ValueError, match="no trace file"):
        read_events(None)


def test_writer_is_never_zero() -> None:
    """A writer's half of an id is never all zeros: that is what a root's parent is."""
    assert new_writer_id(bytes) == "00000001"
    assert new_session_id(bytes) == "0" * 32
    assert len(new_writer_id()) == 8
    assert len(new_session_id()) == 32
