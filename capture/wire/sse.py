"""Server-sent events, decoded as the bytes pass (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["ServerEvent", "ServerEvents"]

_LINE_END = re.compile(rb"\r\n|\n|\r(?!$)")
"""A carriage return at the very end may be the first half of one end of line; it waits for the next bytes."""


class ServerEvent(NamedTuple):
    """One dispatched event."""

    event: str
    data: str


class ServerEvents:
    """Cuts a byte stream, however it is chunked, into events."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        """Pieces of a line whose end has not come; a whole event may be one line of megabytes."""
        self._event = ""
        self._data: list[str] = []

    def feed(self, data: bytes) -> list[ServerEvent]:
        """Take the next bytes and return the events they completed."""
        waits = bool(self._rest) and self._rest[-1].endswith(b"\r")
        if data:
            self._rest.append(data)
        if not (waits or b"\n" in data or b"\r" in data):
            return []
        *lines, rest = _LINE_END.split(b"".join(self._rest))
        self._rest = [rest]
        events = []
        for line in lines:
            event = self._line(line.decode("utf-8", "replace"))
            if event is not None:
                events.append(event)
        return events

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            event = ServerEvent(self._event or "message", "\n".join(self._data)) if self._data else None
            self._event, self._data = "", []
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._event = value
        elif field == "data":
            self._data.append(value)
        return None  # comments, ids and retry times do not concern an observer
