"""The debugger's screen: timeline and inspector of one trace, which may still be growing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from peek_tui.errors import UsageError
from peek_tui.render.text import clean_line
from peek_tui.state.browse import ERRORS, Browse
from peek_tui.state.goto import HINT, go_to
from peek_tui.state.live import Live
from peek_tui.state.prompt import Prompt
from peek_tui.state.tree import TreeView
from peek_tui.trace.model import Event
from peek_tui.trace.store import Store
from peek_tui.tui.actions import bindings
from peek_tui.tui.widgets.bars import KeysBar, TitleBar, TypesBar
from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree

from .help import Help

__all__ = ["Debug"]

_WIDE = 160
_TAIL_HZ = 10
_HOLD = 0.1
"""Seconds after a key in which what arrives is not painted: the key's own frame goes first."""


class Debug(Screen[None]):
    """Shows one store."""

    BINDINGS = bindings("debug")
    AUTO_FOCUS = "#timeline"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-mid"), (_WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]

    def __init__(self, store: Store, title: str, *, follow: bool = False) -> None:
        super().__init__()
        self._store = store
        self._heading = clean_line(title)
        self.browse = Browse(store.snapshot(), follow=follow)
        self.tree_view = TreeView(self.browse)
        self.live = Live(store)
        self.last_key = 0.0
        """When the last key came, by the steady clock."""
        self._prompt: Prompt | None = None
        self._last_painted = 0.0

    def compose(self) -> ComposeResult:
        yield TitleBar(self._heading)
        yield TypesBar()
        with Container(id="panes"):
            yield Timeline(self.browse)
            yield DecisionTree(self.tree_view, self._event)
            yield Inspector()
        yield KeysBar("debug")

    def on_mount(self) -> None:
        self._sync(changed=True)
        self.call_after_refresh(self._read_on)  # the first rows are seen before the others are read
        self.set_interval(1 / _TAIL_HZ, self._tick)

    # -- what arrives ----------------------------------------------------------------------------------------------

    @work(exclusive=True)
    async def _read_on(self) -> None:
        """Read what the file already holds, letting keys through between slices."""
        while self._store.advance():
            await asyncio.sleep(0)
            if monotonic() - self._last_painted > 1 / _TAIL_HZ:
                self._take_in()
        self._take_in()

    def _tick(self) -> None:
        if monotonic() - self.last_key < _HOLD or not self.is_current:
            return
        while self._store.advance():
            pass
        self._take_in()

    def _take_in(self) -> None:
        self._last_painted = monotonic()
        changed = self.browse.update(self._store.snapshot())
        if self.live.poll() or changed or self.browse.frozen:
            self._paint(changed=changed)

    # -- painting --------------------------------------------------------------------------------------------------

    def _sync(self, *, changed: bool) -> None:
        """Paint after a key, which also ends what was said about the one before."""
        self.query_one(KeysBar).sync(self._prompt, HINT)
        self._paint(changed=changed)

    def _paint(self, *, changed: bool) -> None:
        """Bring the widgets in step with the state; `changed` when rows other than the selected one may differ."""
        tree = self.query_one(DecisionTree)
        self.query_one(Timeline).sync(changed=changed)
        if tree.display:
            tree.sync(changed=changed)
        row = self.browse.selected if self.focused is tree else self.browse.row
        self.query_one(Inspector).show_event(None if row is None else self._event(row))
        self.query_one(TitleBar).sync(self.browse, self.live)
        self.query_one(TypesBar).sync(self.browse)

    def _event(self, row: int) -> Event:
        return self.query_one(Timeline).event_of(self.browse.snapshot.handle(row))

    def _say(self, text: str) -> None:
        """Say something in the place of the keys, until the next key."""
        self.query_one(KeysBar).say(text)

    # -- keys ------------------------------------------------------------------------------------------------------

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does, while a line is being typed; return whether it was taken."""
        self.last_key = monotonic()
        if self._prompt is None:
            return False
        if isinstance(event, events.Paste):
            self._prompt.paste(event.text)
        else:
            self._prompt.key(event.key, event.character)
        if self._prompt.done:
            self._go(self._prompt)
        else:
            self.query_one(KeysBar).sync(self._prompt, HINT)
        return True

    def action_move(self, by: int) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.move_to(inspector.selected + by)
            case DecisionTree():
                self.tree_view.move(by)
                self._sync(changed=False)
            case _:
                self.browse.move(by)
                self._sync(changed=False)

    def action_half(self, by: int) -> None:
        self.action_move(by * max(1, self._pane.page_height // 2))

    def action_page(self, by: int) -> None:
        self.action_move(by * self._pane.page_height)

    def action_start(self) -> None:
        if self._in_timeline:
            self.browse.go_start()
            self._sync(changed=False)
        else:
            self.action_move(-self._pane.lines)

    def action_end(self) -> None:
        if self._in_timeline:
            self.browse.go_end()
            self.browse.follow = self.live.may_grow
            self._sync(changed=False)
        else:
            self.action_move(self._pane.lines)

    def action_step(self, by: int) -> None:
        self._found(self.browse.step(by), "no further event of this agent")

    def action_seek_error(self, by: int) -> None:
        self._found(self.browse.seek(ERRORS, by), f"no {'later' if by > 0 else 'earlier'} error")

    def action_up(self) -> None:
        self._walk(self.tree_view.up, "this event belongs to nothing")

    def action_down(self) -> None:
        self._walk(self.tree_view.down, "nothing belongs to this event")

    def action_sibling(self, by: int) -> None:
        self._walk(lambda: self.tree_view.sibling(by), f"no {'later' if by > 0 else 'earlier'} event with this parent")

    def action_toggle_group(self, key: str) -> None:
        self.browse.toggle_group(key)
        self._sync(changed=True)

    def action_show_all(self) -> None:
        self.browse.show_all()
        self._sync(changed=True)

    def action_isolate(self) -> None:
        self.browse.isolate()
        self._sync(changed=True)

    def action_hide_selected(self) -> None:
        self.browse.hide_selected()
        self._sync(changed=True)

    def action_follow(self) -> None:
        if not self.browse.follow and not self.live.may_grow:
            self._say(f"the run is {self.live.status}: there is nothing to follow")
            return
        self.browse.toggle_follow()
        self._sync(changed=False)

    def action_freeze(self) -> None:
        self.browse.toggle_frozen()
        self._sync(changed=True)

    def action_tree(self) -> None:
        """Show the tree where there is room for one list only; elsewhere go to it, or back."""
        if self._in_timeline:
            self.add_class("-tree")
            self.set_focus(self.query_one(DecisionTree))
        else:
            self.action_back()
        self._sync(changed=True)

    def action_next_pane(self, by: int) -> None:
        panes = [pane for pane in self.query(RowView) if pane.display]
        here = next((at for at, pane in enumerate(panes) if pane is self.focused), 0)
        if len(panes) > 1:
            self.set_focus(panes[(here + by) % len(panes)])
            self._sync(changed=False)
        else:
            self.action_enter()

    def action_enter(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.toggle()
            case DecisionTree():
                self._fold(self.tree_view.toggle)
            case _:
                self.add_class("-event")
                self.set_focus(self.query_one(Inspector))

    def action_fold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.fold()
            case DecisionTree():
                self._fold(self.tree_view.fold)

    def action_unfold(self) -> None:
        match self.focused:
            case Inspector() as inspector:
                inspector.unfold()
            case DecisionTree():
                self._fold(self.tree_view.unfold)

    def action_fold_all(self) -> None:
        self._fold(self.tree_view.fold_all)

    def action_unfold_all(self) -> None:
        self._fold(self.tree_view.unfold_all)

    def action_back(self) -> None:
        self.remove_class("-event", "-tree")
        self.set_focus(self.query_one(Timeline))

    def action_leave(self) -> None:
        if not self._in_timeline:
            self.action_back()
            self._sync(changed=True)
        elif len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        else:
            self.app.exit()

    def action_help(self) -> None:
        self.app.push_screen(Help("debug"))

    # -- going somewhere -------------------------------------------------------------------------------------------

    def action_goto(self) -> None:
        self._prompt = Prompt(":")
        self.query_one(KeysBar).sync(self._prompt, HINT)

    def _go(self, prompt: Prompt) -> None:
        self._prompt = None
        self._sync(changed=False)
        if prompt.given and prompt.text.strip():
            try:
                go_to(self.browse, prompt.text)
                self._sync(changed=False)
            except UsageError as error:
                self._say(str(error))

    def on_row_view_clicked(self, event: RowView.Clicked) -> None:
        match event.view:
            case Inspector() as inspector:
                inspector.move_to(event.line)
                inspector.toggle()
            case DecisionTree():
                self.tree_view.move(event.line - self.tree_view.position)
                self._sync(changed=False)
            case _:
                self.browse.move(event.line - self.browse.position)
                self._sync(changed=False)

    def on_resize(self) -> None:
        """Put the panes in the order of the layout: with room for three columns, the tree comes first."""
        panes, tree = self.query_one("#panes"), self.query_one(DecisionTree)
        if self.size.width >= _WIDE:
            panes.move_child(tree, before=self.query_one(Timeline))
        else:
            panes.move_child(tree, after=self.query_one(Timeline))
        self.call_after_refresh(self._settle)

    def _settle(self) -> None:
        """Paint in the new layout; keys go to the timeline when the pane that had them has no room any more."""
        if self.focused is None or not self.focused.display:
            self.set_focus(self.query_one(Timeline))
        self._paint(changed=True)

    def on_unmount(self) -> None:
        self._store.close()

    def _found(self, found: bool, otherwise: str) -> None:
        if found:
            self._sync(changed=False)
        else:
            self._say(otherwise)

    def _walk(self, step: Callable[[], bool], otherwise: str) -> None:
        """Step along the tree, whether it is seen or not."""
        self.tree_view.update()
        self._found(step(), otherwise)

    def _fold(self, change: Callable[[], None]) -> None:
        self.tree_view.update()
        change()
        self._sync(changed=True)

    @property
    def _in_timeline(self) -> bool:
        return isinstance(self.focused, Timeline)

    @property
    def _pane(self) -> RowView:
        return self.focused if isinstance(self.focused, RowView) else self.query_one(Timeline)
