"""Events as a tree: who belongs to whom, and sums over each one's descendants.

Everything is an array over rows. In preorder a branch is a slice, so a sum over it is the difference of two running
sums. Hostile traces are expected: a parent that is not there makes a root marked *orphan*; a cycle is broken at its
earliest event. Nothing here recurses, so a chain may be as deep as the trace is long.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["NO_TREE", "ORPHAN", "ROOT", "Amounts", "Sums", "Tree", "find_cycles"]

ROOT = -1
"""The parent of an event that belongs to nothing."""
ORPHAN = -2
"""The parent of an event whose parent is not in the trace."""

_ARRAYS = ("_parents", "_children", "_first", "_depths", "sizes", "positions", "preorder")
_SUMS = ("_errors", "_tokens", "_costs", "_durations")

_MOST_LEVELS = 2_000
"""A tree deeper than this is walked row by row, which costs less than a vector for each level with few rows in it."""


class Sums(NamedTuple):
    """Sums over an event and all that belongs to it."""

    events: int
    errors: int
    tokens: int
    cost_usd: float | None
    """None when no event says what it cost: unknown is not nothing."""
    duration_ms: float = 0.0
    """What its model and tool calls took together; those that ran side by side count each."""


class Amounts(NamedTuple):
    """What some rows weigh: the rows in order, and how much each."""

    rows: Sequence[int] | NDArray[Any]
    amounts: Sequence[float] | NDArray[Any]


_NOTHING = Amounts((), ())


class Tree:
    """The tree of one snapshot, over rows. Rows are in the order of the run, so children are too."""

    def __init__(
        self,
        parents: Sequence[int] | NDArray[np.int32],
        errors: Sequence[int] | NDArray[Any] = (),
        tokens: Amounts = _NOTHING,
        costs: Amounts = _NOTHING,
        durations: Amounts = _NOTHING,
    ) -> None:
        """Build the tree of the rows with these parents: a row, `ROOT` or `ORPHAN`. `errors` are the failed rows."""
        if not len(parents):  # the tree of an empty trace takes no numpy
            self.orphans: frozenset[int] = frozenset()
            self.broken: frozenset[int] = frozenset()
            none: Any = array("i")
            self._parents = self._children = self.preorder = self.positions = self.sizes = none
            self._first: Any = array("i", [0, 0])
            return
        import numpy as np

        given = np.asarray(parents, np.int32)
        self.orphans = frozenset(np.flatnonzero(given == ORPHAN).tolist())
        self.broken = frozenset(find_cycles(given))
        """The rows at which a cycle was broken, one a cycle."""
        astray = [*self.orphans, *self.broken]
        self._parents = given.copy() if astray else given
        self._parents[astray] = ROOT
        self._children = _in_order(self._parents)
        numbers = np.bincount(self._parents + 1, minlength=len(given) + 1).astype(np.int32)
        self._first = _running_sum(numbers, np.int32)
        shape = _by_levels(self._children, self._first) or _by_rows(self._children, self._first)
        self._depths, self.sizes, self.positions = shape
        """Of each row: how many ancestors it has, how many rows its branch has with itself, its place in preorder."""
        self.preorder = np.empty(len(given), np.int32)
        """Every row, each before its children."""
        self.preorder[self.positions] = np.arange(len(given), dtype=np.int32)
        self._errors = self._running(Amounts(errors, np.ones(len(errors), np.int64)))
        self._tokens = self._running(tokens)
        self._costs = self._running(costs)
        self._durations = self._running(durations)

    def dump(self) -> tuple[Any, dict[str, NDArray[Any]]]:
        """Return what `restored` takes."""
        arrays = {f"tree.{name}": getattr(self, name) for name in _ARRAYS}
        for name in _SUMS:
            running = getattr(self, name)
            arrays |= {f"tree.{name}.places": running.places, f"tree.{name}.sums": running.sums}
        return [sorted(self.orphans), sorted(self.broken)], arrays

    @classmethod
    def restored(cls, meta: Any, arrays: Mapping[str, NDArray[Any]]) -> Tree:
        """Return the tree that was kept."""
        tree = cls(())
        tree.orphans, tree.broken = map(frozenset, meta)
        for name in _ARRAYS:
            setattr(tree, name, arrays[f"tree.{name}"])
        for name in _SUMS:
            setattr(tree, name, _Running(arrays[f"tree.{name}.places"], arrays[f"tree.{name}.sums"]))
        return tree

    def __len__(self) -> int:
        return len(self._parents)

    @property
    def roots(self) -> Sequence[int]:
        """The rows that belong to nothing, in order."""
        return self.children(ROOT)

    def parent(self, row: int) -> int:
        """Return the row a row belongs to, or `ROOT`."""
        return int(self._parents[row])

    def children(self, row: int) -> list[int]:
        """Return the rows that belong to this one, in order."""
        children: list[int] = self._children[self._first[row + 1] : self._first[row + 2]].tolist()
        return children

    def child_count(self, row: int) -> int:
        """Return how many rows belong to this one."""
        return int(self._first[row + 2] - self._first[row + 1])

    def depth(self, row: int) -> int:
        """Return how many ancestors a row has."""
        return int(self._depths[row])

    def sums(self, row: int) -> Sums:
        """Return the sums over a row and all below it."""
        start = int(self.positions[row])
        end = start + int(self.sizes[row])
        priced, cost = self._costs.between(start, end)
        return Sums(
            events=end - start,
            errors=int(self._errors.between(start, end)[1]),
            tokens=int(self._tokens.between(start, end)[1]),
            cost_usd=round(cost, 12) if priced else None,  # the difference of two sums is off in the last digits
            duration_ms=round(self._durations.between(start, end)[1], 6),
        )

    def ancestors(self, row: int) -> Iterator[int]:
        """Yield the rows a row belongs to, the nearest first."""
        while (row := self.parent(row)) != ROOT:
            yield row

    def below(self, row: int) -> NDArray[np.int32]:
        """Return a row and all below it, each before its children."""
        start = self.positions[row]
        branch: NDArray[np.int32] = self.preorder[start : start + self.sizes[row]]
        return branch

    def _running(self, amounts: Amounts) -> _Running:
        import numpy as np

        values = np.asarray(amounts.amounts)
        places = self.positions[np.asarray(amounts.rows, np.int64)]
        order = _in_order(places)
        kind = np.float64 if values.dtype.kind == "f" else np.int64
        return _Running(places[order], _running_sum(values[order], kind))


class _Running(NamedTuple):
    """A running sum over those places in preorder that have an amount."""

    places: NDArray[np.int32]
    sums: NDArray[Any]

    def between(self, start: int, end: int) -> tuple[int, float]:
        """Return how many amounts there are from `start` up to `end`, and their sum."""
        first, last = bisect_left(self.places, start), bisect_left(self.places, end)
        return last - first, (self.sums[last] - self.sums[first]).item()


def find_cycles(parents: Sequence[int] | NDArray[np.int32]) -> list[int]:
    """Return the earliest row of each cycle.

    Somewhere a cycle goes from a row to a later one, which few events do, so only from those the parents are followed.
    """
    if isinstance(parents, list):
        starts = [row for row, parent in enumerate(parents) if parent >= row]
        up = parents
    else:
        import numpy as np

        starts = np.flatnonzero(parents >= np.arange(len(parents), dtype=np.int32)).tolist()
        up = np.asarray(parents).tolist() if starts else []
    unseen, on_path, done = 0, 1, 2
    state = bytearray(len(up))
    earliest = []
    for start in starts:
        path = []
        at = start
        while at >= 0 and state[at] == unseen:
            state[at] = on_path
            path.append(at)
            at = up[at]
        if at >= 0 and state[at] == on_path:
            earliest.append(min(path[path.index(at) :]))
        for visited in path:
            state[visited] = done
    return earliest


def _in_order(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where values stand, the least first, those that are the same in their own order.

    Value and place as one number are sorted in place in a third of the time of a stable `argsort`.
    """
    import numpy as np

    both = values.astype(np.int64)
    both <<= 32
    both |= np.arange(len(values), dtype=np.int32)
    both.sort()
    return both.astype(np.int32)  # its lower half


