from __future__ import annotations

import asyncio
import functools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

from capture import TraceContext, trace_agent, trace_llm_call, trace_tool
from capture._core.guard import guarded, swallow
from capture._core.recorder import Recorder, Totals
from capture.instrument import decorators
from capture.instrument._wrap import call, call_async
from capture.testing import ManualClock, MemorySink, SeededRandomness, read_events
from tests.conftest import RunPython

Handle = Callable[[Any], object]

PASSING = [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError]


class LimitError(Exception):
    """A soft time limit, as a worker's signal handler raises it."""


class Observer:
    """Sees one call, and raises wherever it is told to."""

    def __init__(self, fault: BaseException | None = None, *places: str) -> None:
        self.seen: list[Any] = []
        self._fault = fault
        self._places = places

    def _see(self, place: str, value: Any) -> None:
        self.seen.append((place, value))
        if self._fault is not None and place in self._places:
            raise self._fault

    def before(self, args: Any, kwargs: Any) -> None:
        self._see("before", (args, kwargs))

    def returned(self, result: Any) -> None:
        self._see("returned", result)

    def raised(self, error: BaseException) -> None:
        self._see("raised", error)


ALWAYS = ("before", "returned", "raised")


class TestGuarded:
    def test_result(self) -> None:
        """A guarded function returns what it returns."""
        assert guarded(None)(lambda value: value)(7) == 7

    def test_exception(self, swallowed: list[Exception]) -> None:
        """In place of an `Exception` there is the default, and those who listen are told."""
        fault = ValueError("ours")

        @guarded("default")
        def fail() -> str:
            raise fault

        assert fail() == "default"
        assert swallowed == [fault]

    @pytest.mark.parametrize("kind", PASSING)
    def test_what_passes(self, kind: type[BaseException]) -> None:
        """What is no `Exception` is not ours to keep."""

        @guarded(None)
        def fail() -> None:
            raise kind

        with pytest.raises(kind):
            fail()

    def test_debugging(self, run_python: RunPython) -> None:
        """With `PEEK_DEBUG` set what is kept from the host is printed."""
        program = "from capture._core.guard import swallow\nswallow(ValueError('ours'))"
        assert run_python(program, quiet=False).stderr == "ValueError: ours\n"
        assert run_python(program, PEEK_DEBUG="").stderr == ""


class TestWrap:
    def test_call(self) -> None:
        """An observer sees the arguments, then the result, and the caller gets that very object."""
        observer, result = Observer(), object()

        def original(a: int, b: int) -> object:
            return result

        assert call(original, observer, (1,), {"b": 2}) is result
        assert observer.seen == [("before", ((1,), {"b": 2})), ("returned", result)]

    async def test_call_async(self) -> None:
        """An awaited call is observed in the same way."""
        observer, result = Observer(), object()

        async def original(a: int, b: int) -> object:
            return result

        assert await call_async(original, observer, (1,), {"b": 2}) is result
        assert observer.seen == [("before", ((1,), {"b": 2})), ("returned", result)]

    @pytest.mark.parametrize("kind", [ValueError, *PASSING])
    def test_raises(self, kind: type[BaseException]) -> None:
        """What the original raises goes on as the same object, whatever the observer does."""
        failure = kind()

        def original() -> NoReturn:
            raise failure

        observer = Observer()
        with pytest.raises(kind) as raised:
            call(original, observer, (), {})
        assert raised.value is failure
        assert observer.seen == [("before", ((), {})), ("raised", failure)]

    def test_called_once(self, swallowed: list[Exception]) -> None:
        """Observers that raise everywhere change nothing, and the original is called exactly once."""
        calls: list[int] = []
        fault = RuntimeError("ours")
        assert call(calls.append, Observer(fault, *ALWAYS), (1,), {}) is None
        assert calls == [1]
        assert swallowed == [fault, fault]

    async def test_faults(self, swallowed: list[Exception]) -> None:
        """That holds for results and exceptions, called and awaited."""
        fault, result, failure = RuntimeError("ours"), object(), KeyError("theirs")

        async def work() -> object:
            return result

        async def fail() -> NoReturn:
            raise failure

        assert await call_async(work, Observer(fault, *ALWAYS), (), {}) is result
        with pytest.raises(KeyError) as raised:
            await call_async(fail, Observer(fault, *ALWAYS), (), {})
        assert raised.value is failure
        assert raised.value.__context__ is None
        assert swallowed == [fault] * 4

    @pytest.mark.parametrize("kind", PASSING)
    def test_interrupts_in_an_observer(self, kind: type[BaseException]) -> None:
        """An interrupt that arrives while an observer runs is the host's."""
        with pytest.raises(kind):
            call(lambda: None, Observer(kind(), "before"), (), {})


