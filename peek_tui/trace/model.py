"""One event, as the rest of Peek sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from capture.errors import LineError
from capture.events import NO_EVENT
from capture.format import parse_line
from capture.values import restore

__all__ = [
    "DAMAGED",
    "Damage",
    "Event",
    "Failure",
    "Usage",
    "damaged_fields",
    "parse_fields",
    "read_failure",
    "read_number",
    "read_text",
    "read_usage",
]

_MOST_TOKENS = 2**40
"""Tokens one event can add to a sum: a hostile count must not outgrow the columns."""

_TOO_LARGE = 2**63 - 512
"""The first whole number that as a float is 2⁶³."""

DAMAGED = "damaged"
"""The type of the row that stands for a line that cannot be read as an event."""


class Failure(NamedTuple):
    """How something failed: an event's `error`."""

    type: str
    message: str
    stack: str | None


class Usage(NamedTuple):
    """Tokens of one model call; `input` includes what came from and went to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        return self.input + self.output


class Damage(NamedTuple):
    """Something that cannot be read: an entry of `stats.damaged`."""

    file: str
    line: int
    """Counted from 1."""
    reason: str
    part: str
    """`line` when nothing of it is an event, `payload` when its header could be read."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event with its payload. Optional fields are None where the trace has none."""

    handle: int
    """Its place in the order of arrival: never changes, whatever arrives later."""
    row: int
    """Its place in the snapshot it was read from; a late file may move it."""
    ts: int
    """Nanoseconds since 1970 UTC."""
    id: str
    parent: str
    session: str
    type: str
    name: str
    fields: Mapping[str, Any] = field(repr=False)
    """The whole line as parsed, unknown keys included."""
    raw: bytes = field(repr=False)
    """The line itself, without its newline."""
    damage: Damage | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The payload; empty when it is damaged."""
        data = self.fields.get("data")
        return data if isinstance(data, dict) else {}

    @property
    def is_root(self) -> bool:
        return self.parent == NO_EVENT

    @property
    def duration_ms(self) -> float | None:
        return read_number(self.fields.get("duration_ms"))

    @property
    def cost_usd(self) -> float | None:
        return read_number(self.fields.get("cost_usd"))

    @property
    def importance(self) -> float | None:
        return read_number(self.fields.get("importance"))

    @property
    def agent(self) -> str | None:
        return _text(self.fields.get("agent"))

    @property
    def task(self) -> str | None:
        return _text(self.fields.get("task"))

    @property
    def error(self) -> Failure | None:
        return read_failure(self.fields.get("error"))

    @property
    def usage(self) -> Usage | None:
        return read_usage(self.fields.get("usage"))

    @property
    def links(self) -> tuple[str, ...]:
        links = self.fields.get("links")
        return tuple(read_text(link) for link in links) if isinstance(links, list) else ()


def parse_fields(raw: bytes) -> tuple[dict[str, Any], str | None]:
    """Parse a line again, and say why its payload cannot be read, or None.

    What changed under the reader since it was indexed reads as nothing.
    """
    try:
        event, damage = parse_line(raw)
    except LineError:
        return {}, None
    return event, damage


def damaged_fields(damage: Damage, raw: bytes) -> dict[str, Any]:
    """Return the fields of the row that stands for a line that is no event."""
    text = raw.decode("utf-8", "backslashreplace")
    data = {"file": damage.file, "line": damage.line, "reason": damage.reason, "bytes": len(raw), "text": text}
    return {"type": DAMAGED, "name": "", "data": data}


def read_failure(value: Any) -> Failure | None:
    """Read an event's `error`, however a foreign writer put it."""
    if not value:
        return None
    if not isinstance(value, dict):
        return Failure("Error", read_text(value), None)
    message = restore(value.get("message", ""))
    return Failure(read_text(value.get("type", "Error")), read_text(message), _text(value.get("stack")))


def read_usage(value: Any) -> Usage | None:
    """Read an event's `usage`; what is no count is left out."""
    if not isinstance(value, dict):
        return None
    keys = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
    return Usage(*(min(max(0, int(read_number(value.get(key)) or 0)), _MOST_TOKENS) for key in keys))


def read_number(value: Any) -> float | None:
    """Read a number that can be added up; NaN, infinities and what is beyond 64 bits are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < _TOO_LARGE else None


def read_text(value: Any) -> str:
    """Read a text, however a foreign writer put it; what is nested too deep to be written out is only named."""
    try:
        return str(value)
    except RecursionError:
        return f"<{type(value).__name__} nested too deep>"


def _text(value: Any) -> str | None:
    return None if value is None else read_text(restore(value))
