"""One call that several observers see is one event.

A model call may be seen by a framework's callback, by an OpenTelemetry span and by the tap, each inside the other. The
innermost records it, for it sees the most: the tap sees the very bytes. The others hold back until their call ends, and
record it only if nobody inside did; when they stand in another task than who did, the response's id tells. A kind of
call that turned out not to pass the tap (Bedrock, a gRPC client, a model of the host's own) is from then on recorded
when it begins, so that it can be watched.

A call of a function under `trace_llm_call` is such an observer's too, if there is a tap that may see into it. What
happens inside belongs to it: its request is recorded at the latest when something does, unless a tap was quicker.

A tool call may be seen by a framework, an MCP session and `trace_tool`. The outermost records it when it begins; an
observer directly inside, of a tool of the same name, has nothing to add.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from .._core.failure import Failure
from .._core.session import current
from .._core.spans import Place, Span, here, move

__all__ = ["ModelCall", "ToolCall", "TracedCall", "answered", "claim", "watched"]

_ANSWERS_KEPT = 1024

_innermost: ContextVar[ModelCall | None] = ContextVar("capture_model_call", default=None)
_off_wire: set[str] = set()
"""The kinds of calls whose last one was recorded by nobody further inside."""
_answers: dict[str, None] = {}
"""The ids of the latest responses that were recorded, the newest last."""


def answered(response_id: str | None) -> None:
    """Note that the response with this id has been recorded."""
    if response_id:
        _answers[response_id] = None
        if len(_answers) > _ANSWERS_KEPT:
            for forgotten in list(_answers)[:-_ANSWERS_KEPT]:
                _answers.pop(forgotten, None)


def claim() -> str:
    """Say that the call under way here is recorded from now on by the caller, who is further inside than all others.

    Return the id of its request if an outer observer has recorded that already, else nothing.
    """
    return _claim(_standing_in())


def _claim(span: Span | None) -> str:
    id = ""
    for call in _under_way(span):
        if not call.claimed:
            call.claimed = True
            _off_wire.discard(call.kind)
            id = id or call.request
    return id


def watched() -> bool:
    """Whether an observer further outside, such as a framework, sees the model call that is under way here."""
    return any(isinstance(call, ModelCall) for call in _under_way(_standing_in()))


def _under_way(span: Span | None) -> Iterator[_SeenCall]:
    """Return the calls that one made in this span is inside of, the innermost first."""
    while True:
        call = _innermost.get()
        while call is not None:
            if call.span is span and not call.over:
                yield call
            call = call.outer
        if not isinstance(span, TracedCall):
            return
        if not span.over:
            yield span
        span = None if span.outer is None else span.outer.span


def _standing_in() -> Span | None:
    place = here()
    return None if place is None else place.span


class _SeenCall:
    """A model call as it is seen from outside, from its beginning to its end.

    `kind` tells who sees what, such as `langchain ChatBedrock`; `fields` gives what is known of the request, and is
    asked only if it has to be recorded.
    """

    def __init__(self, kind: str, model: str, fields: Callable[[], Mapping[str, Any]]) -> None:
        self.kind = kind
        self.over = False
        self.claimed = False
        """Somebody further inside records it."""
        self.request = ""
        """The id of the request, once it is recorded."""
        self._beginning = False
        """It is being recorded, so that what is recorded meanwhile, by an argument's `__repr__` or in another thread,
        does not do it again.
        """
        self._model = model
        self._fields = fields
        self._context = current()
        self._made_in = _standing_in()
        """Where it was made; a call in another span, such as one that a tool makes, is another call."""
        self._around = self._context._place(here())
        self._started_ns = self._context._steady_ns()

    def end(self, response_id: str | None = None, error: Failure | None = None, **response: Any) -> None:
        """Record request and response, as far as nobody has."""
        self.over = True
        if self.claimed or (response_id in _answers and not self.request):
            return
        self._begin()
        _off_wire.add(self.kind)
        answered(response_id)
        fields = {"model": self._model, **response, "response_id": response_id, "error": error}
        fields["duration_ms"] = round((self._context._steady_ns() - self._started_ns) / 1e6, 3)
        known = {key: value for key, value in fields.items() if value is not None}
        self._context.record_llm_response(**known, parent=self.request)

    def _begin(self) -> None:
        if self.request or self._beginning:
            return
        self._beginning = True
        try:
            self.request = _claim(self._made_in) or self._context.record_llm_request(
                self._model, **self._fields(), parent=self._around.parent_of_calls
            )
        finally:
            self._beginning = False


class ModelCall(_SeenCall):
    """A model call that a framework tells of, some time before and after."""

    def __init__(self, kind: str, model: str, fields: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__(kind, model, fields)
        self.span = self._made_in
        outer = _innermost.get()
        while outer is not None and (outer.over or outer.kind == kind):
            outer = outer.outer  # one whose end is told late is not around the next one
        self.outer: ModelCall | None = outer
        if kind in _off_wire:
            self._begin()
        _innermost.set(self)

    def end(self, response_id: str | None = None, error: Failure | None = None, **response: Any) -> None:
        if _innermost.get() is self:
            _innermost.set(self.outer)
        super().end(response_id, error, **response)


class TracedCall(_SeenCall, Span):
    """A call of a function that asks a model. What happens meanwhile belongs to it, if it is the one to record it."""

    def __init__(self, kind: str, model: str, fields: Callable[[], Mapping[str, Any]], *, tapped: bool) -> None:
        super().__init__(kind, model, fields)
        self.context, self.outer, self.closed = self._context, here(), False
        if not tapped or kind in _off_wire:
            self._begin()
        move(_InCall(self))

    def end(self, response_id: str | None = None, error: Failure | None = None, **response: Any) -> None:
        self.closed = True
        move(here())
        super().end(response_id if response_id in _answers else None, error, **response)

    def __getattr__(self, name: str) -> str:
        """Return the id of what belongs here, as a span has one: it is not known before somebody asks."""
        if name != "id":
            raise AttributeError(name)
        return self.parent_inside("parent")

    def parent_inside(self, kind: str) -> str:
        """Return what an event belongs to that is recorded inside: the request, or what that would belong to."""
        if not self.claimed:
            self._begin()
        inside = "" if self.claimed else self.request
        return inside or str(getattr(self._around, kind))


class _InCall(Place):
    """Where a task stands in such a call. What its events belong to is not known before somebody asks."""

    __slots__ = ()

    def __init__(self, call: TracedCall) -> None:
        self.span = call

    def __getattr__(self, name: str) -> str:
        if name not in ("parent", "parent_of_calls"):
            raise AttributeError(name)
        call: Any = self.span
        return str(call.parent_inside(name))


class ToolCall(Span):
    """A tool call that is open; what happens meanwhile belongs to it."""

    __slots__ = ("name", "observers")

    def __init__(self, observer: str, name: str, arguments: Any, place: Place | None) -> None:
        context = current() if place is None else place.span.context
        super().__init__(context.record_tool_call(name, arguments), context, here() if place is None else place)
        self.name = name
        self.observers = {observer}
        move(Place(self))

    @classmethod
    def seen(cls, observer: str, name: str, arguments: Any) -> ToolCall | None:
        """Record that `observer` sees a tool called. None if it is the call of that name that is open here already;
        a second one of the same observer is another call, of a tool that calls itself.
        """
        place = here()
        open = None if place is None else place.span
        if isinstance(open, ToolCall) and open.name == name and observer not in open.observers:
            open.observers.add(observer)
            return None
        return cls(observer, name, arguments, place)

    def end(self, result: Any = None, error: Failure | None = None, is_error: bool | None = None) -> None:
        """Record what it gave back, or how it failed."""
        self.closed = True
        move(here())
        if error is not None:
            self.context.record_tool_result(self.name, result, error=error, parent=self.id)
        else:
            self.context.record_tool_result(self.name, result, is_error, parent=self.id)
