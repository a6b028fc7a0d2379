"""The parent rule.

An event's parent is `parent=` if given, else the innermost open span of its task: an agent, a subagent, the agent's
current turn, or a decorated call. Calls that follow a decision in the same span are children of that decision, until
the next one or the span's end. A result's parent is its call: the latest open one of that name, preferring the task
that made it.

Where an asyncio task or a thread stands is a `Place` in a context variable, so siblings that share a span do not see
each other's turns and decisions.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from .tasks import Strand

if TYPE_CHECKING:
    from .context import TraceContext

__all__ = ["OpenCall", "OpenCalls", "Place", "Span", "here", "move"]

_MAX_OPEN_CALLS = 1024
"""Calls without a result that a context remembers; an agent that never records results must not grow. Then the older
half is forgotten, for to find out which takes a walk through all.
"""


class Span:
    """Something open that events belong to: an agent's or subagent's run, or a decorated call."""

    __slots__ = ("closed", "context", "id", "outer")

    def __init__(self, id: str, context: TraceContext, outer: Place | None) -> None:
        self.id = id
        self.context = context
        self.outer = outer
        self.closed = False


class Place:
    """Where a task stands: in a span, perhaps in a turn of it, perhaps after a decision. Never changed once made."""

    __slots__ = ("parent", "parent_of_calls", "span")

    def __init__(self, span: Span, turn: str = "", decision: str = "") -> None:
        self.span = span
        self.parent = turn or span.id
        """The event that what is recorded here belongs to, unless it is a turn or a call."""
        self.parent_of_calls = decision or self.parent

    def after_turn(self, id: str) -> Place:
        """Return the place of the same task once a turn has begun."""
        return Place(self.span, id)

    def after_decision(self, id: str) -> Place:
        """Return the place of the same task once a decision has been made."""
        return Place(self.span, self.parent, id)


class OpenCall:
    """A recorded call whose result has not been recorded."""

    __slots__ = ("id", "name", "span", "started_ns", "strand", "type")

    def __init__(self, id: str, type: str, name: str, strand: Strand, started_ns: int, span: Span | None = None):
        self.id = id
        self.type = type
        self.name = name
        self.strand = strand
        self.started_ns = started_ns
        self.span = span
        """What is recorded until the result belongs to it; only a subagent's start opens one by itself."""


class OpenCalls:
    """The calls of one context that wait for their results, the latest last.

    Looked through in copies: other threads open and close calls meanwhile, and a dict that changes cannot be walked.
    """

    def __init__(self) -> None:
        self._calls: dict[str, OpenCall] = {}

    def opened(self, call: OpenCall) -> None:
        self._calls[call.id] = call
        if len(self._calls) > _MAX_OPEN_CALLS:
            for forgotten in list(self._calls)[: -_MAX_OPEN_CALLS // 2]:
                self._calls.pop(forgotten, None)

    def latest(self, type: str, name: str, strand: Strand) -> OpenCall | None:
        """Return the latest open call of this type and name, preferring one that `strand` made; or None."""
        candidates = [call for call in reversed(list(self._calls.values())) if call.type == type and call.name == name]
        own = [call for call in candidates if call.strand == strand]
        return next(iter(own or candidates), None)

    def with_id(self, id: str) -> OpenCall | None:
        return self._calls.get(id)

    def forget(self, id: str) -> None:
        self._calls.pop(id, None)  # another thread may have closed it


_place: ContextVar[Place | None] = ContextVar("capture_place", default=None)


def here() -> Place | None:
    """Return where the running task stands, ended spans left behind; None outside every span."""
    place = _place.get()
    while place is not None and place.span.closed:
        place = place.span.outer
    return place


def move(place: Place | None) -> None:
    """Say where the running task stands from now on."""
    _place.set(place)
