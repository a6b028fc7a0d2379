"""What model requests ask: the same number for those that ask the same (messages, system, tools, settings).

Headers of the exchange do not count, and a request that says what it adds to an earlier one asks all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from .probes import holding
from .readings import Reading, as_object, payload

if TYPE_CHECKING:
    from .news import News

__all__ = ["ASKED", "Questions"]

_DEEPEST = 64
"""Requests that are read to know what one says that builds on them, when nobody remembers."""
_KEPT = 1024
"""Requests that are remembered, since later ones may say what they add to them."""

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
    data: _Data = _Data()


_decode = msgspec.json.Decoder(_Line).decode
_count = msgspec.json.Decoder(list[msgspec.Raw]).decode

_Said = tuple[int, int]
"""What stands for all that a request says, and how many messages it has."""


def _asked(payloads: list[bytes]) -> Iterator[int | bytes]:
    """Return what stands for all that each request says, or its payload where more than that must be looked at."""
    in_part = holding(payloads, (b'"base":', b'"http":'))
    return (data if at in in_part else hash(data) for at, data in enumerate(payloads))


ASKED = Reading("llm_request", _asked)


class Questions:
    """Follows the requests of a trace that may grow."""

    def __init__(self) -> None:
        self._said: dict[int, _Said] = {}
        """Of requests that build on another, or that one was lately built on, by their rows."""

    def take(self, news: News) -> list[int | None]:
        """Return what stands for all that each new request says; None where that cannot be known."""
        asked = zip(news.rows(ASKED.type).tolist(), news.read(ASKED), strict=True)
        return [said if isinstance(said, int) else self._what_it_says(news, row, said) for row, said in asked]

    def _what_it_says(self, news: News, row: int, data: bytes) -> int | None:
        """Return what stands for all that a request says; None where that cannot be known."""
        said = self._follow(news, data, 0)
        if said is None:
            return None
        self._said[row] = said
        if len(self._said) > 2 * _KEPT:
            self._said = dict(list(self._said.items())[_KEPT:])
        return said[0]

    def _follow(self, news: News, written: bytes, depth: int) -> _Said | None:
        """Return what a request says and how many messages it has, given what the ones it builds on say."""
        try:
            data = _decode(as_object(written)).data
            messages = len(_count(data.messages)) if data.messages else 0
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        rest = bytes(data.messages), bytes(data.system), bytes(data.tools), bytes(data.settings)
        if data.base is None:
            return hash(rest if b'"http":' in written else written), messages
        if not isinstance(data.base, str) or not isinstance(data.keep, int) or depth > _DEEPEST:
            return None
        base = news.snapshot.find(data.base)
        before = None if base is None else self._before(news, news.snapshot.row(base), depth)
        if before is None:
            return None
        if not messages and not any(rest[1:]) and data.keep == before[1]:
            return before  # it adds nothing
        return hash((before[0], data.keep, rest)), data.keep + messages

    def _before(self, news: News, row: int, depth: int) -> _Said | None:
        """Return what a request says that another one builds on."""
        said = self._said.pop(row, None) or self._follow(news, payload(news.snapshot.raw(row)), depth + 1)
        if said is not None:
            self._said[row] = said  # as the newest: whoever builds on it may not be the last one
        return said
