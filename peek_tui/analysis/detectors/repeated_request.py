"""Repeated identical model request: a model is asked the very same thing again although it has answered.

Rule: `TIMES` requests of one agent to one model say the same (messages, system, tools, settings), with at most `WINDOW`
of its other requests from one to the next. A request that follows a failed answer is a retry, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ..alerts import Found
from ..calls import payload
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..streaks import in_streaks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RepeatedRequest"]

TIMES = 3
WINDOW = 20
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
    id: str = ""
    data: _Data = _Data()


_decode = msgspec.json.Decoder(_Line).decode
_count = msgspec.json.Decoder(list[msgspec.Raw]).decode


_Key = tuple[int, int]
"""An agent and a model."""
_Said = tuple[int, int | None]
"""What stands for all that a request says, and how many messages it has if they were counted."""

_ID = slice(31, 55)
"""Where the id stands in a line of our own, its key before it."""


def _in_line(id: str) -> bytes:
    return b',"id":"%b"' % id.encode("utf-8", "surrogatepass")


class RepeatedRequest:
    """Finds requests that were made before."""

    rule = "repeated_request"

    def __init__(self) -> None:
        self._asked: dict[int, _Asked | tuple[int, int]] = {}
        """By what was asked; of what was asked once, the row and the number alone."""
        self._numbers: dict[_Key, int] = {}
        self._failed: set[_Key] = set()
        self._said: dict[bytes, _Said] = {}
        """By how the ids of the newest requests stand in a line of our own: others may build on them."""
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        rows = self._worth_looking_at(news)
        at = rows - news.start
        is_request = (news.column("type")[at] == news.code("type", "llm_request")).tolist()
        names, failed = (news.column(name)[at].tolist() for name in ("name", "failed"))
        keys = zip(news.agents(rows).tolist(), names, strict=True)
        requests = zip(news.lines("llm_request"), news.payloads("llm_request"), strict=True)
        for row, key, asks, fails in zip(rows.tolist(), keys, is_request, failed, strict=True):
            if asks:
                line, data = next(requests)
                plain = b'"base":' not in data and b'"http":' not in data
                said = self._remember(line[_ID], (hash(data), None)) if plain else self._what_it_says(news, line)
                if said is not None:
                    self._ask(row, key, hash((key, said)))
            elif fails:
                self._failed.add(key)
            elif self._failed:
                self._failed.discard(key)
        return self._episodes.tell(news)

    def _worth_looking_at(self, news: News) -> NDArray[np.intp]:
        """Return the rows of the requests, and of the answers that failed or may be the first after one that failed."""
        import numpy as np

        answers = news.rows("llm_response")
        at = answers - news.start
        names, failed = news.column("name")[at], news.column("failed")[at]
        matter = in_streaks(failed, news.agents(answers), names, going=bool(self._failed))
        return np.sort(np.concatenate((news.rows("llm_request"), answers[matter])))

    def _ask(self, row: int, key: _Key, what: int) -> None:
        """Take a request."""
        number = self._numbers[key] = self._numbers.get(key, -1) + 1
        before = self._asked.get(what)
        if before is None or number - (before[1] if isinstance(before, tuple) else before.number) > WINDOW:
            self._asked[what] = row, number
            if len(self._asked) > 2 * _KEPT:
                self._asked = dict(list(self._asked.items())[_KEPT:])
            return
        if isinstance(before, tuple):
            before = self._asked[what] = _Asked(key[1], before[0])
        before.number = number
        if key not in self._failed:
            before.again.add(row)
            if before.again.count >= TIMES:
                self._episodes.touch((what, before.again.first_row), "medium", before.again)

    def _what_it_says(self, news: News, line: bytes) -> int | None:
        """Return what stands for all that a request says; None where that cannot be known."""
        try:
            event = _decode(line)
            said = self._follow(news, line, event, 0)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return None if said is None else self._remember(_in_line(event.id), said)

    def _remember(self, id: bytes, said: _Said) -> int:
        """Keep what a request says, and return what stands for it."""
        self._said[id] = said
        if len(self._said) > 2 * _KEPT:
            self._said = dict(list(self._said.items())[_KEPT:])
        return said[0]

    def _follow(self, news: News, line: bytes, event: _Line, depth: int) -> _Said | None:
        """Return what a request says and how many messages it has, given what the ones it builds on say."""
        data = event.data
        rest = bytes(data.messages), bytes(data.system), bytes(data.tools), bytes(data.settings)
        messages = len(_count(data.messages)) if data.messages else 0
        if data.base is None:
            return (hash(rest) if b'"http":' in line else hash(payload(line))), messages
        if not isinstance(data.base, str) or not isinstance(data.keep, int) or depth > _DEEPEST:
            return None
        adds = bool(messages or any(rest[1:]))
        before = self._said.get(_in_line(data.base))
        if before is None or (before[1] is None and not adds):
            before = self._read(news, data.base, depth)
        if before is None:
            return None
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


class _Asked:
    """A request that was made several times."""

    def __init__(self, name: int, row: int) -> None:
        self.number = 0
        """Which request of its agent to this model the last time was."""
        self.again = _Repeated(name)
        self.again.add(row)


class _Repeated(Episode):
    __slots__ = ("name",)

    def __init__(self, name: int) -> None:
        super().__init__()
        self.name = name

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name), "a model")
        return f"{name} was asked exactly the same {number(self.count)} times {self.between}"
