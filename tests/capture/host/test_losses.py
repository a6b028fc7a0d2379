"""A trace that is taken away from a working agent: the agent does not notice, and the reader is told what is lost."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from capture import TraceContext, trace_tool
from capture.sinks.file import FileSink
from capture.testing import read_events
from peek_tui.render.summary import summary
from peek_tui.trace.store import Store
from tests.conftest import RunPython

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be deleted there")

PROGRAM = Path(__file__).with_name("losing.py")
OUTPUT = "0\n2\n4\nno three\n8\n"
PEEK = "from peek_tui.cli.main import main\nmain()\n"
DELETED = "the trace file was deleted, with all it held"


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every write sees whether the file is still there."""
    monkeypatch.setattr("capture.sinks.file._LOOK_AFTER", 0.0)


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["id"][8:], 16) for event in events]


FATES = [
    "none", "deleted", "renamed", "directory deleted", "replaced by a directory", "may not grow", "descriptor closed",
    "sink raises",
]  # fmt: skip


@pytest.mark.parametrize("fate", FATES)
def test_the_agent(run_python: RunPython, tmp_path: Path, fate: str) -> None:
    """Whatever happens to its trace, an agent gives the same results and ends with the same code, in silence."""
    done = run_python(PROGRAM, tmp_path / "trace/run.jsonl", fate, code=3, PEEK_DEBUG="")
    assert (done.stdout, done.stderr) == (OUTPUT, "")


@pytest.mark.parametrize("place", ["/dev/full", "/proc/none/run.jsonl", "blocked/run.jsonl", f"{'x' * 300}.jsonl"])
def test_no_place(run_python: RunPython, tmp_path: Path, place: str) -> None:
    """Neither does it notice that there was no place for a trace from the beginning."""
    (tmp_path / "blocked").write_text("a file")
    done = run_python(PROGRAM, tmp_path / place, "none", code=3, PEEK_DEBUG="")
    assert (done.stdout, done.stderr) == (OUTPUT, "")


def test_pipe_without_reader(run_python: RunPython, tmp_path: Path) -> None:
    """A pipe that nobody reads fills up, and the agent goes on."""
    os.mkfifo(tmp_path / "pipe")
    program = """
import sys, capture
with capture.TraceContext(path=sys.argv[1]) as ctx:
    for _ in range(100):
        ctx.record_log("stdout", "x" * 10_000)
"""
    run_python(program, tmp_path / "pipe")


