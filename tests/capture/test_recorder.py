from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture._core.recorder import Recorder, Totals
from capture._core.redact import Redact
from capture.sinks import Sink
from capture.sinks.file import FileSink
from capture.testing import ManualClock, MemorySink, SeededRandomness, read_events

WRITER, SESSION, ROOT = "5f3a9c1e", "0af7651916cd43dd8448eb211c80319c", "0" * 16


class FlakySink(MemorySink):
    """Keeps lines, except while it has a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: BaseException | None = None
        self.asked = 0

    def write(self, line: bytes) -> None:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        super().write(line)


FULL = OSError(errno.ENOSPC, "No space left on device")


def recorder(sink: Sink, clock: ManualClock | None = None) -> Recorder:
    return Recorder(SESSION, WRITER, sink, clock or ManualClock(), SeededRandomness())


def log(to: Recorder, text: str = "", totals: Totals | None = None) -> str:
    return to.record("log", "", ROOT, {}, {"text": text}, totals or Totals())


class TestNumbers:
    def test_count(self) -> None:
        """Ids are the writer's and a counter that starts at 0 and never skips."""
        sink = MemorySink()
        to = recorder(sink)
        assert [log(to) for _ in range(3)] == ["5f3a9c1e00000000", "5f3a9c1e00000001", "5f3a9c1e00000002"]
        assert [event["id"] for event in sink.events] == ["5f3a9c1e00000000", "5f3a9c1e00000001", "5f3a9c1e00000002"]

    def test_stamps(self) -> None:
        """An event is stamped with the wall clock, also when that goes back."""
        clock, sink = ManualClock(), MemorySink()
        to = recorder(sink, clock)
        log(to)
        clock.advance(1.5)
        log(to)
        clock.set_wall(1_763_625_600_000_000_000)
        log(to)
        assert [event["ts"] for event in sink.events] == [
            1763625600000000000, 1763625601500000000, 1763625600000000000
        ]  # fmt: skip

    def test_threads(self, tmp_path: Path) -> None:
        """Threads that record at once get ids of their own, and their lines stand in the order of the ids."""
        to = recorder(FileSink(tmp_path / "run.jsonl"))
        start = threading.Barrier(8)

        def work(name: str) -> None:
            start.wait()
            for number in range(200):
                log(to, f"{name} {number}" * 50)

        threads = [threading.Thread(target=work, args=(str(n),)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        to.close()
        assert [event["id"] for event in read_events(tmp_path / "run.jsonl")] == [
            f"{WRITER}{number:08x}" for number in range(1600)
        ]

    def test_recording_while_recording(self) -> None:
        """An event recorded in the middle of another, as by a signal handler, gets an id of its own."""
        ids: list[str] = []

        class Nested(MemorySink):
            def write(self, line: bytes) -> None:
                if len(ids) < 3:
                    ids.append("")
                    ids[ids.index("")] = log(to)
                super().write(line)

        sink = Nested()
        to = recorder(sink)
        ids.append(log(to))
        assert sorted(ids) == sorted(str(event["id"]) for event in sink.events)
        assert sorted(ids) == [f"{WRITER}{number:08x}" for number in range(4)]


class TestTotals:
    def test_counts(self) -> None:
        """Totals count what was written, and add up."""
        totals, sink = Totals(), FlakySink()
        to = recorder(sink)
        to.record("tool_call", "search", ROOT, {}, {}, totals)
        to.record("llm_request", "claude", ROOT, {}, {}, totals)
        usage = {"input_tokens": 10, "output_tokens": 4, "cache_read_tokens": 3}
        to.record("llm_response", "claude", ROOT, {"usage": usage, "error": {}}, {}, totals)
        sink.fault = FULL
        to.record("tool_call", "search", ROOT, {}, {}, totals)
        expected = {"events": 3, "errors": 1, "llm_calls": 1, "tool_calls": 1, "input_tokens": 10, "output_tokens": 4}
        assert totals.as_data() == expected
        both = Totals()
        both.absorb(totals)
        both.absorb(totals)
        assert both.as_data() == {name: 2 * count for name, count in expected.items()}


class TestLoss:
    def test_told_as_soon_as_possible(self) -> None:
        """What a sink refused is told before the next event that it takes; every lost event keeps its id."""
        sink = FlakySink()
        to = recorder(sink)
        log(to, "kept")
        sink.fault = FULL
        lost = [log(to, "lost"), log(to, "lost too")]
        sink.fault = OSError(errno.EIO, "Input/output error")
        lost.append(log(to, "lost"))
        sink.fault = None
        kept = log(to, "kept")
        assert lost == ["5f3a9c1e00000001", "5f3a9c1e00000002", "5f3a9c1e00000003"]
        assert kept == "5f3a9c1e00000005"
        first, loss, last = sink.events
        assert (first["id"], loss["id"], last["id"]) == ("5f3a9c1e00000000", "5f3a9c1e00000004", kept)
        assert (loss["type"], loss["name"], loss["parent"]) == ("capture_loss", "", ROOT)
        assert loss["data"] == {
            "events": 3,
            "bytes": 3 * (len(sink.lines[0])) + len(" too"),
            "reasons": {"No space left on device": 2, "Input/output error": 1},
        }

    def test_told_once(self) -> None:
        """A loss that was told is not told again; the next one counts anew."""
        sink = FlakySink()
        to = recorder(sink)
        for fault in (FULL, None, None, FULL, FULL, None):
            sink.fault = fault
            log(to)
        losses = [event["data"] for event in sink.events if event["type"] == "capture_loss"]
        size = len(sink.lines[0].replace(b"capture_loss", b"log").partition(b',"data"')[0] + b',"data":{"text":""}}\n')
        reasons = "No space left on device"
        assert losses == [
            {"events": 1, "bytes": size, "reasons": {reasons: 1}},
            {"events": 2, "bytes": 2 * size, "reasons": {reasons: 2}},
        ]

    def test_told_at_the_end(self) -> None:
        """A loss that nothing follows is told when the recorder closes."""
        sink = FlakySink()
        to = recorder(sink)
        sink.fault = FULL
        log(to)
        sink.fault = None
        to.close()
        assert [(event["id"], event["type"]) for event in sink.events] == [("5f3a9c1e00000001", "capture_loss")]

    def test_never_told(self) -> None:
        """A sink that never takes anything raises nothing, and gets a number only for what it was to keep."""
        sink = FlakySink()
        sink.fault = FULL
        to = recorder(sink)
        assert [log(to) for _ in range(3)] == ["5f3a9c1e00000000", "5f3a9c1e00000001", "5f3a9c1e00000002"]
        to.close()
        assert (sink.lines, sink.asked) == ([], 3 + 2 + 1)

    def test_recording_while_telling(self) -> None:
        """An event recorded in the middle of telling a loss gets an id of its own, and the loss is told once."""
        nested: list[str] = []

        class Nested(FlakySink):
            def write(self, line: bytes) -> None:
                if b"capture_loss" in line and not nested:
                    nested.append("")
                    nested[0] = log(to, "nested")
                super().write(line)

        sink = Nested()
        to = recorder(sink)
        sink.fault = FULL
        lost = log(to)
        sink.fault = None
        last = log(to)
        assert lost == "5f3a9c1e00000000"
        assert [(event["id"], event["type"]) for event in sink.events] == [
            (nested[0], "log"), ("5f3a9c1e00000001", "capture_loss"), (last, "log")
        ]  # fmt: skip
        assert sorted([nested[0], last]) == ["5f3a9c1e00000002", "5f3a9c1e00000003"]

    @pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, RuntimeError])
    @pytest.mark.parametrize("telling", [False, True])
    def test_interrupts(self, interrupt: type[BaseException], telling: bool) -> None:
        """What is no refusal goes on; the event counts as lost, and no number is given twice."""
        sink = FlakySink()
        to = recorder(sink)
        if telling:
            sink.fault = FULL
            log(to)
        sink.fault = interrupt()
        with pytest.raises(interrupt):
            log(to)
        sink.fault = None
        assert log(to) == ("5f3a9c1e00000003" if telling else "5f3a9c1e00000002")
        [loss, _] = sink.events
        reasons = ["No space left on device"] if telling else []
        if not telling or interrupt is RuntimeError:  # a broken sink's own: the event after the telling was tried too
            reasons.append(interrupt.__name__)
        data = loss["data"]
        assert isinstance(data, dict)
        assert (data["events"], data["reasons"]) == (len(reasons), dict.fromkeys(reasons, 1))


