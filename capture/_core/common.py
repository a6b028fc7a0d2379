"""What the `record_*` methods share: the keys that every event may carry, and the one method they all end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from .failure import Failure
from .ids import EventId

__all__ = ["Common", "Recording"]


class Common(TypedDict, total=False):
    """What every event may carry beside its payload."""

    parent: str
    """The id of the event it belongs to; otherwise the parent rule decides (`capture._core.spans`)."""
    duration_ms: float
    """How long it took, in milliseconds, on an event that ends something."""
    error: Failure
    """How it failed: an exception, a message, or `{type, message, stack?}`."""
    usage: Mapping[str, int]
    """Tokens: `input_tokens` (cache included), `output_tokens`, `cache_read_tokens`, `cache_write_tokens`,
    `reasoning_tokens`.
    """
    cost_usd: float
    """What it cost, in US dollars, if known."""
    importance: float
    """0..1, when the author knows better than the reader."""
    links: Sequence[str]
    """Ids of other events that led to this one."""
    agent: str
    """Which agent, when it is not the context's own."""
    source: Mapping[str, Any]
    """On imported events: where it came from, `{kind, …}`."""


class Recording:
    """Where all `record_*` methods end."""

    def _record(self, type: str, name: str | None, data: dict[str, Any], common: Common) -> EventId:
        raise NotImplementedError
