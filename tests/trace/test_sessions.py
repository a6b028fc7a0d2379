from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

import capture
from capture import TraceContext
from capture.testing import ManualClock, SeededRandomness
from peek_tui.trace import locks
from peek_tui.trace.model import Usage
from peek_tui.trace.sessions import Session, read_sessions
from peek_tui.trace.sources import trace_files
from tests.state import traces

from .conftest import Load

pytestmark = pytest.mark.usefixtures("half")


def sessions(directory: Path) -> list[Session]:
    return list(read_sessions(trace_files(directory)))


class TestSessions:
    def test_one(self, tmp_path: Path) -> None:
        """A run is shown with its sums."""
        clock = ManualClock()
        capture.init(clock=clock, randomness=SeededRandomness())
        with TraceContext("desk") as ctx:
            ctx.record_llm_request("claude")
            ctx.record_llm_response("claude", usage={"input_tokens": 10, "output_tokens": 4}, cost_usd=0.5)
            ctx.record_tool_call("search")
            clock.advance(1.5)
            ctx.record_tool_result("search", is_error=True)
        assert ctx.path is not None
        [found] = sessions(tmp_path / "traces")
        assert found == Session(
            id=ctx.session, agent="desk", status="finished", outcome="completed", start=1763625600000000000,
            duration_ms=1500.0, events=6, errors=1, tool_calls=1, llm_calls=1, usage=Usage(10, 4), cost_usd=0.5,
            paths=(ctx.path,),
        )  # fmt: skip

    def test_several(self, tmp_path: Path) -> None:
        """Runs are listed newest first, the parts of one run as one."""
        clock = ManualClock()
        capture.init(clock=clock)
        for name in ("first", "second"):
            with TraceContext(name, session=name):
                clock.advance(2)
        with TraceContext("first again", session="first"):
            pass
        found = sessions(tmp_path / "traces")
        assert [(session.agent, len(session.paths), session.events) for session in found] == [
            ("first", 2, 4), ("second", 1, 2)
        ]  # fmt: skip

    def test_vanished(self, tmp_path: Path) -> None:
        """A file that vanishes meanwhile is passed over."""
        with TraceContext("gone"):
            pass
        files = trace_files(tmp_path / "traces")
        files[0].path.unlink()
        assert list(read_sessions(files)) == []


