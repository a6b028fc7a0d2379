"""Events as a reader finds them, and their columns, made from what a writer would say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.events import NO_EVENT
from capture.format import encode_event, parse_line
from peek_tui.trace.model import Event
from peek_tui.trace.query import tokens_of

__all__ = ["NOON", "MemoryColumns", "event_of"]

NOON = 1_763_640_000_000_000_000
"""2025-11-20 12:00:00 UTC."""


def event_of(
    type: str = "log",
    name: str = "",
    data: dict[str, Any] | None = None,
    *,
    row: int = 0,
    ts: int = NOON,
    session: str = "0af7651916cd43dd8448eb211c80319c",
    **header: Any,
) -> Event:
    """Write an event and read it back."""
    id = f"5f3a9c1e{row:08x}"
    raw = encode_event(ts, id, NO_EVENT, session, type, name, header, data or {}).removesuffix(b"\n")
    return Event(row, row, ts, id, NO_EVENT, session, type, name, parse_line(raw).event, raw)


class MemoryColumns:
    """The columns of a list of events, of which it notes the names of those asked for."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events
        self._words: dict[str, list[str]] = {}
        self.rows = len(events)
        self.first_ts = min((event.ts for event in events if event.ts), default=0)
        self.asked: list[str] = []

    def words(self, field: str) -> list[str]:
        return self._words[field]

    def _codes(self, field: str) -> NDArray[np.uint8]:
        self.asked.append(field)
        values = [getattr(event, field) or "" for event in self._events]
        self._words[field] = list(dict.fromkeys(values))
        return np.array([self._words[field].index(value) for value in values], dtype=np.uint8)

    @property
    def type(self) -> NDArray[np.uint8]:
        return self._codes("type")

    @property
    def name(self) -> NDArray[np.uint8]:
        return self._codes("name")

    @property
    def agent(self) -> NDArray[np.uint8]:
        return self._codes("agent")

    @property
    def session(self) -> NDArray[np.uint8]:
        return self._codes("session")

    @property
    def ts(self) -> NDArray[np.int64]:
        return self._numbers("ts", [event.ts for event in self._events], np.int64)

    @property
    def duration_ms(self) -> NDArray[np.float64]:
        return self._numbers("duration_ms", [_or_nan(event.duration_ms) for event in self._events], np.float64)

    @property
    def tokens(self) -> NDArray[np.int64]:
        return self._numbers("tokens", [tokens_of(event.usage) for event in self._events], np.int64)

    @property
    def importance(self) -> None:
        return None

    @property
    def cost_usd(self) -> NDArray[np.float64]:
        return self._numbers("cost_usd", [_or_nan(event.cost_usd) for event in self._events], np.float64)

    @property
    def failed(self) -> NDArray[np.bool_]:
        return self._numbers("failed", [event.error is not None for event in self._events], np.bool_)

    def _numbers(self, name: str, values: list[Any], kind: Any) -> NDArray[Any]:
        self.asked.append(name)
        return np.array(values, dtype=kind)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
