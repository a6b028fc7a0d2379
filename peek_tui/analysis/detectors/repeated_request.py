"""Repeated identical model request: a model is asked the very same thing again although it has answered.

Rule: `TIMES` requests of one agent to one model say the same (messages, system, tools, settings), with at most `WINDOW`
of its other requests from one to the next. A request that follows a failed answer is a retry, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from ..alerts import Found
from ..calls import payload
from ..episodes import Episode, Episodes, number, quoted
from ..news import News

__all__ = ["RepeatedRequest"]

TIMES = 3
WINDOW = 20
_KEPT = 512
"""Requests that are remembered, since later ones may say what they add to them."""

_OWN = b'{"v":1,"ts":'
_ID = slice(38, 54)
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


class RepeatedRequest:
    """Finds requests that were made before."""

    rule = "repeated_request"

    def __init__(self) -> None:
        self._said: dict[bytes, _Said] = {}
        """By the request's id."""
        self._asked: dict[int, _Asked] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        self._failed: set[tuple[int, int]] = set()
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        rows = news.rows("llm_request", "llm_response")
        at = rows - news.start
        asked = news.column("type")[at] == news.code("type", "llm_request")
        names, failed = (news.column(name)[at].tolist() for name in ("name", "failed"))
        keys = list(zip(news.agents(rows).tolist(), names, strict=True))
        is_request, lines = asked.tolist(), news.snapshot.lines(rows[asked])
        for row, key, asks, fails in zip(rows.tolist(), keys, is_request, failed, strict=True):
            if asks:
                self._take_request(row, key, next(lines))
            elif fails:
                self._failed.add(key)
            elif self._failed:
                self._failed.discard(key)
        return self._episodes.tell(news)

    def _take_request(self, row: int, key: tuple[int, int], line: bytes) -> None:
        said = self._what_it_says(line)
        if said is None:
            return
        number_ = self._numbers[key] = self._numbers.get(key, -1) + 1
        what = hash((key, said))
        before = self._asked.get(what)
        if before is None or number_ - before.number > WINDOW:
            self._asked[what] = _Asked(row, number_)
            if len(self._asked) > 2 * _KEPT:
                self._asked = dict(list(self._asked.items())[_KEPT:])
            return
        if key in self._failed:
            before.number = number_
            return
        if before.again is None:
            before.again = _Repeated(key[1])
            before.again.add(before.row)
        before.number = number_
        before.again.add(row)
        if before.again.count >= TIMES:
            self._episodes.touch((what, before.row), "medium", before.again)

    def _what_it_says(self, line: bytes) -> int | None:
        """Return what stands for all that a request says; None where that cannot be known."""
        if line.startswith(_OWN) and b'"http":' not in line and b'"base":' not in line:
            said = hash(payload(line))
            self._remember(line[_ID], _Said(said, line))
            return said
        try:
            event = _decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        data = event.data
        rest = bytes(data.messages), bytes(data.system), bytes(data.tools), bytes(data.settings)
        said = hash(rest)
        if data.base is not None:
            before = self._said.get(data.base.encode()) if isinstance(data.base, str) else None
            if before is None or not isinstance(data.keep, int):
                return None
            nothing_new = bytes(data.messages) in (b"", b"[]") and not any(rest[1:]) and data.keep == before.messages()
            said = before.said if nothing_new else hash((before.said, data.keep, rest))
        self._remember(event.id.encode(), _Said(said, line))
        return said

    def _remember(self, id: bytes, said: _Said) -> None:
        self._said[id] = said
        if len(self._said) > 2 * _KEPT:
            self._said = dict(list(self._said.items())[_KEPT:])


class _Said(NamedTuple):
    """What a request says, for those that say what they add to it."""

    said: int
    line: bytes

    def messages(self) -> int:
        """Return how many messages the request has, those it keeps included."""
        try:
            data = _decode(self.line).data
            keep = data.keep if isinstance(data.keep, int) and data.base is not None else 0
            return keep + (len(_count(data.messages)) if data.messages else 0)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return -1


@dataclass(slots=True)
class _Asked:
    """A request that was made, perhaps several times."""

    row: int
    """Of the first time."""
    number: int
    """Which request of its agent to this model the last time was."""
    again: _Repeated | None = None


class _Repeated(Episode):
    __slots__ = ("name",)

    def __init__(self, name: int) -> None:
        super().__init__()
        self.name = name

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name), "a model")
        return f"{name} was asked exactly the same {number(self.count)} times {self.between}"
