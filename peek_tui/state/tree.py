"""The decision tree as it is seen: which branches are folded, which rows are visible, where the selection stands."""

from __future__ import annotations

from typing import NamedTuple

from peek_tui.trace.store import Snapshot
from peek_tui.trace.tree import NO_TREE, ROOT, Sums

from .browse import Browse

__all__ = ["Branch", "TreeView"]

_LEFT_OUT = frozenset({"llm_chunk"})
"""Types that are no step of their own: pieces of an answer that stands beside them."""


class Branch(NamedTuple):
    """One visible line of the tree."""

    row: int
    depth: int
    folded: bool | None
    """None for what has nothing below it."""
    sums: Sums
    mark: str
    """`orphan`, `cycle` or nothing."""


class TreeView:
    """The tree over the selection of a `Browse`, which it shares: the selected event, or the folded branch it is in."""

    def __init__(self, browse: Browse) -> None:
        self._browse = browse
        self._snapshot: Snapshot | None = None
        self._tree = NO_TREE
        self._folded: set[int] = set()
        """Handles, so that folds stay where they are as the trace grows."""
        self.rows: list[int] = []
        """The visible rows, each before what belongs to it."""
        self._lines: dict[int, int] = {}

    def update(self) -> bool:
        """Take the snapshot that is browsed, and return whether what is visible may have changed."""
        if self._browse.snapshot is self._snapshot:
            return False
        self._snapshot = self._browse.snapshot
        self._tree = self._snapshot.tree()
        self._unfold_to_rows()
        return True

    def branch(self, line: int) -> Branch:
        """Return what a visible line shows."""
        row = self.rows[line]
        tree = self._tree
        mark = "orphan" if row in tree.orphans else "cycle" if row in tree.broken else ""
        folded = self._is_folded(row) if self._has_shown_children(row) else None
        return Branch(row, tree.depth(row), folded, tree.sums(row), mark)

    @property
    def position(self) -> int:
        """The line of the selected event, or of the nearest visible event it belongs to."""
        row = self._browse.selected
        if row is None or row >= len(self._tree):
            return 0
        for candidate in (row, *self._tree.ancestors(row)):
            if candidate in self._lines:
                return self._lines[candidate]
        return 0

    # -- moving ----------------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Select the line `by` further down."""
        if self.rows:
            self._browse.select(self.rows[min(len(self.rows) - 1, max(0, self.position + by))])

    def up(self) -> bool:
        """Select the event that the selected one belongs to; False at a root."""
        return self._select(self._parent())

    def down(self) -> bool:
        """Select the first event that belongs to the selected one; False when nothing does."""
        row = self._browse.selected
        children = [] if row is None else self._shown_children(row)
        if row is not None and children:
            self._set_folded(row, folded=False)
        return self._select(children[0] if children else None)

    def sibling(self, by: int) -> bool:
        """Select the next (1) or previous (-1) event with the same parent; False when there is none."""
        row, parent = self._browse.selected, self._parent()
        if row is None:
            return False
        siblings = self._shown_children(ROOT if parent is None else parent)
        if row not in siblings:
            return False
        at = siblings.index(row) + by
        return self._select(siblings[at] if 0 <= at < len(siblings) else None)

    # -- folding ---------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Fold or unfold the selected branch."""
        row = self._line_row()
        if row is not None:
            self._set_folded(row, folded=not self._is_folded(row))

    def fold(self) -> None:
        """Fold the selected branch; what has nothing to fold goes up to what it belongs to."""
        row = self._line_row()
        if row is None:
            return
        if self._has_shown_children(row) and not self._is_folded(row):
            self._browse.select(row)
            self._set_folded(row, folded=True)
        else:
            self.up()

    def unfold(self) -> None:
        """Unfold the selected branch; one that is open goes down to its first event."""
        row = self._line_row()
        if row is None:
            return
        if self._is_folded(row):
            self._set_folded(row, folded=False)
        else:
            self.down()

    def fold_all(self) -> None:
        """Fold every branch below the roots."""
        snapshot = self._snapshot
        if snapshot is not None:
            rows = (row for row in self._tree.preorder if self._tree.depth(row) and self._has_shown_children(row))
            self._folded = {snapshot.handle(row) for row in rows}
            self._unfold_to_rows()

    def unfold_all(self) -> None:
        """Unfold every branch."""
        self._folded.clear()
        self._unfold_to_rows()

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _unfold_to_rows(self) -> None:
        """Work out the visible rows: walk the tree, and pass over what is below a folded branch."""
        rows: list[int] = []
        stack = list(reversed(self._shown_children(ROOT)))
        while stack:
            row = stack.pop()
            rows.append(row)
            if not self._is_folded(row):
                stack.extend(reversed(self._shown_children(row)))
        self.rows = rows
        self._lines = {row: line for line, row in enumerate(rows)}

    def _shown_children(self, row: int) -> list[int]:
        assert self._snapshot is not None
        return [child for child in self._tree.children(row) if self._snapshot.type(child) not in _LEFT_OUT]

    def _has_shown_children(self, row: int) -> bool:
        assert self._snapshot is not None
        return any(self._snapshot.type(child) not in _LEFT_OUT for child in self._tree.children(row))

    def _is_folded(self, row: int) -> bool:
        assert self._snapshot is not None
        return self._snapshot.handle(row) in self._folded

    def _set_folded(self, row: int, *, folded: bool) -> None:
        assert self._snapshot is not None
        handle = self._snapshot.handle(row)
        if folded:
            self._folded.add(handle)
        else:
            self._folded.discard(handle)
        self._unfold_to_rows()

    def _line_row(self) -> int | None:
        return self.rows[self.position] if self.rows else None

    def _parent(self) -> int | None:
        row = self._browse.selected
        if row is None or row >= len(self._tree):
            return None
        parent = self._tree.parent(row)
        return None if parent == ROOT else parent

    def _select(self, row: int | None) -> bool:
        if row is None:
            return False
        self._browse.select(row)
        return True
