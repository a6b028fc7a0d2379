"""Looking for a text while it is typed: the events that hold it are found beside the event loop."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import takewhile
from time import monotonic

from peek_tui.errors import UsageError
from peek_tui.trace.needle import Needle
from peek_tui.trace.store import Snapshot

from .background import Background

__all__ = ["Search", "needle_of"]

_EVERY = 0.1
"""Seconds between two tellings."""
_MOST = 200_000
"""Hits after which looking ends: more tell nobody anything, and `n` looks on by itself from there."""


def needle_of(text: str) -> Needle:
    """Return what `/` looks for: a regular expression, or the plain text where that is none.

    Capitals count only if there are any.
    """
    ignore_case = text == text.lower()
    try:
        return Needle(text, ignore_case=ignore_case, regex=True)
    except UsageError:
        return Needle(text, ignore_case=ignore_case)


class Search(Background):
    """One text in one snapshot. What was found so far can be asked at any time."""

    is_waited_for = False

    def __init__(
        self, snapshot: Snapshot, text: str, hits: Sequence[int] = (), start: int = 0, most: int = _MOST
    ) -> None:
        """`hits` are known, those before the row `start`; after `most` of them looking ends."""
        super().__init__()
        self.snapshot = snapshot
        self.text = text
        self.hits = list(hits)
        """Rows, in order."""
        self.done = False
        """Whether nothing is looked for any more: all were found, or so many that it is enough, or it was stopped."""
        self._needle = needle_of(text)
        self._known = start
        """The row before which all hits are known."""
        self._most = most

    def over(self, snapshot: Snapshot) -> Search:
        """Return a search of a newer snapshot, which looks at nothing again that has not moved."""
        settled = min(snapshot.same_rows(self.snapshot), self._known)
        return Search(snapshot, self.text, self.hits[: bisect_left(self.hits, settled)], settled, self._most)

    @property
    def capped(self) -> bool:
        """Whether looking has ended before the last row, so that there may be more than the known hits."""
        return self.done and self._known < len(self.snapshot)

    def work(self) -> None:
        """Find the hits."""
        told = 0.0
        for row in self.snapshot.search(self._needle, self._known):
            if self.stopped:
                return
            self.hits.append(row)
            self._known = row + 1
            if monotonic() - told >= _EVERY:
                told = monotonic()
                self.tell()
            if len(self.hits) >= self._most:
                break
        else:
            self._known = len(self.snapshot)
        self.done = True
        self.tell()

    def next(self, rows: Sequence[int], row: int, by: int) -> int | None:
        """Return the nearest hit after `row` (before it when `by` is -1) that is among `rows`, None if none is.

        While it is looked for, only the hits found so far count; once that has ended, all there are.
        """
        if by > 0:
            known = self._next_known(rows, row, by)
            return self._next_beyond(rows, row, by) if known is None else known
        beyond = self._next_beyond(rows, row, by)
        return self._next_known(rows, row, by) if beyond is None else beyond

    def _next_known(self, rows: Sequence[int], row: int, by: int) -> int | None:
        hits = self.hits
        at = bisect_right(hits, row) if by > 0 else bisect_left(hits, row) - 1
        while 0 <= at < len(hits):
            if _holds(rows, hits[at]):
                return hits[at]
            at += by
        return None

    def _next_beyond(self, rows: Sequence[int], row: int, by: int) -> int | None:
        """Look now at the rows that were not looked at: where hits are so many, the next one is near."""
        known = self._known
        if not self.capped or (by < 0 and row <= known):
            return None
        found = self.snapshot.search(self._needle, max(row + 1, known) if by > 0 else row, reverse=by < 0)
        beyond = takewhile(lambda hit: hit >= known, found)
        return next((hit for hit in beyond if _holds(rows, hit)), None)

    def holds(self, row: int) -> bool:
        """Whether a row is a hit, as far as that is known; beyond the hits that were enough its line is read."""
        if row < self._known:
            return _holds(self.hits, row)
        return self.capped and row < len(self.snapshot) and self._needle.found_in(self.snapshot.raw(row))

    def place(self, row: int) -> tuple[int | None, int]:
        """Return which of the hits a row is, from 1, None when it is none; and how many there are so far."""
        at = bisect_left(self.hits, row)
        is_hit = at < len(self.hits) and self.hits[at] == row
        return at + 1 if is_hit else None, len(self.hits)


def _holds(rows: Sequence[int], row: int) -> bool:
    at = bisect_left(rows, row)
    return at < len(rows) and rows[at] == row
