"""What an index keeps of a line: its header, read without parsing the payload."""

from __future__ import annotations

from typing import Any

import msgspec

from capture.events import NO_EVENT
from capture.format import parse_line

__all__ = ["Header", "read_header"]


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


def _generous(event: dict[str, Any]) -> Header:
    """Read a header whose values are not of the expected types, or that the fast decoder refuses."""
    ts, cost = event.get("ts"), event.get("cost_usd")
    agent = event.get("agent")
    return Header(
        type=event["type"],
        ts=int(ts) if isinstance(ts, int | float) and abs(ts) < 2**63 else 0,
        id=str(event.get("id", "")),
        parent=str(event.get("parent") or NO_EVENT),
        session=str(event.get("session", "")),
        name=str(event.get("name", "")),
        error=event.get("error"),
        usage=event.get("usage"),
        cost_usd=cost,
        agent=None if agent is None else str(agent),
    )
