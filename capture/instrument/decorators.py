"""`trace_agent`, `trace_tool`, `trace_llm_call`: record a function's calls, its results and its failures.

Each works bare or with arguments, on functions, methods and coroutine functions, and leaves signature and result alone.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, cast, overload

from .._core.asked import observe
from .._core.context import TraceContext
from .._core.failure import status_of
from .._core.guard import guarded
from .._core.spans import Span, here, move
from ._wrap import GeneratorObserver, call, call_async, observer_of
from .generators import traced_async_generator, traced_generator
from .joins import ToolCall, TracedCall
from .parameters import Parameters
from .registry import is_tapped

__all__ = ["trace_agent", "trace_llm_call", "trace_tool"]

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
_ITEMS_KEPT = 100
Watch = Callable[[], GeneratorObserver]


@overload
def trace_agent(function: F, /) -> F: ...
@overload
def trace_agent(*, name: str | None = None) -> Callable[[F], F]: ...
def trace_agent(function: Any = None, /, *, name: str | None = None) -> Any:
    """Record each call of a function as an agent's run: `agent_start`, what happens inside, `agent_end`."""
    return _decorator(function, lambda f: functools.partial(_AgentRun, name or _name(f)))


@overload
def trace_tool(function: F, /) -> F: ...
@overload
def trace_tool(*, name: str | None = None) -> Callable[[F], F]: ...
def trace_tool(function: Any = None, /, *, name: str | None = None) -> Any:
    """Record each call of a function as a `tool_call` with its arguments by name, and a `tool_result` with its
    duration.
    """
    return _decorator(function, functools.partial(_watch_tool, name))


@overload
def trace_llm_call(function: F, /) -> F: ...
@overload
def trace_llm_call(*, model: str | None = None, provider: str | None = None) -> Callable[[F], F]: ...
def trace_llm_call(function: Any = None, /, *, model: str | None = None, provider: str | None = None) -> Any:
    """Record each call of a function that asks a model: an `llm_request`, and an `llm_response` with its duration.

    Arguments called `model`, `messages`, `system` and `tools` become those fields, all others settings. A call that
    `install()` sees by itself is recorded once, as it passes; until then nobody can tell, so where it may be seen the
    first call of a function that is not is recorded when it ends, or something inside it is recorded.
    """
    return _decorator(function, functools.partial(_watch_model, model or "", provider or ""))


def _decorator(function: F | None, watch: Callable[[F], Watch]) -> Any:
    def decorate(original: F) -> F:
        watch_call = guarded(None)(watch)(original)
        if watch_call is None:
            return original
        if inspect.isgeneratorfunction(original):
            return cast(F, traced_generator(original, watch_call))
        if inspect.isasyncgenfunction(original):
            return cast(F, traced_async_generator(original, watch_call))
        if inspect.iscoroutinefunction(original):

            @functools.wraps(original)
            async def traced_async(*args: Any, **kwargs: Any) -> Any:
                return await call_async(original, observer_of(watch_call), args, kwargs)

            return cast(F, traced_async)

        @functools.wraps(original)
        def traced(*args: Any, **kwargs: Any) -> Any:
            return call(original, observer_of(watch_call), args, kwargs)

        return cast(F, traced)

    return decorate if function is None else decorate(function)


def _watch_tool(name: str | None, function: Callable[..., Any]) -> Watch:
    called = name or _name(function)
    observe(called)
    return functools.partial(_ToolCall, called, Parameters(function))


def _watch_model(model: str, provider: str, function: Callable[..., Any]) -> Watch:
    kind = f"trace_llm_call {getattr(function, '__module__', '')} {getattr(function, '__qualname__', _name(function))}"
    return functools.partial(_ModelCall, kind, model, provider, Parameters(function))


def _name(function: Callable[..., Any]) -> str:
    """Return what a callable is called; not every one is a function with a name."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", type(function).__name__))


class _AgentRun:
    def __init__(self, name: str) -> None:
        self._context = TraceContext(name)

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._context._start()

    def yielded(self, item: Any) -> None:
        """What an agent hands out on its way is its consumer's to record."""

    def closed(self) -> None:
        self._context._end("cancelled", None)

    def returned(self, result: Any) -> None:
        self._context._end("completed", None)

    def raised(self, error: BaseException) -> None:
        self._context._end(status_of(error), error)


class _Call:
    """A call that events recorded inside belong to."""

    def __init__(self, name: str, parameters: Parameters) -> None:
        self.name = name
        self._parameters = parameters
        self._span: Span | None = None
        self._items: list[Any] = []
        self._count = 0

    def yielded(self, item: Any) -> None:
        """Keep the first items of a generator; one without end must not keep everything it ever made."""
        self._count += 1
        if self._count <= _ITEMS_KEPT:
            self._items.append(item)

    def _outcome(self, result: Any) -> Any:
        """Return what a call gave: its result, or of a generator its items, how many, and what it returned."""
        if not self._count:
            return result
        outcome: dict[str, Any] = {"items": self._items, "count": self._count}
        return outcome if result is None else outcome | {"returned": result}

    def _close(self) -> tuple[TraceContext, str] | None:
        """Leave the span, and return whose event the result is and which call it belongs to."""
        span = self._span
        if span is None:
            return None
        span.closed = True
        move(here())
        return span.context, span.id


class _ToolCall(_Call):
    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self._span = ToolCall.seen("trace_tool", self.name, self._parameters.name(args, kwargs))

    def returned(self, result: Any) -> None:
        if (call := self._close()) is not None:
            call[0].record_tool_result(self.name, self._outcome(result), parent=call[1])

    def closed(self) -> None:
        if (call := self._close()) is not None:
            data = {"result": self._outcome(None), "is_error": False, "closed_by": "consumer"}
            call[0]._record("tool_result", self.name, data, {"parent": call[1]})

    def raised(self, error: BaseException) -> None:
        if (call := self._close()) is not None:
            call[0].record_tool_result(self.name, error=error, parent=call[1])


class _ModelCall(_Call):
    def __init__(self, kind: str, model: str, provider: str, parameters: Parameters) -> None:
        super().__init__(model, parameters)
        self._kind = kind
        self._provider = provider or None
        self._call: TracedCall | None = None

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        arguments = self._parameters.name(args, kwargs)
        model = str(arguments.pop("model", None) or self.name)
        fields = {key: _as_it_is(arguments.pop(key, None)) for key in ("messages", "system", "tools")}
        fields |= {"provider": self._provider, "settings": arguments or None}
        self._call = TracedCall(self._kind, model, lambda: fields, tapped=is_tapped())

    def returned(self, result: Any) -> None:
        self._end(getattr(result, "id", None), content=self._outcome(result))

    def closed(self) -> None:
        self._end(content=self._outcome(None), closed_by="consumer")

    def raised(self, error: BaseException) -> None:
        self._end(error=error)

    def _end(self, response_id: Any = None, **response: Any) -> None:
        if self._call is not None:
            id = response_id if isinstance(response_id, str) else None
            self._call.end(id, provider=self._provider, **response)


def _as_it_is(value: Any) -> Any:
    """Return a list as it is now: a function that asks a model goes on with the conversation it was given."""
    return value.copy() if isinstance(value, list) else value
