"""The debugger's screen: timeline and inspector of one trace, which may still be growing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from peek_tui.errors import InputError, UsageError
from peek_tui.render.text import clean_line
from peek_tui.state.browse import ERRORS, Browse
from peek_tui.state.goto import HINT, go_to
from peek_tui.state.prompt import Prompt
from peek_tui.state.reader import Reader, Reading
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
_HOLD = 0.1
"""Seconds after a key, and after what arrived was painted, in which nothing that arrives is painted."""
_PATIENCE = 0.5
"""Seconds for which a key that needs the tree waits for the first one."""


class Debug(Screen[None]):
    """Shows one store."""

    class News(Message):
        """The reader has read something."""

    BINDINGS = bindings("debug")
    AUTO_FOCUS = "#timeline"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-mid"), (_WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]

    def __init__(self, store: Store, title: str, *, follow: bool = False) -> None:
        super().__init__()
        self._heading = clean_line(title)
        self.reader = Reader(store)
        self.browse = Browse(self.reader.reading.snapshot, follow=follow)
        self.tree_view = TreeView(self.browse)
        self.live = self.reader.live
        self.last_key = 0.0
        """When the last key came, by the steady clock."""
        self._prompt: Prompt | None = None
        self._edition = 0
        self._last_taken = 0.0
        self._first_tree = asyncio.Event()
        """Set when there is a tree: the first one is taken in whatever else is going on."""
        self._held: Timer | None = None

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
        self.call_after_refresh(self.reader.start, self._tell)  # the first rows are seen before the others are read

    # -- what arrives ----------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.News())

    def on_debug_news(self) -> None:
        """Take in what has been read, unless a key's own frame, or the last of these, was painted just now."""
        if self.reader.failure is not None:
            self._give_up(self.reader.failure)
            return
        wait = max(self.last_key, self._last_taken) + _HOLD - monotonic()
        if wait <= 0 or not self._first_tree.is_set():
            self._take_in()
        elif self._held is None:
            self._held = self.set_timer(wait, self._let_go)

    def _begin_again(self, reading: Reading) -> bool:
        """Take what was read again from the beginning; a view that is frozen stays what it is, even so."""
        if self.browse.frozen:
            return False
        self._edition = reading.edition
        self.query_one(Timeline).event_of.cache_clear()
        self.query_one(Inspector).show_event(None)
        self.browse.begin_again(reading.snapshot)
        self.tree_view.begin_again()
        return True

    def _give_up(self, failure: Exception) -> None:
        """Keep showing what was read, when a file cannot be; anything else is a defect, and ends the program."""
        if not isinstance(failure, InputError):
            raise failure
        self._take_in()
        self._say(f"nothing more is read: {failure}")

    def _let_go(self) -> None:
        self._held = None
        self.on_debug_news()

    def on_screen_resume(self) -> None:
        self._take_in()

    def _take_in(self) -> None:
        if not self.is_current:
            return
        self._last_taken = monotonic()
        reading = self.reader.reading
        changed = (
            self._begin_again(reading) if reading.edition != self._edition else self.browse.update(reading.snapshot)
        )
        if not self.browse.frozen:
            self.tree_view.take(reading.forest)
        if self.tree_view.forest is not None:
            self._first_tree.set()
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
        self.query_one(Inspector).show_event(None if row is None else self._event(self.browse.snapshot.handle(row)))
        self.query_one(TitleBar).sync(self.browse, self.live, self.reader.reading.lost)
        self.query_one(TypesBar).sync(self.browse)

    def _event(self, handle: int) -> Event:
        return self.query_one(Timeline).event_of(handle)

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
            self.action_move(-self._length)

    def action_end(self) -> None:
        if self._in_timeline:
            self.browse.go_end()
            self.browse.follow = self.live.may_grow
            self._sync(changed=False)
        else:
            self.action_move(self._length)

    def action_step(self, by: int) -> None:
        self._found(self.browse.step(by), "no further event of this agent")

    def action_seek_error(self, by: int) -> None:
        self._found(self.browse.seek(ERRORS, by), f"no {'later' if by > 0 else 'earlier'} error")

    async def action_up(self) -> None:
        await self._walk(self.tree_view.up, "this event belongs to nothing")

    async def action_down(self) -> None:
        await self._walk(self.tree_view.down, "nothing belongs to this event")

    async def action_sibling(self, by: int) -> None:
        which = "later" if by > 0 else "earlier"
        await self._walk(lambda: self.tree_view.sibling(by), f"no {which} event with this parent")

    def action_toggle_group(self, key: str) -> None:
        self.browse.toggle_group(key)
        self._refiltered()

    def action_show_all(self) -> None:
        self.browse.show_all()
        self._refiltered()

    def action_isolate(self) -> None:
        self.browse.isolate()
        self._refiltered()

    def action_hide_selected(self) -> None:
        self.browse.hide_selected()
        self._refiltered()

    def action_follow(self) -> None:
        if not self.browse.follow and not self.live.may_grow:
            self._say(f"the run is {self.live.status}: there is nothing to follow")
            return
        self.browse.toggle_follow()
        self._sync(changed=False)

    def action_freeze(self) -> None:
        self.browse.toggle_frozen()
        self._take_in()
        self._sync(changed=True)

    async def action_tree(self) -> None:
        """Show the tree where there is room for one list only; elsewhere go to it, or back."""
        if self._in_timeline:
            await self._tree_there()
            self.add_class("-tree")
            self.set_focus(self.query_one(DecisionTree))
        else:
            self.action_back()
        self._sync(changed=True)

    async def action_next_pane(self, by: int) -> None:
        await self._tree_there()
        panes = [pane for pane in self.query(RowView) if pane.display]
        here = next((at for at, pane in enumerate(panes) if pane is self.focused), 0)
        self.set_focus(panes[(here + by) % len(panes)])
        self._sync(changed=False)

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
        self.reader.stop()

    def _found(self, found: bool, otherwise: str) -> None:
        if found:
            self._sync(changed=False)
        else:
            self._say(otherwise)

    async def _walk(self, step: Callable[[], bool], otherwise: str) -> None:
        """Step along the tree, whether it is seen or not."""
        await self._tree_there()
        self._found(step(), otherwise if self._first_tree.is_set() else "the tree is not there yet")

    async def _tree_there(self) -> None:
        """Wait for the first tree, which just after the start is a moment away, so that no key comes too early."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._first_tree.wait(), _PATIENCE)

    def _fold(self, change: Callable[[], None]) -> None:
        change()
        self._sync(changed=True)

    def _refiltered(self) -> None:
        self.reader.shown = self.browse.shown
        self._sync(changed=True)

    @property
    def _in_timeline(self) -> bool:
        return isinstance(self.focused, Timeline)

    @property
    def _length(self) -> int:
        """How many lines the pane has; the tree just called for has them before it is laid out."""
        return len(self.tree_view) if isinstance(self.focused, DecisionTree) else self._pane.lines

    @property
    def _pane(self) -> RowView:
        return self.focused if isinstance(self.focused, RowView) else self.query_one(Timeline)
