"""The panes: which are seen, which has the keys, what is folded in them."""

from __future__ import annotations

from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree

from .inspecting import Inspecting
from .searching import Searching
from .walking import Walking

__all__ = ["WIDE", "Panes"]

WIDE = 160
"""From this width on there are three columns."""


class Panes(Walking, Searching, Inspecting):
    """Timeline, tree and event."""

    async def action_tree(self) -> None:
        """Show the tree where there is room for one list only; elsewhere go to it, or back."""
        if self.in_timeline:
            await self.tree_there()
            self.add_class("-tree")
            self.set_focus(self.query_one(DecisionTree))
        else:
            self.action_back()
        self.sync(changed=True)

    async def action_next_pane(self, by: int) -> None:
        await self.tree_there()
        panes = [pane for pane in self.query(RowView) if pane.display]
        here = next((at for at, pane in enumerate(panes) if pane is self.focused), 0)
        self.set_focus(panes[(here + by) % len(panes)])
        self.sync(changed=False)

    def action_enter(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                if not self.follow_link():
                    inspector.toggle()
            case DecisionTree():
                self.fold_tree(self.tree_view.toggle)
            case _:
                self.add_class("-event")
                self.set_focus(self.query_one(Inspector))

    def action_fold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.fold()
            case DecisionTree():
                self.fold_tree(self.tree_view.fold)

    def action_unfold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.unfold()
            case DecisionTree():
                self.fold_tree(self.tree_view.unfold)

    def action_back(self) -> None:
        self.remove_class("-event", "-tree")
        self.set_focus(self.query_one(Timeline))

    def action_leave(self) -> None:
        if not self.in_timeline:
            self.action_back()
            self.sync(changed=True)
        elif self.view.search is not None:
            self.view.end_search()
            self.sync(changed=True)
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.app.exit()

    def on_resize(self) -> None:
        """Put the panes in the order of the layout: with room for three columns, the tree comes first."""
        panes, tree = self.query_one("#panes"), self.query_one(DecisionTree)
        if self.size.width >= WIDE:
            panes.move_child(tree, before=self.query_one(Timeline))
        else:
            panes.move_child(tree, after=self.query_one(Timeline))
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Paint in the new layout; keys go to the timeline when the pane that had them has no room any more."""
        if self.focused is None or not self.focused.display:
            self.set_focus(self.query_one(Timeline))
        self.paint(changed=True)