class TestFork:
    def test_new_writer(self) -> None:
        """A forked child counts from 0 as another writer, into another sink; its parent's loss is not its own."""
        sink = FlakySink()
        to = recorder(sink)
        sink.fault = FULL
        log(to)
        to.after_fork()
        writer = SeededRandomness()(4).hex()
        assert [log(to), log(to)] == [f"{writer}00000000", f"{writer}00000001"]
        assert isinstance(to.sink, MemorySink)
        assert to.sink is not sink
        assert [event["id"] for event in to.sink.events] == [f"{writer}00000000", f"{writer}00000001"]
        assert sink.lines == []

    def test_inherited_lock(self) -> None:
        """A lock that another thread held when the process forked does not stop the child."""
        to = recorder(MemorySink())
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with to._lock:
                held.set()
                done.wait()

        thread = threading.Thread(target=hold, daemon=True)
        thread.start()
        held.wait()
        to.after_fork()
        assert to._lock.acquire(blocking=False)
        to._lock.release()
        assert log(to)
        done.set()
        thread.join()


@pytest.mark.parametrize("use", [log, Recorder.close])
def test_late_events(tmp_path: Path, use: Callable[[Recorder], object]) -> None:
    """An event after the end is kept, and the file does not look alive for it."""
    sink = FileSink(tmp_path / "run.jsonl")
    to = recorder(sink)
    log(to)
    to.close()
    use(to)
    assert sink._fd == -1
    assert {event["type"] for event in read_events(sink.path)} == {"log"}