class TestDecorators:
    @pytest.mark.parametrize("place", ALWAYS)
    @pytest.mark.parametrize(
        ("decorate", "observer"),
        [
            (trace_agent, decorators._AgentRun),
            (trace_tool, decorators._ToolCall),
            (trace_llm_call, decorators._ModelCall),
        ],
    )
    def test_observers_that_raise(
        self,
        monkeypatch: pytest.MonkeyPatch,
        ctx: TraceContext,
        swallowed: list[Exception],
        decorate: Callable[..., Any],
        observer: type[Any],
        place: str,
    ) -> None:
        """When any observer of any decorator raises, the host gets its own objects all the same."""
        fault, result, failure = RuntimeError("ours"), object(), KeyError("theirs")

        def broken(self: object, *values: object) -> NoReturn:
            raise fault

        monkeypatch.setattr(observer, place, broken)

        @decorate
        def work(argument: object) -> object:
            return argument

        @decorate
        async def work_async(argument: object) -> object:
            return argument

        @decorate
        def fail() -> NoReturn:
            raise failure

        @decorate
        async def fail_async() -> NoReturn:
            raise failure

        assert work(result) is result
        assert asyncio.run(work_async(result)) is result
        for original in (fail, lambda: asyncio.run(fail_async())):
            with pytest.raises(KeyError) as raised:
                original()
            assert raised.value is failure
        assert swallowed == [fault] * {"before": 4, "returned": 2, "raised": 2}[place]

    def test_a_recorder_that_raises(
        self, monkeypatch: pytest.MonkeyPatch, ctx: TraceContext, swallowed: list[Exception]
    ) -> None:
        """The host is not told that nothing could be recorded."""
        fault = RuntimeError("ours")

        def broken(*values: object) -> NoReturn:
            raise fault

        with monkeypatch.context() as patches:
            patches.setattr(Recorder, "record", broken)

            @trace_tool
            def work() -> int:
                with TraceContext("inner") as inner:
                    assert inner.record_decision("why") == "0" * 16
                return 7

            assert work() == 7
        assert swallowed == [fault] * 3
        assert [event["type"] for event in read_events(ctx.path)] == ["agent_start"]


def raise_limit(number: int, frame: FrameType | None) -> NoReturn:
    raise LimitError("soft time limit")


def raise_timeout(number: int, frame: FrameType | None) -> NoReturn:
    raise TimeoutError("alarm")


def raise_value(number: int, frame: FrameType | None) -> NoReturn:
    raise ValueError("alarm")


class Worker:
    """A host that keeps its handler in an object."""

    def on_signal(self, number: int, frame: FrameType | None) -> NoReturn:
        raise LimitError("soft time limit")

    def __call__(self, number: int, frame: FrameType | None) -> NoReturn:
        raise LimitError("soft time limit")


def raise_with(kind: type[Exception], number: int, frame: FrameType | None) -> NoReturn:
    raise kind("soft time limit")


class Struck:
    """A value that is interrupted by a signal whenever it is asked for its text."""

    def __str__(self) -> str:
        signal.raise_signal(signal.SIGUSR1)
        return "struck"

    __repr__ = __str__


class StruckError(Exception):
    def __str__(self) -> str:
        signal.raise_signal(signal.SIGUSR1)
        return "struck"


class StruckClock(ManualClock):
    def time_ns(self) -> int:
        signal.raise_signal(signal.SIGUSR1)
        return super().time_ns()


