"""What an index keeps of a line: its header, read without parsing the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from capture.events import NO_EVENT
from capture.format import parse_line

from .model import read_text

__all__ = ["Counts", "Header", "Rest", "read_header", "read_rest", "read_word"]


_Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class _Object(msgspec.Struct, frozen=True):
    """Any JSON object, its keys passed over."""


class Counts(msgspec.Struct):
    """A usage as FORMAT.md has it."""

    input_tokens: _Count = 0
    output_tokens: _Count = 0
    cache_read_tokens: _Count = 0
    cache_write_tokens: _Count = 0
    reasoning_tokens: _Count = 0


class Rest(msgspec.Struct, forbid_unknown_fields=True):
    """The header's rarer keys, of a line that `capture` wrote."""

    error: _Object | None = None
    agent: str | None = None
    task: str | None = None
    usage: Counts | None = None
    cost_usd: float | None = None
    importance: float | None = None
    links: list[str] | None = None


class Header(msgspec.Struct):
    """The keys before `data`."""

    type: str
    ts: int = 0
    id: str = ""
    parent: str = NO_EVENT
    session: str = ""
    name: str = ""
    duration_ms: Any = None
    error: Any = None
    agent: str | None = None
    usage: Any = None
    cost_usd: Any = None
    source: _Object | None = None
    """Kept for its presence alone: it may hold a foreign record of any size."""
    data: _Object = _Object()
    """Kept for its kind alone: a payload that is no object is damaged."""


_decode = msgspec.json.Decoder(Header).decode
_decode_rest = msgspec.json.Decoder(Rest).decode


def read_header(text: bytes) -> tuple[Header, str | None]:
    """Return a line's header, and why its payload is damaged or None.

    Raises `capture.errors.LineError` when the line cannot be read as an event.
    """
    try:
        if not text.isascii():
            text.decode()  # the decoder skips over the payload and would not notice
        return _decode(text), None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        event, damage = parse_line(text)
        return _generous(event), damage


def read_rest(text: bytes) -> Rest | None:
    """Return the rarer keys from the piece of a header that has them, or None when that takes the whole line."""
    try:
        return _decode_rest(text)
    except (msgspec.MsgspecError, RecursionError):
        return None


def read_word(event: Mapping[str, Any], key: str) -> str:
    """Return a header's word, however a foreign writer put it; empty when there is none."""
    value = event.get(key)
    return "" if value is None else read_text(value)


def _generous(event: dict[str, Any]) -> Header:
    """Read a header whose values are not of the expected types, or that the fast decoder refuses."""
    ts, agent = event.get("ts"), event.get("agent")
    return Header(
        type=event["type"],
        ts=int(ts) if isinstance(ts, int | float) and abs(ts) < 2**63 else 0,
        id=read_word(event, "id"),
        parent=read_word(event, "parent") or NO_EVENT,
        session=read_word(event, "session"),
        name=read_word(event, "name"),
        duration_ms=event.get("duration_ms"),
        error=event.get("error"),
        usage=event.get("usage"),
        cost_usd=event.get("cost_usd"),
        agent=None if agent is None else read_text(agent),
        source=None if event.get("source") is None else _Object(),
    )