class TestDeleted:
    def test_goes_on_in_a_new_file(self, looking: None, tmp_path: Path) -> None:
        """Once the file is gone a new one begins with what was lost; the reader misses every event that it held."""
        path = tmp_path / "trace/run.jsonl"
        with TraceContext("desk", path=path) as ctx:
            ctx.record_log("kept by nobody")
            path.unlink()
            path.parent.rmdir()
            unheard = ctx.record_log("notices")
            ctx.record_log("after")
        events = read_events(path)
        assert [(event["type"], event["name"]) for event in events] == [
            ("capture_loss", ""), ("log", "after"), ("agent_end", "desk")
        ]  # fmt: skip
        data = events[0]["data"]
        assert (data["events"], data["reasons"]) == (1, {DELETED: 1})
        assert numbers(events) == [3, 4, 5]
        store = Store.load([path])
        stats = store.snapshot().stats()
        store.close()
        assert stats.missing == tuple(f"{unheard[:8]}{number:08x}" for number in (0, 1, 2))

    def test_at_the_very_end(self, looking: None, tmp_path: Path) -> None:
        """An agent whose last event is the one that notices still leaves word of it."""
        path = tmp_path / "run.jsonl"
        with TraceContext("desk", path=path):
            path.unlink()
        [loss] = read_events(path)
        assert (loss["type"], loss["data"]["events"], loss["data"]["reasons"]) == ("capture_loss", 1, {DELETED: 1})

    def test_looks_now_and_then(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A write only looks when a second has passed: looking costs, and most files stay where they are."""
        now, looks, real = [100.0], [0], os.fstat

        def fstat(fd: int) -> os.stat_result:
            looks[0] += 1
            return real(fd)

        monkeypatch.setattr("capture.sinks.file.time.monotonic", lambda: now[0])
        sink = FileSink(tmp_path / "run.jsonl")
        sink.write(b"{}\n")
        monkeypatch.setattr(os, "fstat", fstat)
        for _ in range(10):
            sink.write(b"{}\n")
        assert looks == [0]
        now[0] += 1.0
        for _ in range(10):
            sink.write(b"{}\n")
        assert looks == [1]
        monkeypatch.undo()
        sink.close()

    def test_renamed(self, looking: None, tmp_path: Path) -> None:
        """A file that is renamed is still there: it is written to its end, and nothing is lost."""
        path, moved = tmp_path / "run.jsonl", tmp_path / "moved.jsonl"
        with TraceContext("desk", path=path) as ctx:
            path.rename(moved)
            ctx.record_log("after")
        assert [event["type"] for event in read_events(moved)] == ["agent_start", "log", "agent_end"]
        assert not path.exists()


class TestSinkThatRaises:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (OSError(errno.EIO, "Input/output error"), "Input/output error"),
            (RuntimeError("broken"), "RuntimeError"),
            (MemoryError(), "MemoryError"),
        ],
    )
    def test_write(
        self,
        ctx: TraceContext,
        monkeypatch: pytest.MonkeyPatch,
        swallowed: list[Exception],
        fault: Exception,
        reason: str,
    ) -> None:
        """The host's calls go on as they are; as soon as the sink takes a line again, it is what was lost."""
        result, failure = object(), KeyError("theirs")

        def broken(self: FileSink, line: bytes) -> NoReturn:
            raise fault

        @trace_tool
        def work(argument: object) -> object:
            return argument

        @trace_tool
        def fail() -> NoReturn:
            raise failure

        with monkeypatch.context() as patches:
            patches.setattr(FileSink, "write", broken)
            assert work(result) is result
            with pytest.raises(KeyError) as raised:
                fail()
            assert raised.value is failure
        kept = ctx.record_log("kept")
        start, loss, log = read_events(ctx.path)
        assert (loss["type"], loss["data"]["events"]) == ("capture_loss", 4)
        assert loss["data"]["reasons"] == {reason: 4}
        assert log["id"] == kept
        assert numbers([start, loss, log]) == [0, 5, 6]
        assert swallowed == ([] if isinstance(fault, OSError) else [fault] * 4)

    def test_close(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swallowed: list[Exception]) -> None:
        """A sink that cannot even be closed does not keep the host from ending."""
        fault = OSError(errno.EIO, "Input/output error")

        def broken(self: FileSink) -> NoReturn:
            raise fault

        with monkeypatch.context() as patches:
            patches.setattr(FileSink, "close", broken)
            with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
                pass
        assert swallowed == [fault]
        assert [event["type"] for event in read_events(ctx.path)] == ["agent_start", "agent_end"]
        assert ctx._recorder is not None
        ctx._recorder.sink.close()


def test_shown(run_python: RunPython, tmp_path: Path) -> None:
    """`peek stats`, `peek events` and the timeline's line all say what was lost, and why."""
    path = tmp_path / "trace/run.jsonl"
    run_python(PROGRAM, path, "deleted", code=3, PEEK_DEBUG="")
    [*_, end] = read_events(path)

    stats = json.loads(run_python(PEEK, "stats", path, "--json").stdout)
    assert stats["types"]["capture_loss"] == 1
    assert stats["missing"] == [f"{end['id'][:8]}{number:08x}" for number in range(6)]
    assert "6 events were lost, the first one" in run_python(PEEK, "stats", path).stdout

    [line] = run_python(PEEK, "events", path, "--where", "type:capture_loss", "--json").stdout.splitlines()
    assert (json.loads(line)["row"], json.loads(line)["data"]["reasons"]) == (0, {DELETED: 1})
    store = Store.load([path])
    event = store.snapshot().event(0)
    assert summary(event) == f"1 event, {event.data['bytes']} bytes lost: {DELETED} (1)"
    store.close()