class StruckSink(MemorySink):
    def write(self, line: bytes) -> None:
        signal.raise_signal(signal.SIGUSR1)
        super().write(line)


@pytest.fixture
def handle() -> Iterator[Handle]:
    """Install a handler for SIGUSR1 (the suite's own time limit uses SIGALRM)."""
    before = signal.getsignal(signal.SIGUSR1)
    yield functools.partial(signal.signal, signal.SIGUSR1)
    signal.signal(signal.SIGUSR1, before)


class TestSignals:
    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            (raise_limit, LimitError),
            (raise_timeout, TimeoutError),
            (raise_value, ValueError),
            (Worker().on_signal, LimitError),
            (Worker(), LimitError),
            (functools.partial(raise_with, LimitError), LimitError),
            (functools.partial(functools.partial(raise_with, OSError)), OSError),
            (trace_tool(raise_limit), LimitError),
        ],
    )
    @pytest.mark.parametrize(
        "record",
        [
            lambda ctx: ctx.record_tool_call("search", {"q": Struck()}),
            lambda ctx: ctx.record_tool_call(Struck()),
            lambda ctx: ctx.record_tool_call("search", agent=Struck()),
            lambda ctx: ctx.record_error(StruckError()),
            lambda _: trace_tool(lambda q: q)(Struck()),
        ],
        ids=["value", "name", "header", "error", "decorated"],
    )
    def test_handlers(
        self, ctx: TraceContext, handle: Handle, record: Any, handler: Any, kind: type[Exception]
    ) -> None:
        """What a signal handler of the host raises in the middle of our code reaches the host."""
        handle(handler)
        with pytest.raises(kind) as raised:
            record(ctx)
        assert type(raised.value) is kind

    @pytest.mark.parametrize(("handler", "kind"), [(raise_limit, LimitError), (raise_timeout, TimeoutError)])
    @pytest.mark.parametrize("struck", ["clock", "sink"])
    def test_while_writing(self, handle: Handle, handler: Any, kind: type[Exception], struck: str) -> None:
        """It does so in the middle of a write too; the event counts as lost, since nobody can tell."""
        handle(handler)
        clock, sink = (StruckClock(), MemorySink()) if struck == "clock" else (ManualClock(), StruckSink())
        recorder = Recorder("0" * 32, "5f3a9c1e", sink, clock, SeededRandomness())
        with pytest.raises(kind):
            recorder.record("log", "", "0" * 16, {}, {}, Totals())
        handle(signal.SIG_IGN)
        assert recorder.record("log", "", "0" * 16, {}, {}, Totals()) == "5f3a9c1e00000002"
        assert [(event["type"], event["id"]) for event in sink.events] == [
            ("capture_loss", "5f3a9c1e00000001"),
            ("log", "5f3a9c1e00000002"),
        ]

    @pytest.mark.parametrize("time", [1, 2])
    def test_while_a_context_opens(
        self, tmp_path: Path, handle: Handle, monkeypatch: pytest.MonkeyPatch, time: int
    ) -> None:
        """It does so wherever we read what we may not find."""
        handle(raise_timeout)
        times: list[int] = []

        def look() -> Path:
            times.append(1)
            if len(times) == time:
                signal.raise_signal(signal.SIGUSR1)
            return tmp_path

        monkeypatch.setattr(Path, "cwd", look)
        with pytest.raises(TimeoutError), TraceContext(path=tmp_path / "run.jsonl"):
            pytest.fail("the context opened")

    def test_timer(self, ctx: TraceContext) -> None:
        """A timer that strikes while a value is written ends what the host wanted ended."""

        class Slow:
            def __repr__(self) -> str:
                while True:
                    pass

        before = signal.signal(signal.SIGVTALRM, raise_limit)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.02)
        try:
            with pytest.raises(LimitError):
                ctx.record_tool_call("search", {"q": Slow()})
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    def test_ours(self, handle: Handle, swallowed: list[Exception]) -> None:
        """An exception that no handler raised is ours, handlers or not."""
        for handler in (raise_limit, Worker().on_signal, signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler):
            handle(handler)
            swallow(ValueError("ours"))
        assert [str(error) for error in swallowed] == ["ours"] * 5