class HostsLock:
    """A lock that a request needs while another thread records under it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted = threading.Event()

    def take(self) -> str:
        """Return whether the lock could be had."""
        self.wanted.set()
        got = self.lock.acquire(timeout=20)
        if got:
            self.lock.release()
        return "got it" if got else "held up"

    def ask(self, told: object, redact: Redact = True) -> Any:
        """Return the message that is written of a request that takes the lock."""
        sink = MemorySink()
        capture.init(sink=sink, redact=redact)
        taken = threading.Event()

        def record(ctx: TraceContext) -> None:
            with self.lock:
                taken.set()
                self.wanted.wait(60)
                ctx.record_log("stdout", "under the lock")

        with TraceContext("desk") as ctx:
            other = threading.Thread(target=record, args=(ctx,))
            other.start()
            taken.wait(60)
            ctx.record_llm_request("m", [told])
            other.join()
        [request] = [event for event in sink.events if event["type"] == "llm_request"]
        data: Any = request["data"]
        return data["messages"][0]


def test_repr_that_takes_a_lock() -> None:
    """The `__repr__` of a message may need a lock that another thread records under."""
    host = HostsLock()

    class Told:
        def __repr__(self) -> str:
            return host.take()

    assert host.ask(Told())["repr"] == "got it"


def test_redact_that_takes_a_lock() -> None:
    """So may the function that redacts."""
    host = HostsLock()
    told = {"content": "secret"}
    assert host.ask(told, lambda text: host.take() if text == "secret" else text) == {"content": "got it"}
