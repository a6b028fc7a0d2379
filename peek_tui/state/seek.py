"""The next event of a kind: found at once where that can be, beside the event loop where many lines must be read."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from time import monotonic, sleep

from peek_tui.trace.query import Query
from peek_tui.trace.store import Snapshot

from .background import Background

__all__ = ["Seek"]

_SLICE = 4_096
"""Rows that are looked at together; so many are looked at at once, however long it takes."""
_PATIENCE = 0.02
"""Seconds for which a key waits for more."""


class Seek(Background):
    """Looks among rows for the nearest one after (`by` 1) or before (-1) a row whose event a query wants."""

    is_waited_for = False

    def __init__(self, snapshot: Snapshot, rows: Sequence[int], row: int, query: Query, by: int) -> None:
        super().__init__()
        self.found: int | None = None
        """The handle of the event: meanwhile a late file may move its row."""
        self.done = False
        self.snapshot = snapshot
        self._rows = rows
        self._query = query
        self._by = by
        self._at = bisect_right(rows, row) if by > 0 else bisect_left(rows, row)

    def at_once(self) -> bool:
        """Look as long as a key may wait, and return whether that was long enough."""
        end = monotonic() + _PATIENCE
        self._advance()
        while not self.done and monotonic() < end:
            self._advance()
        return self.done

    def work(self) -> None:
        """Look on, to the end."""
        while not self.stopped and not self.done:
            self._advance()
            sleep(0)  # lets the screen have its turn
        self.tell()

    def _advance(self) -> None:
        at = self._at
        self._at = min(len(self._rows), at + _SLICE) if self._by > 0 else max(0, at - _SLICE)
        piece = self._rows[min(at, self._at) : max(at, self._at)]
        row = next(self.snapshot.matching(self._query, piece, reverse=self._by < 0), None)
        self.found = None if row is None else self.snapshot.handle(row)
        self.done = self.found is not None or self._at in (0, len(self._rows))
