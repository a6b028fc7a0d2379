"""What every group of actions of the debugger stands on: the state, and how it is painted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual.css.query import NoMatches
from textual.message import Message
from textual.messages import Update
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Tooltip

from peek_tui.render.text import clean_line
from peek_tui.state.answers import Answers
from peek_tui.state.choosing import Choice
from peek_tui.state.inspect import Subject
from peek_tui.state.memory import Memory
from peek_tui.state.reader import Reader
from peek_tui.state.view import View
from peek_tui.trace.model import Event
from peek_tui.trace.store import Store
from peek_tui.tui.actions import ACTIONS, Keymap
from peek_tui.tui.compositor import LineCompositor
from peek_tui.tui.widgets.alerts import AlertsBar
from peek_tui.tui.widgets.bars import FilterBar, KeysBar, TitleBar, TypesBar
from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.rows import RowView
from peek_tui.tui.widgets.strip import StripBar
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree

if TYPE_CHECKING:
    from peek_tui.analysis.alerts import Alert

__all__ = ["BRISK", "SLOW", "DebugBase", "Manner"]

Child = TypeVar("Child", bound=Widget)

BRISK = 0.05
SLOW = 0.25
"""The pace at which is painted what arrives, on an ordinary line and on a slow one; in seconds."""


class Manner(NamedTuple):
    """How the debugger behaves, whatever it is opened on."""

    keymap: Keymap
    pace: float = BRISK
    """Seconds between two paintings of what arrives, at the least."""
    at_failure: bool = False
    """Whether a run that failed opens where it failed."""


class Parts(NamedTuple):
    """The widgets that show the state."""

    timeline: Timeline
    tree: DecisionTree
    inspector: Inspector
    title: TitleBar
    types: TypesBar
    filters: FilterBar
    strip: StripBar
    alerts: AlertsBar
    keys: KeysBar


class DebugBase(Screen[None]):
    """Shows one store."""

    def __init__(
        self,
        store: Store,
        title: str,
        *,
        follow: bool = False,
        memory: Memory | None = None,
        manner: Manner | None = None,
    ) -> None:
        super().__init__()
        self._compositor = LineCompositor()
        self.memory = memory
        self.manner = manner or Manner(Keymap(ACTIONS))
        self.keymap = self.manner.keymap
        self.heading = clean_line(title)
        self.reader = Reader(store)
        self.answers = Answers()
        self.view = View(self.reader.reading.snapshot, follow=follow)
        self.browse = self.view.browse
        self.tree_view = self.view.tree
        self.live = self.reader.live
        self._recalled = False
        self.recall()
        self.last_key = 0.0
        """When the last key came, by the steady clock."""
        self.first_tree = asyncio.Event()
        """Set when there is a tree: the first one is taken in whatever else is going on."""

    # -- from one time to the next ---------------------------------------------------------------------------------

    def recall(self) -> None:
        """Show the session as it was left, as soon as it is known which one it is."""
        if self.memory is not None and not self._recalled and self.view.session:
            self._recalled = True
            self.view.recall(self.memory, self.reader.paths)
            self.reader.show(self.browse.wanted)

    def remember(self) -> None:
        """Keep what is remembered of the session."""
        if self.memory is not None and self._recalled:
            self.view.keep(self.memory)

    # -- painting --------------------------------------------------------------------------------------------------

    def sync(self, *, changed: bool) -> None:
        """Paint after a key, which also ends what was said about the one before.

        `changed` when rows other than the selected one may differ.
        """
        self.parts.keys.sync()
        self.paint(changed=changed)

    def paint(self, *, changed: bool) -> None:
        """Bring the widgets in step with the state."""
        parts = self.parts
        parts.timeline.sync(changed=changed)
        if parts.tree.display:
            parts.tree.sync()
        row = self.browse.selected if self.focused is parts.tree else self.browse.row
        parts.inspector.show_subject(None if row is None else self.subject(row))
        parts.title.sync(self.view, self.live, self.reader.reading.lost)
        parts.types.sync(self.browse)
        parts.filters.sync(self.view)
        parts.strip.sync(self.view)
        parts.alerts.sync(self.view)

    def say(self, text: str) -> None:
        """Say something in the place of the keys, until the next key."""
        self.parts.keys.say(text)

    def tell(self, text: str) -> None:
        """Say what a key did, until the next key."""
        self.parts.keys.say(text, good=True)

    def choose(self, title: str, choices: list[Choice], chosen: Callable[[int | None], None]) -> None:
        """List things to choose from; `chosen` is told the number of the one that was, or None."""
        from peek_tui.tui.screens.chooser import Chooser

        self.app.push_screen(Chooser(title, choices), chosen)

    def go(self, step: Callable[[], object], otherwise: str = "") -> None:
        """Go somewhere far away, from where there is a way back; say `otherwise` when `step` returns False."""
        before = self.view.place
        found = step() is not False
        self.view.jumped(before)
        self.told(found, otherwise)

    def go_event(self, id: str) -> None:
        """Go to the event with this id; say so when the view, which may be frozen, does not have it."""
        handle = self.browse.snapshot.find(id)
        if handle is None:
            self.say(f"the frozen view does not have that event: {self.keymap.key('freeze')} lets it go on")
        else:
            self.go_row(self.browse.snapshot.row(handle))

    def go_row(self, row: int) -> None:
        """Go to the event in a row, out of the fold that hides it; say so when filters hide it."""
        self.go(lambda: self.browse.reveal(row))
        if not self.browse.is_visible(row):
            self.say(f"the filters hide that event: {self.keymap.key('filters')} turns them off")

    def told(self, found: bool, otherwise: str) -> None:
        """Paint after a key that looked for something, or say that there is none."""
        if found:
            self.sync(changed=False)
        else:
            self.say(otherwise)

    def arrived(self, alerts: Sequence[Alert] = ()) -> None:
        """Hear of events that were taken in, or of new alerts; who waits for some looks at them."""

    def end_follow(self) -> None:
        """Follow no more once the last event of a run that is over is selected: if it goes on, nothing moves."""
        reading = self.reader.reading
        if reading.over and self.browse.snapshot is reading.snapshot and self.view.waiting() is None:
            self.browse.follow = False

    # -- what is there ---------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> Parts:
        """The widgets, which are there as long as the screen is; to look for them took a fiftieth of a key."""
        one = self.query_one
        return Parts(
            one(Timeline),
            one(DecisionTree),
            one(Inspector),
            one(TitleBar),
            one(TypesBar),
            one(FilterBar),
            one(StripBar),
            one(AlertsBar),
            one(KeysBar),
        )

    def get_child_by_type(self, expect_type: type[Child]) -> Child:
        """Return a child. With each key Textual looks for a tooltip; that there is none it would say at length."""
        if expect_type is Tooltip:
            raise NoMatches
        return super().get_child_by_type(expect_type)

    def post_message(self, message: Message) -> bool:
        """Note at once which widget is to be painted again; as a message, each took a turn through Textual's queue."""
        if isinstance(message, Update) and self in self._compositor:
            self._dirty_widgets.add(message.widget)
            self.check_idle()
            return True
        return super().post_message(message)

    def event_of(self, handle: int) -> Event:
        """Return the event with a handle; those of a few screens are kept."""
        return self.parts.timeline.event_of(handle)

    def subject(self, row: int) -> Subject:
        """Return the event in a row with all that it is read beside."""
        snapshot, forest = self.browse.snapshot, self.tree_view.forest
        event = self.event_of(snapshot.handle(row))
        mark = next(reversed(self.view.marks.letters.values()), None)
        handle = None if mark is None else snapshot.find(mark)
        marked = None if handle is None else self.event_of(handle)
        grown = None if forest is None else forest.snapshot
        return Subject(event, snapshot, grown, marked, self.view.remarks(event.id))

    @property
    def stop_key(self) -> str:
        """The key that stops what goes on in the background."""
        return self.keymap.key("interrupt")

    @property
    def in_timeline(self) -> bool:
        return isinstance(self.focused, Timeline)

    @property
    def pane(self) -> RowView:
        """The pane that keys go to."""
        return self.focused if isinstance(self.focused, RowView) else self.parts.timeline

    def touched(self) -> None:
        """Note that a key came: what arrives waits until its frame is painted."""
        self.last_key = monotonic()
