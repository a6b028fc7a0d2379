"""A library's runs and spans, known by its own ids, as events of ours.

Libraries tell of a beginning and an end, and of the parent by an id of theirs. A run's parent is that one if it is
open, else where the running task stands.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Protocol

from ..._core.context import TraceContext
from ..._core.failure import Failure, identity, status_of
from ..._core.session import current
from ..._core.spans import Place, Span, here, move
from ..joins import ModelCall, ToolCall

__all__ = ["Runs"]

_MAX_OPEN = 10_000
"""Runs whose end was not told that are remembered: a library that forgets to tell must not make the host grow."""


class _Run(Protocol):
    @property
    def end(self) -> Callable[..., None]: ...


class Runs:
    """The open runs of one library."""

    def __init__(self, observer: str) -> None:
        self._observer = observer
        self._open: dict[Hashable, tuple[_Run | None, Span | None]] = {}
        self._failed: object = None
        """The identity of the last failure that was told; it is told again by each run that it leaves."""

    def agent(self, key: Hashable, parent: Hashable, name: str, framework: str | None = None) -> None:
        """An agent begins. `framework` is what runs it, when that is not the library that tells."""
        self._stand_in(parent)
        agent = _Agent.seen(self._observer, name, framework)
        self._opened(key, agent, _span())

    def turn(self, key: Hashable, parent: Hashable, speaker: str, **fields: Any) -> None:
        """A turn of an agent begins: a node of its graph, a round of its loop."""
        self._stand_in(parent)
        turn = _Turn(speaker, fields)
        self._opened(key, turn, turn)

    def tool(self, key: Hashable, parent: Hashable, name: str, arguments: Any) -> None:
        """A tool is called."""
        self._stand_in(parent)
        call = ToolCall.seen(self._observer, name, arguments)
        self._opened(key, call, call or _span())

    def model(
        self, key: Hashable, parent: Hashable, kind: str, model: str, fields: Callable[[], Mapping[str, Any]]
    ) -> None:
        """A model is called."""
        self._stand_in(parent)
        self._opened(key, ModelCall(f"{self._observer} {kind}", model, fields), _span())

    def passed(self, key: Hashable, parent: Hashable) -> None:
        """Something begins that is no event; what belongs to it belongs to its parent."""
        self._stand_in(parent)
        self._opened(key, None, _span())

    def is_open(self, key: Hashable) -> bool:
        """Whether a run has begun and not ended."""
        return key in self._open

    def is_passed(self, key: Hashable) -> bool:
        """Whether a run is open that is no event."""
        return key in self._open and self._open[key][0] is None

    def end(self, key: Hashable, error: Failure | None = None, **outcome: Any) -> None:
        """A run has ended: `error` if it failed, `result` of a tool, the response's fields of a model."""
        run, _ = self._open.pop(key, (None, None))
        if isinstance(run, _Turn) and identity(error) is self._failed:
            error = None  # what failed inside has said so
        if run is not None:
            run.end(error=error, **outcome)
        if error is not None:
            self._failed = identity(error)

    def _opened(self, key: Hashable, run: _Run | None, span: Span | None) -> None:
        self._open[key] = run, span
        if len(self._open) > _MAX_OPEN:
            for forgotten in list(self._open)[:-_MAX_OPEN]:
                self._open.pop(forgotten, None)

    def _stand_in(self, parent: Hashable) -> None:
        """Have the running task stand inside the run `parent`, unless it does."""
        _, span = self._open.get(parent, (None, None))
        place = here()
        while place is not None and place.span is not span:
            place = place.span.outer
        if span is not None and place is None:
            move(Place(span))


def _span() -> Span | None:
    place = here()
    return None if place is None else place.span


class _Agent(TraceContext):
    """An agent's run that an observer, or several, see."""

    def __init__(self, observer: str, name: str, framework: str | None) -> None:
        outer = current()
        if here() is None and outer._span is not None:
            move(Place(outer._span))  # the program's session, not another one for each agent it runs
        super().__init__(name, framework=framework or observer)
        self.observers = {observer}
        self._start()

    @classmethod
    def seen(cls, observer: str, name: str, framework: str | None) -> _Agent | None:
        """Record that `observer` sees an agent begin. None if it is the one of that name that has just begun here."""
        place = here()
        open = None if place is None else place.span.context
        if isinstance(open, _Agent) and open.agent_name == name and observer not in open.observers:
            open.observers.add(observer)
            return None
        return cls(observer, name, framework)

    def end(self, error: Failure | None = None, status: str | None = None, **outcome: Any) -> None:
        if status is None:
            status = status_of(error) if error is None or isinstance(error, BaseException) else "error"
        self._end(status, error)


class _Turn(Span):
    __slots__ = ("speaker",)

    def __init__(self, speaker: str, fields: Mapping[str, Any]) -> None:
        context, place = current(), here()
        super().__init__(context.record_agent_turn(speaker, **fields), context, place)
        self.speaker = speaker
        move(Place(self))

    def end(self, error: Failure | None = None, **outcome: Any) -> None:
        if error is not None:
            self.context.record_error(error, parent=self.id)
        self.closed = True
        move(here())
