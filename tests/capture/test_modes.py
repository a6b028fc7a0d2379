"""What each mode promises: who is waited for, what is dropped, and that it is said."""

from __future__ import annotations

import errno
import gc
import os
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any, cast

import pytest

import capture
from capture import TraceContext
from capture.format import parse_line
from capture.sinks import durable, held
from capture.sinks.file import FileSink
from capture.sinks.memory import MemorySink
from capture.sinks.queued import QueuedSink
from capture.testing import read_events
from peek_tui.trace.store import Store
from tests.conftest import RunPython


def numbers(path: Path) -> list[int]:
    return [event["data"]["arguments"] for event in read_events(path) if event["type"] == "tool_call"]


def losses(path: Path) -> list[dict[str, Any]]:
    return [event["data"] for event in read_events(path) if event["type"] == "capture_loss"]


class GatedSink(MemorySink):
    """Hangs in every write until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    def write(self, line: bytes) -> None:
        self.entered.set()
        self.gate.wait(60)
        super().write(line)


class TestQueued:
    def test_order(self, tmp_path: Path) -> None:
        """What is recorded is in the file when the run is over, in its order, and readable on its own."""
        capture.init(mode="queued")
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            for number in range(500):
                ctx.record_tool_call("tool", number)
            assert ctx.path == tmp_path / "run.jsonl"
        assert numbers(tmp_path / "run.jsonl") == list(range(500))
        assert read_events(tmp_path / "run.jsonl")[-1]["type"] == "agent_end"

    def test_slow_sink(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A sink that hangs costs the agent nothing; what has no room is dropped, and counted once the sink goes on."""
        monkeypatch.setattr("capture.sinks.queued.QUEUE_BYTES", 20_000)
        sink = GatedSink()
        capture.init(mode="queued", sink=sink)
        with TraceContext("desk") as ctx:
            sink.entered.wait(60)
            ids = [ctx.record_log("stdout", "x" * 800) for _ in range(100)]
            sink.gate.set()
        events: list[dict[str, Any]] = [parse_line(line).event for line in sink.lines]
        kept = [event["id"] for event in events if event["type"] == "log"]
        told = [event["data"] for event in events if event["type"] == "capture_loss"]
        assert kept == ids[: len(kept)]
        assert sum(loss["events"] for loss in told) == len(ids) - len(kept) > 0
        assert {reason for loss in told for reason in loss["reasons"]} == {os.strerror(errno.ENOBUFS)}
        assert events[-1]["type"] == "agent_end"

    def test_hanging_sink(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The end of the run waits for a sink that hangs for a bounded moment only, and once."""
        monkeypatch.setattr("capture.sinks.queued.CLOSE_WITHIN", 0.2)
        sink = GatedSink()
        capture.init(mode="queued", sink=sink)
        with TraceContext("desk") as ctx:
            ctx.record_log("stdout", "hello")
            start = time.monotonic()
        assert 0.2 <= time.monotonic() - start < 30
        assert sink.lines == []
        sink.gate.set()
        for thread in threading.enumerate():
            if thread.name == "capture-writer":
                thread.join(60)
        assert [line.count(b"\n") for line in sink.lines] == [1, 1, 1]
        assert sink.closed == 1

    def test_sink_that_fails_later(self, tmp_path: Path) -> None:
        """A line that the other thread could not write is counted, with the reason."""

        class Broken(FileSink):
            def write(self, line: bytes) -> None:
                if b'"fail"' in line:
                    raise ValueError("broken")
                super().write(line)

        capture.init(mode="queued", sink=Broken(tmp_path / "run.jsonl"))
        with TraceContext("desk") as ctx:
            lost = [ctx.record_log("stdout", text) for text in ("one", "fail", "two", "fail")][1::2]
        [loss] = losses(tmp_path / "run.jsonl")
        assert (loss["events"], loss["reasons"]) == (2, {"the sink raised ValueError": 2})
        store = Store.load([tmp_path / "run.jsonl"])
        assert store.snapshot().stats().missing == tuple(lost)
        store.close()

    def test_losses_of_the_second(self, tmp_path: Path) -> None:
        """What a callback beside the file refuses is told, also when another thread gives it the lines."""

        def refuse(line: bytes) -> None:
            raise ValueError("broken")

        capture.init(mode="queued", tee=refuse)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_log("stdout", "one")
        told = losses(tmp_path / "run.jsonl")
        assert {reason for loss in told for reason in loss["reasons"]} == {"the callback raised ValueError"}
        assert sum(loss["events"] for loss in told) >= 2

    def test_nothing_left_for_the_exit(self) -> None:
        """A run that is over leaves nothing to be done at the end of the process, and nothing in memory."""
        sink = QueuedSink(MemorySink(), 1 << 20, 60)
        sink.write(b"one\n")
        sink.close()
        ref = weakref.ref(sink)
        del sink
        gc.collect()
        assert ref() is None

    def test_forked_child(self, tmp_path: Path, run_python: RunPython) -> None:
        """A child that records nothing does not wait at its exit for a queue that is its parent's."""
        program = """
import atexit, os, signal, threading
import capture.testing
from capture.sinks import queued

entered, gate = threading.Event(), threading.Event()

class Sink(capture.testing.MemorySink):
    def write(self, line):
        entered.set()
        gate.wait(60)

queued.CLOSE_WITHIN = 60
capture.init(mode="queued", sink=Sink())
ctx = capture.TraceContext("desk")
with ctx:
    entered.wait(60)
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        atexit._run_exitfuncs()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    gate.set()
"""
        assert run_python(program).stdout == "0\n"

    def test_signal_handler(self) -> None:
        """A signal handler that records while its thread records finds no lock in its way."""
        sink = QueuedSink(MemorySink(), 1 << 20, 60)
        ended = threading.Event()

        def interrupt(*_: object) -> object:  # as a handler may: between any two lines of what a write does
            sink.write(b"inner\n")
            return interrupt

        def work() -> None:
            sys.settrace(cast(Any, interrupt))
            sink.write(b"outer\n")
            sys.settrace(None)
            ended.set()

        threading.Thread(target=work, daemon=True).start()
        assert ended.wait(20)
        sink.close()

    def test_signal_at_the_first_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that strikes while the thread is started does not start another: lines keep their order."""
        sink = QueuedSink(memory := MemorySink(), 1 << 20, 60)
        start, begun = threading.Thread.start, []

        def struck(thread: threading.Thread) -> None:
            if thread.name == "capture-writer":
                begun.append(thread)
                sink.write(b"before\n")
            start(thread)
            if thread.name == "capture-writer":
                sink.write(b"after\n")

        monkeypatch.setattr(threading.Thread, "start", struck)
        sink.write(b"outer\n")
        sink.close()
        assert len(begun) == 1
        assert memory.lines == [b"before\n", b"after\n", b"outer\n"]


class TestTee:
    def test_durable_parts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A second place for the lines takes nothing from the first: it asks the disk, and goes on in parts."""
        synced: list[int] = []
        monkeypatch.setattr(durable, "_sync", synced.append)
        capture.init(mode="durable", tee=MemorySink())
        with TraceContext("desk", path=tmp_path / "one.jsonl") as ctx:
            ctx.record_log("stdout", "one")
            assert len(synced) == 2
        capture.init(mode="durable", tee=MemorySink(), rotate_bytes=100)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_log("stdout", "one")
        assert len(list(tmp_path.glob("run*.jsonl"))) == 3

    def test_queued_parts(self, tmp_path: Path) -> None:
        """It goes on in parts when another thread writes, too."""
        capture.init(mode="queued", tee=MemorySink(), rotate_bytes=100)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_log("stdout", "one")
            ctx.record_log("stdout", "two")
        assert (tmp_path / "run.2.jsonl").exists()


class TestDurable:
    def test_on_the_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An event is acknowledged after the disk has it."""
        path = tmp_path / "run.jsonl"
        synced = []

        def sync(fd: int) -> None:
            os.fdatasync(fd)
            synced.append(os.fstat(fd).st_size)

        monkeypatch.setattr(durable, "_sync", sync)
        capture.init(mode="durable")
        with TraceContext("desk", path=path) as ctx:
            for number in range(20):
                ctx.record_tool_call("tool", number)
                assert synced[-1] == path.stat().st_size
        assert synced[-1] == path.stat().st_size
        assert len(synced) == 22

    def test_group(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Threads that wait for the disk at the same time wait for one answer."""
        path = tmp_path / "run.jsonl"
        asked = 0
        going, gate = threading.Event(), threading.Event()

        def sync(fd: int) -> None:
            nonlocal asked
            asked += 1
            if threading.current_thread().name == "first":
                going.set()
                gate.wait(60)
            os.fdatasync(fd)

        monkeypatch.setattr(durable, "_sync", sync)
        capture.init(mode="durable")
        with TraceContext("desk", path=path) as ctx:
            before = asked
            first = threading.Thread(target=ctx.record_tool_call, args=("tool", 0), name="first")
            first.start()
            going.wait(60)
            others = [threading.Thread(target=ctx.record_tool_call, args=("tool", number)) for number in range(1, 9)]
            for thread in others:
                thread.start()
            while len(path.read_bytes().splitlines()) < 10:  # all are written, and wait
                time.sleep(0.001)
            gate.set()
            for thread in (first, *others):
                thread.join()
            assert asked - before == 2
        assert sorted(numbers(path)) == list(range(9))

    def test_disk_that_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the disk does not have it, that is said."""

        def fail(fd: int) -> None:
            raise OSError(5, "Input/output error")

        capture.init(mode="durable")
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            with monkeypatch.context() as broken:
                broken.setattr(durable, "_sync", fail)
                ctx.record_tool_call("tool", 1)
            ctx.record_tool_call("tool", 2)
        [loss] = losses(tmp_path / "run.jsonl")
        assert loss["reasons"] == {"Input/output error": 1}
        assert numbers(tmp_path / "run.jsonl") == [1, 2]


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="only Linux says what a disk is")
class TestHeld:
    def held(self, monkeypatch: pytest.MonkeyPatch, seconds: float = 0) -> list[int]:
        """Return a list of the lengths that are written with the interpreter's lock kept."""
        lengths: list[int] = []

        def write(fd: int, line: bytes) -> int:
            lengths.append(len(line))
            time.sleep(seconds)
            return os.write(fd, line)

        monkeypatch.setattr(held, "HeldWrite", lambda: write)
        monkeypatch.setattr("capture.sinks.file.STALLED", seconds / 2 or 60)  # this box puts processes aside
        monkeypatch.setattr("capture.sinks.file.others", lambda: 1)
        return lengths

    def test_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program with one thread gives the lock away, which costs it nothing."""
        lengths = self.held(monkeypatch)
        monkeypatch.setattr("capture.sinks.file.others", lambda: 0)
        FileSink(tmp_path / "run.jsonl").write(b"x\n")
        assert lengths == []

    def test_short_and_long(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Beside other threads short lines keep it, long ones do not."""
        lengths = self.held(monkeypatch)
        sink = FileSink(tmp_path / "run.jsonl")
        for size in (10, held.LONGEST, held.LONGEST + 1):
            sink.write(b"x" * (size - 1) + b"\n")
        assert lengths == [10, held.LONGEST]

    def test_stalled(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After writes that all took long none keeps it for a while, and for longer after the next."""
        lengths = self.held(monkeypatch, seconds=0.01)
        monkeypatch.setattr("capture.sinks.file.MANY_STALLS", 1)
        now = 0.0
        monkeypatch.setattr("capture.sinks.file.time.monotonic", lambda: now + len(lengths) * 0.01)
        sink = FileSink(tmp_path / "run.jsonl")
        for now in (0, 0.05, 0.2, 0.3, 0.35, 0.5):
            sink.write(f"{now:4}\n".encode())
        assert (tmp_path / "run.jsonl").read_bytes().count(b"\n") == 6
        assert len(lengths) == 3  # at 0, and again after 0.1 and 0.2 seconds

    def test_put_aside(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A write that took long by itself changes nothing: the process may have been put aside."""
        lengths = self.held(monkeypatch, seconds=0.01)
        sink = FileSink(tmp_path / "run.jsonl")
        sink.write(b"one\n")
        monkeypatch.setattr("capture.sinks.file.STALLED", 60)
        for _ in range(5):
            sink.write(b"two\n")
        assert len(lengths) == 6

    def test_pipe(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """What may keep a writer waiting never does so with the lock kept."""
        lengths = self.held(monkeypatch)
        os.mkfifo(tmp_path / "pipe")
        FileSink(tmp_path / "pipe").write(b"x\n")
        assert lengths == []

    def test_the_real_one(self, tmp_path: Path) -> None:
        """It writes what it is given, zeros too, and raises what went wrong."""
        path = tmp_path / "run.jsonl"
        with path.open("wb") as file:
            write = held.held_write(file.fileno())
            assert write is not None
            assert write(file.fileno(), b"a\0b\n") == 4
            with pytest.raises(OSError, match="Bad file descriptor"):
                write(10_000, b"x")
        assert path.read_bytes() == b"a\0b\n"
