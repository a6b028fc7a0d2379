"""Skimming: runs of visible events that nobody would stop at become one row each, which says what it hides."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from peek_tui.analysis.skim import low_runs, what_is_hidden
from peek_tui.render.units import count
from peek_tui.render.words import group_of
from peek_tui.trace.store import Snapshot

__all__ = ["Fold", "Skim"]


class Fold(NamedTuple):
    """A row that stands for a run of events."""

    events: int
    text: str
    """What it hides, by groups of types."""


class Skim:
    """Visible rows, of which runs of unimportant ones are folded into their first."""

    def __init__(
        self, snapshot: Snapshot, rows: Sequence[int], opened: Collection[int] = (), stops: Sequence[int] = ()
    ) -> None:
        """Fold the rows; `opened` are the handles of runs that stay as they are, by their first event.

        `stops` are rows at which one should stop for another reason than their own importance.
        """
        import numpy as np

        self._snapshot = snapshot
        self.stops = stops
        self.rows: Sequence[int] = rows
        self._firsts: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self._folds: dict[int, Fold] = {}
        """Those that were asked for, by their row: a line is drawn many times."""
        importance = snapshot.columns.importance
        if importance is None or not len(rows):
            return
        self._places = places = np.arange(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows)
        weights = np.where(np.isin(places, stops), 1.0, importance[places])
        spans = [tuple(span) for span in low_runs(weights).tolist()]
        self._spans = [span for span in spans if snapshot.handle(int(places[span[0]])) not in opened]
        self._firsts = [rows[first] for first, _ in self._spans]
        shown = np.ones(len(rows), dtype=np.bool_)
        for first, last in self._spans:
            shown[first + 1 : last + 1] = False
        self.rows = places[shown].tolist()

    def fold(self, row: int) -> Fold | None:
        """Return what a row stands for; None for one that stands for itself."""
        at = bisect_left(self._firsts, row)
        if at == len(self._firsts) or self._firsts[at] != row:
            return None
        if row not in self._folds:
            self._folds[row] = self._fold(*self._spans[at])
        return self._folds[row]

    def _fold(self, first: int, last: int) -> Fold:
        groups: Counter[str] = Counter()
        for type, number in what_is_hidden(self._snapshot, self._places[first : last + 1]).items():
            groups[group_of(type).name] += number
        text = ", ".join(f"{count(number)} {name}" for name, number in groups.most_common())
        return Fold(last + 1 - first, text)
