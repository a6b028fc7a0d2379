"""Events as a tree: who belongs to whom, and sums over each one's descendants.

Hostile traces are expected: a parent that is not there makes a root marked *orphan*; a cycle is broken at its earliest
event. Nothing here recurses, so a chain may be as deep as the trace is long.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from math import isnan
from typing import NamedTuple

__all__ = ["NO_TREE", "ORPHAN", "ROOT", "Sums", "Tree"]

ROOT = -1
"""The parent of an event that belongs to nothing."""
ORPHAN = -2
"""The parent of an event whose parent is not in the trace."""


_UNKNOWN = float("nan")


class Sums(NamedTuple):
    """Sums over an event and all that belongs to it."""

    events: int
    errors: int
    tokens: int
    cost_usd: float | None
    """None when no event says what it cost: unknown is not nothing."""


class Tree:
    """The tree of one snapshot, over rows. Rows are in the order of the run, so children are too."""

    def __init__(self, parents: Sequence[int], weigh: Callable[[int], Sums]) -> None:
        """Build the tree of the rows whose parents these are: a row, `ROOT` or `ORPHAN`. `weigh` tells a row's own."""
        self.orphans = frozenset(row for row, parent in enumerate(parents) if parent == ORPHAN)
        self.parents = array("q", (max(parent, ROOT) for parent in parents))
        self.broken = frozenset(_break_cycles(self.parents))
        """The rows at which a cycle was broken, one a cycle."""
        self._first, self._children = _children(self.parents)
        self.preorder = array("q", self._walk())
        """Every row, each before its children."""
        self.depths = self._depths()
        self._sums = self._sum(weigh)

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def roots(self) -> Sequence[int]:
        """The rows that belong to nothing, in order."""
        return self.children(ROOT)

    def children(self, row: int) -> Sequence[int]:
        """Return the rows that belong to this one, in order."""
        return self._children[self._first[row + 1] : self._first[row + 2]]

    def depth(self, row: int) -> int:
        """Return how many ancestors a row has."""
        return self.depths[row]

    def sums(self, row: int) -> Sums:
        """Return the sums over a row and all below it."""
        events, errors, tokens, costs = self._sums
        return Sums(events[row], errors[row], tokens[row], None if isnan(costs[row]) else costs[row])

    def ancestors(self, row: int) -> Iterator[int]:
        """Yield the rows a row belongs to, the nearest first."""
        while (row := self.parents[row]) != ROOT:
            yield row

    def below(self, row: int) -> Iterator[int]:
        """Yield a row and all below it, each before its children."""
        stack = [row]
        while stack:
            row = stack.pop()
            yield row
            stack.extend(reversed(self.children(row)))

    def _walk(self) -> Iterator[int]:
        for root in self.roots:
            yield from self.below(root)

    def _depths(self) -> array[int]:
        depths = array("q", bytes(8 * len(self.parents)))
        for row in self.preorder:
            parent = self.parents[row]
            depths[row] = 0 if parent == ROOT else depths[parent] + 1
        return depths

    def _sum(self, weigh: Callable[[int], Sums]) -> tuple[array[int], array[int], array[int], array[float]]:
        own = [weigh(row) for row in range(len(self.parents))]
        events = array("q", (one.events for one in own))
        errors = array("q", (one.errors for one in own))
        tokens = array("q", (one.tokens for one in own))
        costs = array("d", (_UNKNOWN if one.cost_usd is None else one.cost_usd for one in own))
        for row in reversed(self.preorder):
            parent = self.parents[row]
            if parent != ROOT:
                events[parent] += events[row]
                errors[parent] += errors[row]
                tokens[parent] += tokens[row]
                costs[parent] = _add(costs[parent], costs[row])
        return events, errors, tokens, costs


def _weightless(_row: int) -> Sums:
    return Sums(0, 0, 0, None)


def _add(cost: float, other: float) -> float:
    if isnan(cost):
        return other
    return cost if isnan(other) else cost + other


def _break_cycles(parents: array[int]) -> list[int]:
    """Make the earliest event of each cycle a root, and return those: walk up from each row, once over every row."""
    unseen, on_path, done = 0, 1, 2
    state = bytearray(len(parents))
    broken = []
    for start in range(len(parents)):
        path = []
        at = start
        while at >= 0 and state[at] == unseen:
            state[at] = on_path
            path.append(at)
            at = parents[at]
        if at >= 0 and state[at] == on_path:
            earliest = min(path[path.index(at) :])
            parents[earliest] = ROOT
            broken.append(earliest)
        for visited in path:
            state[visited] = done
    return broken


def _children(parents: array[int]) -> tuple[array[int], array[int]]:
    """Return where each row's children begin in a list of all children, and that list; row -1 has the roots."""
    first = array("q", bytes(8 * (len(parents) + 2)))
    for parent in parents:
        first[parent + 2] += 1
    for at in range(1, len(first)):
        first[at] += first[at - 1]
    children = array("q", bytes(8 * len(parents)))
    free = array("q", first)
    for row, parent in enumerate(parents):
        children[free[parent + 1]] = row
        free[parent + 1] += 1
    return first, children


NO_TREE = Tree([], _weightless)
"""The tree of an empty trace."""
