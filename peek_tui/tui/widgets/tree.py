"""The decision tree: agents, turns, decisions and calls, with what each came to."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.text import cell_width, clean_line, fit
from peek_tui.render.words import look_of
from peek_tui.state.tree import Branch, TreeView
from peek_tui.trace.model import Event

from .rows import Piece, RowView

__all__ = ["DecisionTree"]

_ROOMY = 60
"""From this width on a level is indented by two columns; below it by one."""
_NAME = 18
"""Columns that a name has at the least, if it needs them, beside what the event says."""
_SHARE = 3
"""The part of the width that is spent on indenting at the most is one of so many; deeper levels are numbered."""


class DecisionTree(RowView):
    """Draws a `TreeView`."""

    def __init__(self, view: TreeView, event_of: Callable[[int], Event]) -> None:
        super().__init__(id="tree")
        self.view = view
        self._event_of = event_of
        """Reads the event with a handle."""
        self._forest = view.forest
        """The one whose lines are known."""

    def sync(self) -> None:
        """Draw what the state says now."""
        changed = self.view.update()
        if self._forest is not self.view.forest:
            self._forest = self.view.forest
            self.forget()
        self.show(len(self.view), self.view.position, changed=changed)

    def source(self, y: int) -> Hashable | None:
        line = self.top + y
        if line >= self.lines:
            return None
        return self.view.place(line), self.has_focus if line == self._selected else None

    def draw(self, line: int, width: int) -> list[Piece]:
        branch, palette = self.view.branch(line), self.palette
        event = self._event_of(branch.handle)
        kind, look = palette.of_type(event.type), look_of(event.type)
        failed = event.error is not None
        fold = "  " if branch.folded is None else "▸ " if branch.folded else "▾ "
        name = clean_line(event.name)
        tail = _tail(branch, event)
        head: list[Piece] = [
            ("▌" if line == self._selected else " ", palette.strong),
            (_indent(branch.depth, width), palette.dim),
            (fold, palette.dim),
            (f"{'✗' if failed else look.sign} ", palette.error if failed else kind),
            (f"{branch.mark} " if branch.mark else "", palette.error),
        ]
        room = max(0, width - sum(cell_width(text) for text, _ in head) - sum(cell_width(text) for text, _ in tail) - 1)
        said = summary(event)
        most = max(_NAME, room // _SHARE) if said else room  # a long name would leave no room for what tells more
        if cell_width(name) > most:
            name = fit(name, most)
        title = fit(name, room) if cell_width(name) + 2 > room else f"{name}  " if name else ""
        body = palette.error if failed else palette.dim
        return [
            *head,
            (title, palette.strong),
            (fit(said, room - cell_width(title)), body),
            (" ", body),
            *((text, palette.error if is_error else palette.dim) for text, is_error in tail),
        ]


def _indent(depth: int, width: int) -> str:
    step, most = 2 if width >= _ROOMY else 1, width // _SHARE
    return " " * step * depth if step * depth <= most else f"{depth:>{most - 1}} "


def _tail(branch: Branch, event: Event) -> list[tuple[str, bool]]:
    """Return what a branch came to: of a folded one the sums over all below it, else its own duration."""
    sums = branch.sums
    pieces: list[tuple[str, bool]] = []
    if branch.folded is not None:
        if sums.errors:
            pieces.append((f"{units.count(sums.errors)}✗ ", True))
        if branch.folded:
            pieces.append((f"{units.count(branch.below)} more ", False))
        if sums.tokens:
            pieces.append((f"{units.tokens(sums.tokens)} tok ", False))
    elif event.duration_ms is not None:
        pieces.append((f"{units.duration(event.duration_ms)} ", False))
    return pieces