_Shape = tuple["NDArray[Any]", "NDArray[np.int32]", "NDArray[np.int32]"]
"""Each row's depth, the size of its branch, and its place in preorder."""


class _Level(NamedTuple):
    """The rows of one depth, in the order of their parents."""

    rows: NDArray[np.int32]
    fruitful: NDArray[np.int64]
    """Those of them that have children, as places in `rows`."""
    numbers: NDArray[np.int32]
    """How many each of those has."""
    ends: NDArray[np.int32]
    """Where the children of each of those end, as places in the level below."""


def _by_levels(children: NDArray[np.int32], first: NDArray[np.int32]) -> _Shape | None:
    """Work out the shape of a tree a level at a time, or return None when it is too deep for that.

    Within a level rows stand in the order of their parents, so that sums and places go from one level to the next
    without a look at where the rows are.
    """
    import numpy as np

    levels = _levels(children, first)
    if levels is None:
        return None
    sizes, befores = [], []
    before = np.zeros(1, np.int32)  # how many rows the branches before each one have, within a level
    for level in reversed(levels):
        size = np.ones(len(level.rows), np.int32)
        size[level.fruitful] += np.diff(before.take(level.ends), prepend=np.int32(0))
        before = _running_sum(size, np.int32)
        sizes.append(size)
        befores.append(before)
    places = [befores.pop()[:-1]]
    for level in levels[:-1]:
        before = befores.pop()
        above = places[-1][level.fruitful] + 1 - before.take(level.ends - level.numbers)
        places.append(before[:-1] + np.repeat(above, level.numbers))
    lengths = [len(level.rows) for level in levels]
    rows = np.concatenate([level.rows for level in levels]).astype(np.intp)
    del levels, level, before  # nothing that is built takes more memory than what follows
    depths = np.arange(len(lengths), dtype=np.min_scalar_type(len(lengths) - 1))
    return (
        _put(rows, np.repeat(depths, lengths)),
        _put(rows, np.concatenate(sizes[::-1])),
        _put(rows, np.concatenate(places)),
    )


