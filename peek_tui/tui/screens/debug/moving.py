"""Moving in the pane that has the keys, and stepping from event to event."""

from __future__ import annotations

from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.strip import StripBar
from peek_tui.tui.widgets.tree import DecisionTree

from .base import DebugBase

__all__ = ["Moving"]


class Moving(DebugBase):
    """Lines, pages and ends; the next event of a kind."""

    def action_move(self, by: int) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.move_to(inspector.selected + by)
            case DecisionTree():
                self.tree_view.move(by)
                self.sync(changed=False)
            case _:
                self.browse.move(by)
                self.sync(changed=False)

    def action_half(self, by: int) -> None:
        self.action_move(by * max(1, self.pane.page_height // 2))

    def action_page(self, by: int) -> None:
        self.action_move(by * self.pane.page_height)

    def action_start(self) -> None:
        if self.in_timeline:
            self.go(self.browse.go_start)
        else:
            self.action_move(-self._length)

    def action_end(self) -> None:
        if self.in_timeline:
            self.go(self.browse.go_end)
            self.browse.follow = not self.reader.reading.over  # the end is still to come
            self.sync(changed=False)
        else:
            self.action_move(self._length)

    def action_step(self, by: int) -> None:
        self.told(self.browse.step(by), "no further event of this agent")

    def action_jump(self, by: int) -> None:
        self.told(self.view.jump_back(by), f"there is no place {'after' if by > 0 else 'before'} this one")

    def action_cross(self) -> None:
        self.go(self.view.cross, "this event is no call that has a result, and no result of a call")

    def on_row_view_clicked(self, event: RowView.Clicked) -> None:
        match event.view:
            case Inspector() as inspector:
                inspector.move_to(event.line)
                inspector.toggle()
            case DecisionTree():
                self.go(lambda: self.tree_view.move(event.line - self.tree_view.position))
            case _:
                self.go(lambda: self.browse.move(event.line - self.browse.position))

    def on_strip_bar_went(self, event: StripBar.Went) -> None:
        self.go(lambda: self.browse.go_row(event.row))

    @property
    def _length(self) -> int:
        """How many lines the pane has; the tree just called for has them before it is laid out."""
        return len(self.tree_view) if isinstance(self.focused, DecisionTree) else self.pane.lines
