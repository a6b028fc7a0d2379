"""The numbers of an event that a query compares, as its columns hold them too."""

from __future__ import annotations

from collections.abc import Callable

from peek_tui.trace.model import Event, Usage, read_number

__all__ = ["DECIDES", "NO_TOKENS", "NUMBERS", "tokens_of"]

DECIDES = "decision"
"""The one type of event that says how sure the agent was."""

NO_TOKENS = -1
"""Stands in the column of tokens where an event has no usage."""
_MOST_TOKENS = 2**40
"""The most tokens that one event is taken to have: what a hostile writer claims must not outgrow the column."""


def tokens_of(usage: Usage | None) -> int:
    """Return how many tokens an event has for a query, and what its column holds."""
    return NO_TOKENS if usage is None else min(max(0, usage.total), _MOST_TOKENS)


def _confidence(event: Event) -> float | None:
    return read_number(event.data.get("confidence")) if event.type == DECIDES else None


def _duration(event: Event) -> float | None:
    return None if event.duration_ms is None else float(event.duration_ms)


def _cost(event: Event) -> float | None:
    return None if event.cost_usd is None else float(event.cost_usd)


def _tokens(event: Event) -> int | None:
    return None if event.usage is None else tokens_of(event.usage)


NUMBERS: dict[str, Callable[[Event], float | None]] = {
    "dur": _duration,
    "tokens": _tokens,
    "cost": _cost,
    "importance": lambda event: event.importance,
    "conf": _confidence,
    "row": lambda event: event.row,
}
"""How to read the number of each key from an event; it is None where there is none."""