def _levels(children: NDArray[np.int32], first: NDArray[np.int32]) -> list[_Level] | None:
    """Return the levels from the roots on, or None when there are too many."""
    import numpy as np

    numbers, first_of = np.diff(first)[1:], first[1:]
    levels: list[_Level] = []
    rows = children[: first[1]]
    while len(rows):
        if len(levels) == _MOST_LEVELS:
            return None
        number = numbers.take(rows)
        fruitful = np.flatnonzero(number)
        number = number[fruitful]
        ends = np.cumsum(number, dtype=np.int32)
        levels.append(_Level(rows, fruitful, number, ends))
        starts = first_of.take(rows[fruitful])
        ahead = np.repeat(starts - (ends - number), number)
        rows = children.take(ahead + np.arange(len(ahead), dtype=np.int32))
    return levels


def _put(rows: NDArray[np.intp], values: NDArray[Any]) -> NDArray[Any]:
    """Return these values by row, each row having one."""
    import numpy as np

    column = np.empty_like(values)
    column[rows] = values
    return column


def _by_rows(children: NDArray[np.int32], first: NDArray[np.int32]) -> _Shape:
    """Work out the shape of a tree a row at a time, however deep it is."""
    import numpy as np

    rows = len(children)
    below, starts = children.tolist(), first.tolist()
    depths, sizes, positions = [0] * rows, [1] * rows, [0] * rows
    preorder: list[int] = []
    stack = [(row, 0) for row in reversed(below[: starts[1]])]
    while stack:
        row, depth = stack.pop()
        depths[row], positions[row] = depth, len(preorder)
        preorder.append(row)
        stack.extend((child, depth + 1) for child in reversed(below[starts[row + 1] : starts[row + 2]]))
    for row in reversed(preorder):
        sizes[row] += sum(sizes[child] for child in below[starts[row + 1] : starts[row + 2]])
    least = np.min_scalar_type(max(depths))
    return np.array(depths, least), np.array(sizes, np.int32), np.array(positions, np.int32)


def _running_sum(values: NDArray[Any], kind: Any) -> NDArray[Any]:
    import numpy as np

    sums = np.zeros(len(values) + 1, kind)
    np.cumsum(values, out=sums[1:])
    return sums


NO_TREE = Tree(())
"""The tree of an empty trace."""
