"""The decision tree as it is seen: which branches are folded, which lines there are, where the selection stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from peek_tui.trace.tree import Sums

from .browse import Browse

if TYPE_CHECKING:
    from .forest import Flags, Forest

__all__ = ["Branch", "Folding", "TreeView"]


class Folding(NamedTuple):
    """Which branches are folded."""

    everything: bool
    """Whether those below the roots are of which nothing else is said."""
    folds: frozenset[tuple[int, bool]]
    """Handles, and whether the branch is folded."""


class Branch(NamedTuple):
    """One line of the tree."""

    handle: int
    depth: int
    folded: bool | None
    """None for what has nothing below it."""
    below: int
    """How many events that are shown belong to it."""
    sums: Sums
    """Over all that belongs to it, shown or not."""
    mark: str
    """`orphan`, `cycle` or nothing."""


class TreeView:
    """The tree over the selection of a `Browse`, which it shares: the selected event, or the folded branch it is in.

    It shows what the browse shows, but for the pieces of answers. The tree is built elsewhere and taken from there, so
    it may be older than the timeline: an event it does not have yet is stood in for by the nearest one it belongs to.
    """

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        self._given: Forest | None = None
        """The tree that was taken last."""
        self._taken: Forest | None = None
        """The same under the filters of the browse."""
        self._folds: dict[int, bool] = {}
        """By handle, so that folds stay where they are as the trace grows: whether a branch is folded."""
        self._all_folded = False
        """Whether the branches below the roots are folded of which nothing else is said."""
        self._seen: Sequence[int] | None = None
        """The indexes of the lines in the forest; None when they must be worked out."""
        self._changed = False

    def take(self, forest: Forest | None) -> None:
        """Show a tree. One of a later snapshot than that of the browse is left alone: it must be given again then."""
        if forest is not None and forest is not self._given and len(forest.snapshot) <= len(self._browse.snapshot):
            self._given = self._taken = forest
            self._change()

    def begin_again(self) -> None:
        """Forget the tree and its folds: handles are others now."""
        self._given = self._taken = None
        self._folds = {}
        self._change()

    @property
    def folding(self) -> Folding:
        """Which branches are folded."""
        return Folding(self._all_folded, frozenset(self._folds.items()))

    @folding.setter
    def folding(self, folding: Folding) -> None:
        if folding != self.folding:
            self._all_folded, self._folds = folding.everything, dict(folding.folds)
            self._change()

    @property
    def forest(self) -> Forest | None:
        """The tree under the filter as it is now; None until the first one is there."""
        forest, browse = self._taken, self._browse
        if forest is not None and (forest.shown != browse.shown or not forest.whole):
            shape = forest.shape
            forest = self._taken = type(forest)(shape, browse.shown, lambda: browse.passing(shape.snapshot))
            self._change()
        return forest

    def update(self) -> bool:
        """Return whether the lines may have changed since this was last asked."""
        _ = self._lines
        changed, self._changed = self._changed, False
        return changed

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._lines)

    @property
    def rows(self) -> list[int]:
        """The rows of all lines, as the tree's snapshot has them."""
        forest = self.forest
        return [] if forest is None else [int(forest.rows[index]) for index in self._lines]

    def place(self, line: int) -> tuple[int, bool]:
        """Return which branch of the forest a line shows, and whether it is folded: with that, all that it says."""
        index = self._lines[line]
        return index, self._is_folded(index)

    def branch(self, line: int) -> Branch:
        """Return what a line shows."""
        forest, index = self._there, self._lines[line]
        row, tree = int(forest.rows[index]), forest.shape.tree
        mark = "orphan" if row in tree.orphans else "cycle" if row in tree.broken else ""
        handle, depth = forest.snapshot.handle(row), int(forest.depths[index])
        folded = self._is_folded(index) if forest.branches[index] else None
        return Branch(handle, depth, folded, int(forest.ends[index]) - index - 1, tree.sums(row), mark)

    @property
    def position(self) -> int:
        """The line of the selected event, or of the nearest one it belongs to."""
        row = self._row()
        if row is None:
            return 0
        nearest = self._there.nearest(row)
        index = self._there.before(row) if nearest is None else nearest
        return max(0, bisect_right(self._lines, index) - 1)  # the line of the folded branch around it, if there is one

    # -- moving ----------------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Select the line `by` further down."""
        if len(self):
            self._select(self._lines[min(len(self) - 1, max(0, self.position + by))])

    def up(self) -> bool:
        """Select the event that the selected one belongs to; False at a root."""
        row = self._row()
        if row is None:
            return False
        index = self._there.index(row)
        return self._select(self._there.nearest(row) if index is None else self._there.parent(index))

    def down(self) -> bool:
        """Select the first event that belongs to the selected one; False when nothing does."""
        index = self._index()
        child = None if index is None else self._there.child(index)
        if index is not None and child is not None:
            self._fold(index, folded=False)
        return self._select(child)

    def sibling(self, by: int) -> bool:
        """Select the next (1) or previous (-1) event with the same parent; False when there is none."""
        index = self._index()
        return self._select(None if index is None else self._there.sibling(index, by))

    def over(self, by: int) -> bool:
        """Select the next (1) or previous (-1) event with the same parent; at the end of a span, what follows it.

        Before the first it is the parent. False where there is nothing.
        """
        index = self._index()
        while index is not None:
            beside = self._there.sibling(index, by)
            index, found = self._there.parent(index), beside
            if found is None and by < 0:
                found = index
            if found is not None:
                return self._select(found)
        return False

    def finish(self) -> bool:
        """Select the last event of the span the selected one is in; at its end, of the span around it."""
        here = index = self._index()
        while index is not None:
            last = int(self._there.ends[index]) - 1
            if last > (here or 0):
                return self._select(last)
            index = self._there.parent(index)
        return False

    # -- folding ---------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Fold or unfold the selected branch."""
        index = self._line_index()
        if index is not None:
            self._fold(index, folded=not self._is_folded(index))

    def fold(self) -> None:
        """Fold the selected branch; what has nothing to fold goes up to what it belongs to."""
        index = self._line_index()
        if index is None:
            return
        if self._there.branches[index] and not self._is_folded(index):
            self._select(index)
            self._fold(index, folded=True)
        else:
            self.up()

    def unfold(self) -> None:
        """Unfold the selected branch; one that is open goes down to its first event."""
        index = self._line_index()
        if index is None:
            return
        if self._is_folded(index):
            self._fold(index, folded=False)
        else:
            self.down()

    def fold_all(self) -> None:
        """Fold every branch below the roots, and what comes there later."""
        self._all_folded, self._folds = True, {}
        self._change()

    def unfold_all(self) -> None:
        """Unfold every branch."""
        self._all_folded, self._folds = False, {}
        self._change()

    # -- pieces ----------------------------------------------------------------------------------------------------

    @property
    def _there(self) -> Forest:
        forest = self.forest
        assert forest is not None
        return forest

    @property
    def _lines(self) -> Sequence[int]:
        forest = self.forest
        if self._seen is None:
            self._seen = () if forest is None else forest.lines(self._folded(forest))
        return self._seen

    def _change(self) -> None:
        self._seen, self._changed = None, True

    def _row(self) -> int | None:
        """Return the row of the selected event, or of the nearest above it that the tree has, as the tree has rows."""
        handle, forest = self._browse.handle, self.forest
        if forest is None or not len(forest):
            return None
        snapshot = self._browse.snapshot
        while handle is not None and handle >= len(forest.snapshot):
            parent = snapshot.find(snapshot.event(snapshot.row(handle)).parent)
            handle = parent if parent is not None and parent < handle else None  # a circle of parents has no end
        return None if handle is None else forest.snapshot.row(handle)

    def _index(self) -> int | None:
        row = self._row()
        return None if row is None else self._there.index(row)

    def _line_index(self) -> int | None:
        return self._lines[self.position] if len(self) else None

    def _folded(self, forest: Forest) -> Flags:
        folded = forest.branches & (forest.depths > 0) & self._all_folded
        for handle, closed in self._folds.items():
            if handle < len(forest.snapshot) and (index := forest.index(forest.snapshot.row(handle))) is not None:
                folded[index] = closed
        return folded

    def _is_folded(self, index: int) -> bool:
        by_default = self._all_folded and bool(self._there.depths[index])
        return bool(self._there.branches[index]) and self._folds.get(self._handle(index), by_default)

    def _fold(self, index: int, *, folded: bool) -> None:
        if self._there.branches[index] and folded is not self._is_folded(index):
            self._folds[self._handle(index)] = folded
            self._change()

    def _handle(self, index: int) -> int:
        return self._there.snapshot.handle(int(self._there.rows[index]))

    def _select(self, index: int | None) -> bool:
        if index is None:
            return False
        self._browse.select(self._browse.snapshot.row(self._handle(index)))
        return True
