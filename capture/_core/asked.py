"""The tool calls that models ask for: each is one event, whether or not the host's own code is seen to run it.

A call that a model asks for is recorded when its answer has been read, its result when the host next sends it. When
the host records its calls itself (a decorator, a framework's callback, by hand), that is the better record: it knows
for which decision the tool ran, and whether it ran at all, for a guardrail may have answered in its place. So the
calls of a tool that is known to be recorded so are left to the host, which is told what led to them. While a
framework watches that has not been seen to record this tool, a call is only remembered, until the framework has told
of it, or a result is sent and it did not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .context import TraceContext

__all__ = ["AskedCall", "AskedCalls", "observe", "observed"]

_KEPT = 1024
"""Calls remembered in a session whose results were never sent."""
_NAMES_KEPT = 10_000
_PLAIN = (str, int, float, bool, type(None))

_observed: dict[str, None] = {}


def observed(name: str) -> bool:
    """Whether the host records calls of this tool itself."""
    return name in _observed


def observe(name: str) -> None:
    """Note that the host records calls of this tool itself."""
    if len(_observed) < _NAMES_KEPT:
        _observed[name] = None


class AskedCall(NamedTuple):
    """A call that a model asked for."""

    name: str
    arguments: Any
    context: TraceContext
    parent: str
    """What it belongs to, by the parent rule where its model was asked."""
    response: str = ""
    """The answer that asks for it."""
    left: bool = False
    """It is the host's own to record: it records this tool itself."""
    id: str = ""
    """The event's id, empty as long as there is none."""


class AskedCalls:
    """What the models of one session have asked for, by the providers' ids, the latest last."""

    def __init__(self) -> None:
        self._calls: dict[str, AskedCall] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, call_id: str, call: AskedCall) -> None:
        """Remember a call. One without an id of its provider's is known by its place."""
        self._calls[call_id or f"#{id(call)}"] = call
        if len(self._calls) > _KEPT:
            for forgotten in list(self._calls)[:-_KEPT]:
                self._calls.pop(forgotten, None)

    def seen(self, name: str, arguments: Any) -> AskedCall | None:
        """Return the call that the host is about to record itself, which is then its own; None if nobody asked."""
        for call_id, call in list(self._calls.items()):
            if call.name == name and not _contradict(call.arguments, arguments):
                return self._calls.pop(call_id, None)
        return None

    def answered(self, call_id: str, name: str) -> AskedCall | None:
        """Return the call whose result is sent now: the one with the id, else the last of the name, for the
        latest result is asked for first; None if it is known already.
        """
        if call_id:
            return self._calls.pop(call_id, None)
        for key, call in reversed(list(self._calls.items())):
            if call.name == name:
                return self._calls.pop(key, None)
        return None


def _contradict(asked: Any, given: Any) -> bool:
    """Whether a function was called with something else than was asked for. What it made of it cannot be compared."""
    if not isinstance(asked, Mapping) or not isinstance(given, Mapping):
        return False
    return any(
        isinstance(given[key], _PLAIN) and isinstance(value, _PLAIN) and given[key] != value
        for key, value in asked.items()
        if key in given
    )
