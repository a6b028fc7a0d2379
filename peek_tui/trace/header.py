"""What an index keeps of a line: its header, read without parsing the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from capture.events import NO_EVENT
from capture.format import parse_line

from .model import read_text

__all__ = ["Header", "read_header", "read_word"]


class _Object(msgspec.Struct, frozen=True):
    """Any JSON object, its keys passed over."""


class Header(msgspec.Struct):
    """The keys before `data`."""

    type: str
    ts: int = 0
    id: str = ""
    parent: str = NO_EVENT
    session: str = ""
    name: str = ""
    error: Any = None
    usage: Any = None
    cost_usd: Any = None
    agent: str | None = None
    source: _Object | None = None
    """Kept for its presence alone: it may hold a foreign record of any size."""
    data: _Object = _Object()
    """Kept for its kind alone: a payload that is no object is damaged."""


_decode = msgspec.json.Decoder(Header).decode


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


def read_word(event: Mapping[str, Any], key: str) -> str:
    """Return a header's word, however a foreign writer put it; empty when there is none."""
    value = event.get(key)
    return "" if value is None else read_text(value)


def _generous(event: dict[str, Any]) -> Header:
    """Read a header whose values are not of the expected types, or that the fast decoder refuses."""
    ts, cost = event.get("ts"), event.get("cost_usd")
    agent = event.get("agent")
    return Header(
        type=event["type"],
        ts=int(ts) if isinstance(ts, int | float) and abs(ts) < 2**63 else 0,
        id=read_word(event, "id"),
        parent=read_word(event, "parent") or NO_EVENT,
        session=read_word(event, "session"),
        name=read_word(event, "name"),
        error=event.get("error"),
        usage=event.get("usage"),
        cost_usd=cost,
        agent=None if agent is None else read_text(agent),
        source=None if event.get("source") is None else _Object(),
    )
