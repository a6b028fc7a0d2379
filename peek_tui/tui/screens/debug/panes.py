"""The panes: which are seen, which has the keys, what is folded in them."""

from __future__ import annotations

from dataclasses import replace

from textual.geometry import Size

from peek_tui.state.layout import LOW, TALL, Arrangement, Layout, arrange
from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree

from .inspecting import Inspecting
from .searching import Searching
from .walking import Walking

__all__ = ["Panes"]


class Panes(Walking, Searching, Inspecting):
    """Timeline, tree and event."""

    layout_chosen = Layout()
    _arrangement: Arrangement | None = None
    _settled = Size(0, 0)
    """The size for which the panes are laid out."""

    async def action_tree(self) -> None:
        """Show the tree where there is room for one list only; elsewhere go to it, or back."""
        if self.in_timeline:
            await self.tree_there()
            self.lay_out(replace(self.layout_chosen, tree_first=True, hidden=self.layout_chosen.hidden - {"tree"}))
            self.set_focus(self.parts.tree)
        else:
            self.action_back()
        self.sync(changed=True)

    def action_toggle_pane(self, pane: str) -> None:
        """Show or hide the tree, the event or the strip."""
        self.lay_out(self.layout_chosen.toggled(pane))
        self.sync(changed=True)

    def action_zoom(self) -> None:
        """Give all the room to the pane that has the keys."""
        self.lay_out(replace(self.layout_chosen, alone=self.pane.id or ""))
        self.sync(changed=True)

    def action_unzoom(self) -> None:
        """Share the room again."""
        self.lay_out(replace(self.layout_chosen, alone=""))
        self.sync(changed=True)

    def action_resize(self, across: int, down: int) -> None:
        """Make the pane that has the keys wider or higher."""
        self.lay_out(self.layout_chosen.resized(self.pane.id or "timeline", across, down, self.size.width))
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
            case _ if self.browse.row is not None and self.browse.open_fold(self.browse.row):
                self.sync(changed=True)
            case _:
                self.lay_out(replace(self.layout_chosen, alone="inspector"))
                self.set_focus(self.parts.inspector)

    def action_fold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.fold()
            case DecisionTree():
                self.fold_tree(self.tree_view.fold)
            case Timeline() as timeline:
                self.told(timeline.scroll_aside(-1), "this is where the lines begin")

    def action_unfold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.unfold()
            case DecisionTree():
                self.fold_tree(self.tree_view.unfold)
            case Timeline() as timeline:
                self.told(timeline.scroll_aside(1), "no line here goes on further right")

    def action_back(self) -> None:
        self.lay_out(replace(self.layout_chosen, alone="", tree_first=False))
        self.set_focus(self.parts.timeline)

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

    def on_mount(self) -> None:
        if self.memory is not None:
            self.layout_chosen = self.memory.layout()
        self.lay_out(self.layout_chosen)  # before there is a frame: the first one is right

    def on_unmount(self) -> None:
        if self.memory is not None and self.layout_chosen != self.memory.layout():
            self.memory.keep_layout(self.layout_chosen)

    def on_resize(self) -> None:
        if self.app.size != self._settled:
            self.lay_out(self.layout_chosen)
            self._settled = self.app.size
            self.call_after_refresh(self._settle)

    def lay_out(self, layout: Layout) -> None:
        """Put the panes where they belong."""
        self.layout_chosen = layout
        width, height = self.app.size
        self.set_class("strip" in layout.hidden, "-no-strip")
        self.set_class(height < LOW, "-low")  # by Textual's breakpoints it would be laid out, and then again
        self.set_class(height >= TALL, "-tall")
        arrangement = arrange(layout, width, height)
        if arrangement == self._arrangement:
            return
        self._arrangement = arrangement
        box, seen = self.query_one("#panes"), {pane.name: pane for pane in arrangement.panes}
        box.styles.grid_size_columns = len(arrangement.columns)
        box.styles.grid_size_rows = len(arrangement.rows)
        box.styles.grid_columns = " ".join(f"{share}fr" for share in arrangement.columns)
        box.styles.grid_rows = " ".join(f"{share}fr" for share in arrangement.rows)
        for view in self.query(RowView):
            pane = seen.get(view.id or "")
            view.display = pane is not None
            if pane is not None:
                view.styles.row_span = pane.rows
                view.set_class(pane.left, "-left")
                view.set_class(pane.top, "-top")
        order = [pane.name for pane in arrangement.panes]
        box.sort_children(key=lambda view: order.index(view.id) if view.id in order else len(order))
        if self._settled:
            self.call_after_refresh(self._settle)  # a pane that was not there has no room yet, and shows nothing

    def _settle(self) -> None:
        """Paint in the new layout; keys go to the timeline when the pane that had them has no room any more."""
        if self.focused is None or not self.focused.display:
            self.set_focus(self.parts.timeline)
        self.paint(changed=False)
