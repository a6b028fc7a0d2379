"""What model requests ask: the same number for those that ask the same (messages, system, tools, settings).

Headers of the exchange do not count, and a request that says what it adds to an earlier one asks all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from .calls import PAYLOAD, payload

if TYPE_CHECKING:
    from .news import News

__all__ = ["Questions"]

_DEEPEST = 64
"""Requests that are read to know what one says that builds on them, when nobody remembers."""
_KEPT, _SHORT = 1024, 4096
"""Requests that are remembered, since later ones may say what they add to them; bytes of their payloads at the most."""

_NOTHING = msgspec.Raw(b"")


class _Data(msgspec.Struct, frozen=True, gc=False):
    messages: msgspec.Raw = _NOTHING
    system: msgspec.Raw = _NOTHING
    tools: msgspec.Raw = _NOTHING
    settings: msgspec.Raw = _NOTHING
    base: Any = None
    keep: Any = None
    same: Any = None


class _Line(msgspec.Struct, frozen=True, gc=False):
    id: str = ""
    data: _Data = _Data()


_decode = msgspec.json.Decoder(_Line).decode
_count = msgspec.json.Decoder(list[msgspec.Raw]).decode

_Said = tuple[int, int | bytes | None]
"""What stands for all that a request says; and how many messages it has, or its payload to count them in, if known."""

_ID = slice(31, 55)
"""Where the id stands in a line of our own, its key before it."""


class Questions:
    """Follows the requests of a trace that may grow."""

    def __init__(self) -> None:
        self._said: dict[bytes, _Said] = {}
        """Of requests that are new, or that one was lately built on, by how their ids stand in a line of our own."""

    def take(self, news: News) -> list[int | None]:
        """Return what stands for all that each new request says; None where that cannot be known."""
        asked: list[int | None] = []
        for line, data in zip(news.lines("llm_request"), news.payloads("llm_request"), strict=True):
            if b'"base":' in data or b'"http":' in data:
                asked.append(self._what_it_says(news, line))
                continue
            said = hash(data)
            self._said[line[_ID]] = said, data if len(data) <= _SHORT else None
            if len(self._said) > 2 * _KEPT:
                self._forget()
            asked.append(said)
        return asked

    def _what_it_says(self, news: News, line: bytes) -> int | None:
        """Return what stands for all that a request says; None where that cannot be known."""
        try:
            event = _decode(line)
            said = self._follow(news, line, event, 0)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        if said is None:
            return None
        self._said[_in_line(event.id)] = said
        self._forget()
        return said[0]

    def _forget(self) -> None:
        """Forget what was remembered first, of too many."""
        if len(self._said) > 2 * _KEPT:
            self._said = dict(list(self._said.items())[_KEPT:])

    def _follow(self, news: News, line: bytes, event: _Line, depth: int) -> _Said | None:
        """Return what a request says and how many messages it has, given what the ones it builds on say."""
        data = event.data
        rest = bytes(data.messages), bytes(data.system), bytes(data.tools), bytes(data.settings)
        messages = _messages(data)
        if data.base is None:
            return (hash(rest) if b'"http":' in line else hash(payload(line))), messages
        if not isinstance(data.base, str) or not isinstance(data.keep, int) or depth > _DEEPEST:
            return None
        adds = bool(messages or any(rest[1:]))
        base = _in_line(data.base)
        before = self._said.pop(base, None)
        if before is not None and not adds:
            before = _counted(before)
        if before is None:
            before = self._read(news, data.base, depth)
        if before is None:
            return None
        self._said[base] = before  # as the newest: whoever builds on it may not be the last one
        if not adds and data.keep == before[1]:
            return before
        return hash((before[0], data.keep, rest)), data.keep + messages

    def _read(self, news: News, id: str, depth: int) -> _Said | None:
        """Return what a request says that nobody has remembered."""
        handle = news.snapshot.find(id)
        if handle is None:
            return None
        try:
            row = news.snapshot.row(handle)
            asks = news.snapshot.type(row) == "llm_request"
            line = news.line(row, "llm_request") if asks else news.snapshot.raw(row)
            return self._follow(news, line, _decode(line), depth + 1)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None


def _in_line(id: str) -> bytes:
    """Return how an id stands in a line of our own."""
    return b',"id":"%b"' % id.encode()


def _messages(data: _Data) -> int:
    """Return how many messages a request has, those apart that it shares with another."""
    return len(_count(data.messages)) if data.messages else 0


def _counted(said: _Said) -> _Said | None:
    """Return what a request says with its messages counted, or None where its line must be read to know how many."""
    what, messages = said
    if isinstance(messages, bytes) and messages.startswith(PAYLOAD):
        return what, _messages(_decode(b"{" + messages[1:]).data)
    return said if isinstance(messages, int) else None
