"""The decision tree under a filter, as arrays: a tree of two million events is laid out in tens of milliseconds.

Everything here is in *preorder*, each event before what belongs to it, so that a branch is a range: where it ends is
all one must know of it. What is made here never changes, and may be made in any thread. Importing this module takes
longer than the first screen may: it is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peek_tui.trace.store import Snapshot

from .shown import Shown

__all__ = ["Forest", "Shape"]

Numbers = NDArray[Any]
Flags = NDArray[np.bool_]

_BLOCK = 4096
"""Places that are looked at together on the way back to a branch: most begin nearby."""


class Shape:
    """All events of a snapshot in preorder, whatever is shown of them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Lay out a snapshot's tree, which is built if it has not been yet."""
        self.snapshot = snapshot
        self.tree = snapshot.tree()
        self.rows: Numbers = np.asarray(self.tree.preorder)
        self.places: Numbers = np.asarray(self.tree.positions)
        """Where in preorder a row stands."""
        self.ends: Numbers = np.arange(len(self.rows)) + np.asarray(self.tree.sizes)[self.rows]
        """For each place the one after the last that belongs to it."""


class Forest:
    """What a filter shows of a shape. An event whose parent is hidden hangs under the nearest shown one above it."""

    def __init__(self, shape: Shape, shown: Shown, passing: Callable[[], Sequence[int]] | None = None) -> None:
        """Choose the events, which are from here on known by their index among them.

        `passing` gives the rows that pass all filters. It is asked only where lines must be read to know; without it,
        filters that would have them read choose nothing, and the forest is not `whole`.
        """
        self.shape = shape
        self.shown = shown
        chosen, decided = _flags(shape, shown)
        self.whole = decided or passing is not None
        if not decided and passing is not None:
            chosen &= _flags_of(shape, passing())
        self._before = _counts(chosen)
        """How many of the chosen stand before each place; the last number is how many there are."""
        self._places: Numbers = np.flatnonzero(chosen)
        self._outer: Numbers = shape.ends[self._places]
        self.rows: Numbers = shape.rows[self._places]
        self.ends: Numbers = self._before[self._outer]
        """For each index the one after the last that belongs to it."""
        self.depths = _depths(self.ends)
        self.branches: Flags = self.ends > np.arange(1, len(self.ends) + 1)
        """Which have something below them."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def snapshot(self) -> Snapshot:
        return self.shape.snapshot

    def lines(self, folded: Flags) -> Sequence[int]:
        """Return the indexes that are seen when these are folded."""
        seen = np.flatnonzero(_covered(np.flatnonzero(folded), self.ends[folded], len(self)) == 0)
        return seen.data  # read one by one, it gives Python's own numbers, and faster

    def index(self, row: int) -> int | None:
        """Return the index of a row, or None while it is hidden."""
        place = self.shape.places[row]
        at = int(self._before[place])
        return at if self._before[place + 1] > at else None

    def nearest(self, row: int) -> int | None:
        """Return the index of a row, or of the nearest shown one it belongs to; None when there is none."""
        place = int(self.shape.places[row])
        at = self.index(row)
        return self._around(place, int(self._before[place])) if at is None else at

    def before(self, row: int) -> int:
        """Return the index of the last one shown before a hidden row, 0 when that is the first."""
        return max(0, int(self._before[self.shape.places[row]]) - 1)

    def parent(self, index: int) -> int | None:
        """Return the index of the nearest shown event it belongs to; None at a root."""
        return self._around(int(self._places[index]), index) if self.depths[index] else None

    def child(self, index: int) -> int | None:
        """Return the index of the first one that belongs to it."""
        return index + 1 if self.branches[index] else None

    def sibling(self, index: int, by: int) -> int | None:
        """Return the index of the next (1) or previous (-1) one with the same parent."""
        depth = self.depths[index]
        if by > 0:
            found: int | None = int(self.ends[index])
        else:
            found = _last(index, lambda start, stop: self.depths[start:stop] <= depth)
        at_hand = found is not None and found < len(self) and self.depths[found] == depth
        return found if at_hand else None

    def _around(self, place: int, index: int) -> int | None:
        """Return the last index before this one whose branch, hidden events and all, holds a place."""
        return _last(index, lambda start, stop: self._outer[start:stop] > place)


def _flags(shape: Shape, shown: Shown) -> tuple[Flags, bool]:
    """Return which events are chosen as far as columns tell, and whether they tell all."""
    flags = np.ones(len(shape.rows), dtype=np.bool_)
    decided = True
    for query in shown.in_tree(shape.snapshot):
        if query.is_everything:
            continue
        rows = shape.snapshot.decided_rows(query)
        if rows is None:
            decided = False
        else:
            flags &= _flags_of(shape, rows)
    return flags, decided


def _flags_of(shape: Shape, rows: Sequence[int]) -> Flags:
    flags = np.zeros(len(shape.rows), dtype=np.bool_)
    flags[shape.places[np.asarray(rows, dtype=np.int64)]] = True
    return flags


def _counts(flags: Flags) -> Numbers:
    counts = np.zeros(len(flags) + 1, dtype=np.int64)
    np.cumsum(flags, out=counts[1:])
    return counts


def _covered(starts: Numbers, ends: Numbers, length: int) -> Numbers:
    """Return how many of the branches that begin at `starts` hold each of `length` places below them."""
    steps = np.bincount(starts + 1, minlength=length + 1) - np.bincount(ends, minlength=length + 1)
    covered: Numbers = np.cumsum(steps[:length])
    return covered


def _depths(ends: Numbers) -> Numbers:
    return _covered(np.arange(len(ends)), ends, len(ends))


def _last(stop: int, holds: Callable[[int, int], Flags]) -> int | None:
    """Return the last index before `stop` for which `holds` is true; it is asked of ranges."""
    while stop > 0:
        start = max(0, stop - _BLOCK)
        found = np.flatnonzero(holds(start, stop))
        if len(found):
            return start + int(found[-1])
        stop = start
    return None
