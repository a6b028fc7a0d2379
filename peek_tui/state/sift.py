"""Going through a trace for what a filter shows, beside the event loop where lines must be read to tell."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

from peek_tui.trace.query import Query
from peek_tui.trace.store import Snapshot

from .background import Background
from .shown import Shown

__all__ = ["Sift", "at_once"]

_FEW = 5_000
"""Lines that are read while a key waits: 30 ms."""
_SLICE = 2_048
_EVERY = 0.2
"""Seconds between two tellings."""


def at_once(snapshot: Snapshot, query: Query, start: int) -> Sequence[int] | None:
    """Return the rows from `start` on that a query wants, or None when it would take too long to find them now."""
    if len(snapshot) - start <= _FEW:
        return snapshot.rows(query, start)
    return snapshot.decided_rows(query, start)


class Sift(Background):
    """A view that is being worked out: these filters over this snapshot."""

    is_waited_for = False

    def __init__(self, snapshot: Snapshot, shown: Shown, kept: Sequence[int], start: int) -> None:
        """`kept` are the rows before `start` that are shown."""
        super().__init__()
        self.snapshot = snapshot
        self.shown = shown
        self.rows: list[int] = list(kept)
        self.done = False
        self._start = self._at = start

    @property
    def share(self) -> float:
        """Which part of it is done, from 0 to 1."""
        return (self._at - self._start) / max(1, len(self.snapshot) - self._start)

    def work(self) -> None:
        """Find the rows."""
        query, told = self.shown.in_timeline(self.snapshot), monotonic()
        while not self.stopped and self._at < len(self.snapshot):
            end = min(len(self.snapshot), self._at + _SLICE)
            self.rows += self.snapshot.matching(query, range(self._at, end))
            self._at = end
            if monotonic() - told >= _EVERY:
                told = monotonic()
                self.tell()
            sleep(0)  # lets the screen have its turn
        self.done = not self.stopped
        self.tell()
