"""What failed, and what became of it. These are the definitions that everything else uses.

- *failed*: an event with an `error`.
- *retry*: a tool call that tries a failed one again, the same or mended (the same agent and tool, and of all words in
  both arguments at least the share `ALIKE` is in each), or a model call after a failed one of the same agent and model.
- *recovered*: a failed call of which a retry, within the next `PATIENCE` of that agent and tool or model, succeeded.
- *abandoned*: a failed call that was not recovered and, since so many others followed or the run is over, will not be.
"""

from __future__ import annotations

import re
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
_MOST_WORDS = 400
_RESULT, _RESPONSE = "tool_result", "llm_response"


_Kind = tuple[int, int, int]
"""The codes of type, agent and name."""


@dataclass(slots=True)
class _Failure:
    """A failed call that may still be recovered."""

    row: int
    call: int
    """The row of the call; -1 where it has none."""
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
        rows, kinds = self._worth_looking_at(news)
        failed = news.column("failed")[rows - news.start].tolist()
        is_tool = news.code("type", _RESULT)
        recovered = []
        calls = [call if key[0] == is_tool else -1 for call, key in zip(news.parent_rows(rows), kinds, strict=True)]
        known: dict[bytes, frozenset[bytes]] = {}
        for row, call, key, fails in zip(rows.tolist(), calls, kinds, failed, strict=True):
            if not fails and key not in self._open:
                continue
            words = _words_of(payload(news.snapshot.raw(call)), known) if call >= 0 else frozenset()
            recovered += self._answer(self._open.setdefault(key, []), _Failure(row, call, words), fails=bool(fails))
            if not self._open[key]:
                del self._open[key]
        return recovered

    def _worth_looking_at(self, news: News) -> tuple[NDArray[np.intp], list[_Kind]]:
        """Return the results that failed or that may recover one, in order, and of which kind each is."""
        import numpy as np

        rows = news.rows(_RESULT, _RESPONSE)
        at = rows - news.start
        types, names, failed = (news.column(name)[at] for name in ("type", "name", "failed"))
        kinds = types, news.agents(rows), names
        order = by_kind(*kinds)
        first = begins(order, *kinds)
        group, firsts = np.cumsum(first) - 1, np.flatnonzero(first)
        there = list(zip(*(kind[order[firsts]].tolist() for kind in kinds), strict=True))
        places = np.arange(len(rows))
        last = np.maximum.accumulate(np.where(failed[order].astype(bool), places, -PATIENCE - 1))
        wanted = (places - last <= PATIENCE) & (last >= firsts[group] if len(rows) else True)
        if self._open:  # what failed before may be recovered by the first ones of its kind
            is_open = [kind in self._open for kind in there]
            wanted |= np.array(is_open, bool)[group] & (places - firsts[group] < PATIENCE)
        kept = np.flatnonzero(wanted)
        kept = kept[np.argsort(order[kept])]
        return rows[order[kept]], [there[one] for one in group[kept].tolist()]

    def left_open(self) -> list[int]:
        """Return the failed results that may still be recovered, in order: if the run is over, they are abandoned."""
        return sorted(failure.row for failures in self._open.values() for failure in failures)

    def _answer(self, open: list[_Failure], answer: _Failure, *, fails: bool) -> list[int]:
        """Set a result against the failures before it, and return those it recovers."""
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


def _words_of(arguments: bytes, known: dict[bytes, frozenset[bytes]]) -> frozenset[bytes]:
    """Return the words of a call's arguments; they are kept, for what is tried again is often the very same."""
    words = known.get(arguments)
    if words is None:
        words = known[arguments] = frozenset(_words(arguments)[1:_MOST_WORDS])
    return words
