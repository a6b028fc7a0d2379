from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

import capture
from capture import TraceContext, trace_tool
from capture._core.failure import describe, is_described, status_of
from capture.testing import read_events


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class TestDescribe:
    def test_exception(self) -> None:
        """An exception is its class, its text and its stack."""
        try:
            raise ValueError("no")
        except ValueError as error:
            described = describe(error)
        assert (described["type"], described["message"]) == ("ValueError", "no")
        first, second, *_, last = described["stack"].splitlines()
        assert first == "Traceback (most recent call last):"
        assert second.startswith(f'  File "{__file__}", line ')
        assert second.endswith(", in test_exception")
        assert last == "ValueError: no"

    def test_class_of_a_module(self) -> None:
        """A class that is no builtin is named with its module."""
        assert describe(capture.UsageError("no"))["type"] == "capture.errors.UsageError"

    def test_causes(self) -> None:
        """The stack tells what an exception was raised from."""
        try:
            try:
                raise KeyError("first")
            except KeyError as cause:
                raise ValueError("second") from cause
        except ValueError as error:
            stack = describe(error)["stack"]
        assert stack.index("KeyError: 'first'") < stack.index("direct cause") < stack.index("ValueError: second")

    def test_unreadable(self) -> None:
        """An exception that cannot say its text is still recorded."""
        described = describe(MuteError())
        assert (described["type"], described["message"]) == (f"{__name__}.MuteError", "<unreadable message>")
        assert described["stack"].startswith(f"{__name__}.MuteError")

    @pytest.mark.parametrize(
        ("given", "described"),
        [
            ("no", {"type": "Error", "message": "no"}),
            ({}, {"type": "Error", "message": ""}),
            ({"type": "E", "message": 7, "code": 3}, {"type": "E", "message": "7", "code": 3}),
        ],
    )
    def test_words(self, given: Any, described: Any) -> None:
        """A message or the keys themselves are taken as they are."""
        assert describe(given) == described


class TestStack:
    """A stack begins where the host's code does."""

    def stack(self, ctx: TraceContext, fail: Callable[[], object]) -> str:
        with pytest.raises(ValueError, match="no"):
            fail()
        stack: str = read_events(ctx.path)[-1]["error"]["stack"]
        return stack

    def test_decorated(self, ctx: TraceContext) -> None:
        """The frames that called a decorated function are left out."""

        @trace_tool
        def fail() -> NoReturn:
            raise ValueError("no")

        lines = self.stack(ctx, fail).splitlines()
        assert lines[1].startswith(f'  File "{__file__}", line ')
        assert lines[1].endswith(", in fail")
        assert [line for line in lines if "_wrap.py" in line] == []

    def test_decorated_coroutine(self, ctx: TraceContext) -> None:
        """So are those that awaited one."""

        @trace_tool
        async def fail() -> NoReturn:
            await asyncio.sleep(0)
            raise ValueError("no")

        lines = self.stack(ctx, lambda: asyncio.run(fail())).splitlines()
        assert lines[1].endswith(", in fail")

    def test_nested(self, ctx: TraceContext) -> None:
        """Frames between two of the host's own stay."""

        @trace_tool
        def inner() -> NoReturn:
            raise ValueError("no")

        @trace_tool
        def outer() -> None:
            inner()

        lines = [line for line in self.stack(ctx, outer).splitlines() if line.startswith("  File")]
        assert [line.rpartition(" in ")[2] for line in lines] == ["outer", "traced", "call", "inner"]

    def test_no_frame_of_the_host(self, ctx: TraceContext) -> None:
        """A call that fails before it reaches the host's code has no frames."""

        @trace_tool
        def work(argument: int) -> None:
            pass

        with pytest.raises(TypeError):
            work()  # type: ignore[call-arg]
        error = read_events(ctx.path)[-1]["error"]
        assert error["stack"] == f"TypeError: {error['message']}\n"


class OwnError(Exception):
    pass


class TestDescribedOnce:
    @pytest.mark.parametrize("kind", [RuntimeError, OwnError])
    def test_one_after_another(self, ctx: TraceContext, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
        """Threads that die one after another are as many errors, wherever in memory each exception is."""
        monkeypatch.setattr(threading, "excepthook", lambda _: None)
        capture.install()

        def fail() -> NoReturn:
            raise kind("no")

        for _ in range(50):
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
        assert [event["type"] for event in read_events(ctx.path)[1:]] == ["error"] * 50

    @pytest.mark.parametrize("kind", [RuntimeError, OwnError])
    def test_keeps_nothing(self, kind: type[Exception]) -> None:
        """An exception is known again as long as it lives, and nothing of where it was raised is kept for that."""

        class Local:
            pass

        def fail() -> weakref.ref[Local]:
            local = Local()
            try:
                raise kind("no")
            except kind as error:
                describe(error)
                known.extend((is_described(error), is_described(kind("no"))))
            return weakref.ref(local)

        known: list[bool] = []
        assert fail()() is None
        assert known == [True, False]


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        (None, "completed"),
        (SystemExit(), "completed"),
        (SystemExit(0), "completed"),
        (SystemExit(1), "error"),
        (SystemExit("no"), "error"),
        (SystemExit(False), "completed"),
        (KeyboardInterrupt(), "cancelled"),
        (GeneratorExit(), "cancelled"),
        (asyncio.CancelledError(), "cancelled"),
        (ValueError(), "error"),
        (TimeoutError(), "error"),
    ],
)
def test_status(exception: BaseException | None, status: str) -> None:
    """How an agent ended follows from what left its block."""
    assert status_of(exception) == status
