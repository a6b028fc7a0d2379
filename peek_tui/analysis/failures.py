"""What failed, and what became of it. These are the definitions that everything else uses.

- *failed*: an event with an `error`.
- *retry*: a tool call that tries a failed one again, the same or mended (the same agent and tool, and of all words in
  both arguments at least the share `ALIKE` is in each), or a model call after a failed one of the same agent and model.
- *recovered*: a failed call of which a retry, within the next `PATIENCE` of that agent and tool or model, succeeded.
- *abandoned*: a failed call that was not recovered and, since so many others followed or the run is over, will not be.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .readings import payload
from .streaks import begins, by_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["ALIKE", "PATIENCE", "Failures"]

ALIKE = 0.5
PATIENCE = 10

_words = re.compile(rb"[\w.-]+").findall
_before_arguments = re.compile(rb'(?:,"data":)?\s*\{?\s*(?:"arguments"\s*:)?').match
"""Where in a call's payload, however it was cut, its arguments begin."""
_MOST_WORDS = 400
_RESULT, _RESPONSE = "tool_result", "llm_response"


_Kind = tuple[int, ...]
"""The codes of type, agent and name."""


@dataclass(slots=True)
class _Failure:
    """A failed call that may still be recovered."""

    row: int
    words: frozenset[bytes] = field(default=frozenset())
    left: int = PATIENCE
    """How many more results of its kind are looked at."""


class Failures:
    """Follows the failed calls of a trace that may grow. Everything is by row."""

    def __init__(self) -> None:
        self.recovered: dict[int, int] = {}
        """The result that recovered each failed one."""
        self.retries: dict[int, int] = {}
        """The failed result that each retry's result answers to."""
        self.abandoned: set[int] = set()
        """Failed results nobody came back to."""
        self._open: dict[_Kind, list[_Failure]] = {}
        """By type, agent and name."""

    def take(self, news: News) -> list[int]:
        """Look at the new rows, and return the failed ones that have been recovered meanwhile."""
        known: dict[bytes, frozenset[bytes]] = {}
        recovered = []
        for kind, rows, failed in self._worth_looking_at(news):
            is_tool = kind[0] == news.code("type", _RESULT)
            open = self._open.pop(kind, [])
            at = 0 if open else failed[0]
            while at < len(rows):
                row = int(rows[at])
                words = self._words(news, row, known) if is_tool else frozenset()
                place = bisect_left(failed, at)
                fails = failed[place] == at
                recovered += self._answer(open, _Failure(row, words), fails=fails)
                at = at + 1 if open else failed[place + fails]
            if open:
                self._open[kind] = open
        return recovered

    def _worth_looking_at(self, news: News) -> Iterator[tuple[_Kind, NDArray[np.intp], list[int]]]:
        """Yield the results of those kinds of which one has failed: their rows, and the places of the failed ones.

        Behind these stands the number of rows.
        """
        import numpy as np

        rows = news.rows(_RESULT, _RESPONSE)
        at = rows - news.start
        failed = news.column("failed")[at]
        kinds = news.column("type")[at], news.agents(rows), news.column("name")[at]
        order = by_kind(*kinds)
        firsts = np.flatnonzero(begins(order, *kinds))
        for first, last in zip(firsts.tolist(), [*firsts[1:].tolist(), len(order)], strict=False):
            of_kind = order[first:last]
            kind = tuple(int(column[of_kind[0]]) for column in kinds)
            places = np.flatnonzero(failed[of_kind]).tolist()
            if places or kind in self._open:
                yield kind, rows[of_kind], [*places, len(of_kind)]

    def _words(self, news: News, row: int, known: dict[bytes, frozenset[bytes]]) -> frozenset[bytes]:
        """Return the words of the arguments of a result's call."""
        call = news.parent_row(row)
        return _words_of(payload(news.snapshot.raw(call)), known) if call >= 0 else frozenset()

    def left_open(self) -> list[int]:
        """Return the failed results that may still be recovered, in order: if the run is over, they are abandoned."""
        return sorted(failure.row for failures in self._open.values() for failure in failures)

    def _answer(self, open: list[_Failure], answer: _Failure, *, fails: bool) -> list[int]:
        """Set a result against the failures before it, and return those it recovers."""
        if not open:
            open += [answer] if fails else []
            return []
        tried = [failure for failure in open if _is_retry(failure, answer)]
        if tried:
            self.retries[answer.row] = tried[-1].row
        for failure in open:
            failure.left -= 1
        self.abandoned.update(failure.row for failure in open if not failure.left and (fails or failure not in tried))
        if fails:
            open[:] = [*(failure for failure in open if failure.left), answer]
            return []
        self.recovered |= {failure.row: answer.row for failure in tried}
        open[:] = [failure for failure in open if failure.left and failure not in tried]
        return [failure.row for failure in tried]


def _is_retry(failure: _Failure, answer: _Failure) -> bool:
    both = failure.words | answer.words
    return not both or len(failure.words & answer.words) >= ALIKE * len(both)


def _words_of(call: bytes, known: dict[bytes, frozenset[bytes]]) -> frozenset[bytes]:
    """Return the words of a call's arguments; they are kept, for what is tried again is often the very same."""
    words = known.get(call)
    if words is None:
        begin = _before_arguments(call)
        assert begin is not None
        words = known[call] = frozenset(_words(call, begin.end())[:_MOST_WORDS])
    return words