class TestStatus:
    def test_running(self, tmp_path: Path, load: Load) -> None:
        """A run is running while its writer lives, also before and after its agent's last word."""
        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            store = load(tmp_path / "run.jsonl")
            assert store.status() == "running"
            ctx.record_agent_end("completed")
            while store.advance():
                pass
            assert store.status() == "running"
        assert store.advance()
        assert store.status() == "finished"

    @pytest.mark.parametrize("status", ["completed", "error", "cancelled"])
    def test_finished(self, tmp_path: Path, load: Load, status: str) -> None:
        """It is finished when its agent has ended, however."""
        capture.start_session("desk", tmp_path / "run.jsonl")
        capture.end_session(status)
        store = load(tmp_path / "run.jsonl")
        assert (store.status(), store.sessions()[0].outcome) == ("finished", status)

    def test_inner_agents(self, trace: traces.TraceFile, load: Load) -> None:
        """The end of an agent inside it is not its end."""
        root = trace.add("agent_start", "desk", {"host": locks.this_host()})
        inner = trace.add("agent_start", "critic", parent=root)
        trace.add("agent_end", "critic", {"status": "completed"}, parent=inner)
        assert load(trace).status() == "crashed"
        trace.add("agent_end", "desk", {"status": "error"}, parent=root)
        assert load(trace).status() == "finished"

    def test_inner_agents_without_an_end(self, trace: traces.TraceFile, load: Load) -> None:
        """Neither does one that never ended keep the run from having done so."""
        root = trace.add("agent_start", "desk")
        trace.add("agent_start", "critic", parent=root)
        trace.add("agent_end", "desk", {"status": "completed"}, parent=root)
        assert load(trace).status() == "finished"

    def test_end_of_a_foreign_writer(self, trace: traces.TraceFile, load: Load) -> None:
        """An end that belongs to nothing is the run's own; one that says no more than that is an end as well."""
        trace.add("agent_start", "", {"host": locks.this_host(), "agent_name": "desk"})
        trace.add("agent_end", "desk", {"status": "error"})
        store = load(trace)
        assert (store.status(), store.sessions()[0].outcome) == ("finished", "error")
        assert store.sessions()[0].agent == "desk"
        other = traces.TraceFile(trace.path.with_name("other.jsonl"))
        root = other.add("agent_start", "desk", {"host": locks.this_host()})
        other.add("agent_end", "desk", {}, parent=root)
        store = load(other)
        assert (store.status(), store.sessions()[0].outcome) == ("finished", None)

    @pytest.mark.parametrize("end_first", [False, True])
    def test_end_in_another_file(self, trace: traces.TraceFile, load: Load, end_first: bool) -> None:
        """Such an end ends what had started by then, in whatever order the files are read."""
        start, end = traces.NOON, traces.NOON + 1
        trace.add("agent_start", "desk", {"host": locks.this_host()}, ts=start)
        other = traces.TraceFile(trace.path.with_name("other.jsonl"), "00000001")
        other.add("agent_end", "desk", {"status": "completed"}, ts=end)
        files = (other, trace) if end_first else (trace, other)
        store = load(*files)
        assert (store.status(), store.sessions()[0].outcome) == ("finished", "completed")
        trace.add("agent_start", "desk", {"host": locks.this_host()}, ts=end + 1)
        assert load(*files).status() == "crashed"

    def test_another_start_without_times(self, trace: traces.TraceFile, load: Load) -> None:
        """Where no event has a time, the order in which they are read is all there is."""
        line = b'{"type":"agent_%s","id":"%d","session":"s","data":{"host":"%s"}}\n'
        host = locks.this_host().encode()
        trace.write(line % (b"start", 1, host) + line % (b"end", 2, b""))
        assert load(trace).status() == "finished"
        trace.write(line % (b"start", 3, host))
        assert load(trace).status() == "crashed"

    def test_crashed(self, trace: traces.TraceFile, load: Load) -> None:
        """It crashed when nobody writes and its agent has not ended."""
        trace.add("agent_start", "desk", {"host": locks.this_host()})
        assert load(trace).status() == "crashed"

    def test_several_runs(self, trace: traces.TraceFile, tmp_path: Path, load: Load) -> None:
        """Of several runs together each must have finished."""
        other = traces.TraceFile(tmp_path / "other.jsonl", "00000001", "f" * 32)
        for file in (trace, other):
            file.add("agent_start", "desk")
        trace.add("agent_end", "desk", {"status": "completed"}, parent="5f3a9c1e00000000")
        assert load(trace, other).status() == "crashed"
        other.add("agent_end", "desk", {"status": "completed"}, parent="0000000100000000")
        assert load(trace, other).status() == "finished"

    def test_another_host(self, trace: traces.TraceFile, load: Load) -> None:
        """Whether a process on another machine lives cannot be known here; whether its agent ended can."""
        root = trace.add("agent_start", "desk", {"host": "elsewhere"})
        assert load(trace).status() == "unknown"
        trace.add("agent_end", "desk", {"status": "completed"}, parent=root)
        assert load(trace).status() == "finished"

    def test_no_locks(self, trace: traces.TraceFile, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nor can it on a filesystem without locks."""
        trace.add("agent_start", "desk")

        def refuse(fd: int, operation: int) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr("fcntl.flock", refuse)
        assert load(trace).status() == "unknown"

    def test_probe_leaves_no_lock(self, trace: traces.TraceFile) -> None:
        """To ask whether a writer lives does not keep one from writing, or another reader from asking."""
        first, second = (os.open(trace.path, os.O_RDONLY) for _ in range(2))
        assert [locks.writer_lives(fd) for fd in (first, second, first)] == [False] * 3
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert locks.writer_lives(first) is True
        os.close(first)
        os.close(second)
