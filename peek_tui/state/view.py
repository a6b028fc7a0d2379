"""One person's view of one trace: what is visible and selected, what is looked for, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from peek_tui.errors import UsageError
from peek_tui.trace.model import Event
from peek_tui.trace.query import NOTHING, Query, parse_query
from peek_tui.trace.store import Snapshot

from .answers import Found, Remark, Suspects
from .breakpoints import Breakpoints, like
from .browse import Browse
from .ends import counterpart
from .history import History
from .marks import Marks
from .marks_file import read_marks
from .memory import Memory, Remembered, session_of
from .open_calls import OpenCalls
from .play import Play
from .search import Search
from .seek import Seek
from .shown import Shown
from .times import Times
from .tree import Folding, TreeView
from .wait import Wait

__all__ = ["Place", "View"]


class Place(NamedTuple):
    """What undo brings back."""

    shown: Shown
    handle: int | None
    folding: Folding


class View:
    """Everything the debugger's screen shows but the screen itself."""

    def __init__(self, snapshot: Snapshot, *, follow: bool = False) -> None:
        self.browse = Browse(snapshot, follow=follow)
        self.tree = TreeView(self.browse)
        self.search: Search | None = None
        self.typed: dict[str, list[str]] = {"&": [], "/": [], ":": [], "type ": []}
        """The lines that were typed, by what stood before them; the newest last."""
        self.breakpoints = Breakpoints()
        self.times = Times()
        self.aside = 0
        """Columns of the summaries that are passed over, to read the ends of long ones."""
        self.marks = Marks()
        self.open_calls = OpenCalls()
        self.found = Found()
        """What analysis has found."""
        self.suspects = Suspects()
        """Who is to blame for the failure; nobody as long as nobody asked."""
        self.play: Play | None = None
        """The playing that goes on."""
        self._wait: Wait | None = None
        self.near = "llm_request"
        """The type that is gone to before and after the selected event."""
        self.marks_came = False
        """Whether the marks and notes came with the trace."""
        self._marked = False
        """Whether there were marks and notes when the session was opened, or the last time."""
        self.was_left = False
        """Whether it is remembered where one was in this session the last time."""
        self._left_at: str | None = None
        """The id of the event to be selected as soon as it has been read, unless somebody moves before that."""
        self._waits_at = self.browse.handle
        self._places: History[Place] = History()
        self._jumps: History[int] = History()

    def begin_again(self, snapshot: Snapshot) -> None:
        """Take a snapshot with other handles, for all was read again."""
        self.end_search()
        self.open_calls = OpenCalls()
        self.found, self.suspects = Found(), Suspects()
        self.play = self._wait = None
        self.times.marked = None
        self._places.clear()
        self._jumps.clear()
        self.browse.begin_again(snapshot)
        self.tree.begin_again()

    # -- the way back ----------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """What is shown now."""
        return Place(self.browse.wanted, self.browse.handle, self.tree.folding)

    def leave(self) -> None:
        """Remember what is shown, before filters, folds or the selection become something else.

        Before the first event there is no place to come back to.
        """
        if self.browse.handle is not None:
            self._places.leave(self.place)

    def jumped(self, place: Place) -> None:
        """Remember a place that was left for one far away."""
        if place.handle is not None and place.handle != self.browse.handle:
            self._places.leave(place)
            self._jumps.leave(place.handle)

    def undo(self) -> bool:
        """Take the last change of the view back; False when there is none."""
        return self._restore(self._places.back(self.place))

    def redo(self) -> bool:
        """Make the change again that was taken back last; False when there is none."""
        return self._restore(self._places.forward(self.place))

    def jump_back(self, by: int) -> bool:
        """Go to where the last jump came from (`by` -1), or forward again (1); False when there is no such place."""
        here = self.browse.handle
        if here is None:
            return False
        handle = self._jumps.back(here) if by < 0 else self._jumps.forward(here)
        if handle is not None:
            self.browse.select(self.browse.snapshot.row(handle))
        return handle is not None

    def _restore(self, place: Place | None) -> bool:
        if place is None:
            return False
        self.browse.show(place.shown)
        self.tree.folding = place.folding
        if place.handle is not None:
            self.browse.select(self.browse.snapshot.row(place.handle))
        return True

    # -- from one time to the next ---------------------------------------------------------------------------------

    @property
    def session(self) -> str:
        """The first session of the trace, under which things are remembered; `""` while none is known."""
        return session_of(self.browse.snapshot)

    def keep(self, memory: Memory) -> None:
        """Have what is worth it remembered of the session, if it is known which one it is."""
        snapshot, wanted, row = self.browse.snapshot, self.browse.wanted, self.browse.selected
        if not self.session:
            return
        memory.keep(
            self.session,
            Remembered(
                letters=self.marks.letters,
                notes=self.marks.notes,
                filters=list(wanted.filters),
                hidden=sorted(wanted.hidden),
                only=wanted.only,
                off=wanted.off,
                breakpoints={str(each): each.enabled for each in self.breakpoints.all},
                event=None if row is None or self.browse.follow else snapshot.event(row).id,
                marked=self._marked or len(self.marks) > 0,
            ),
        )

    def recall(self, memory: Memory, traces: Sequence[Path] = ()) -> None:
        """Show the session as it was left; its event as soon as it has been read.

        As long as there never were marks and notes of one's own, those that came with the traces are shown.
        """
        if not self.session:
            return
        remembered = memory.recall(self.session)
        own = Marks(remembered.letters, remembered.notes)
        had_some = remembered.marked or len(own) > 0
        self.marks = own if had_some else read_marks(traces)
        self.marks_came = not had_some and len(self.marks) > 0
        self._marked = had_some or self.marks_came
        shown = Shown(frozenset(remembered.hidden), remembered.only)
        # a text may be of another version, whose language had other terms
        for text in remembered.filters:
            with suppress(UsageError):
                shown = shown.with_filter(text)
        for text, enabled in remembered.breakpoints.items():
            with suppress(UsageError):
                self.breakpoints.add(text, enabled=enabled)
        self.browse.show(shown._replace(off=remembered.off))
        self.was_left = remembered.event is not None
        self._left_at = None if self.browse.follow else remembered.event
        self.go_where_left()

    def go_where_left(self) -> bool:
        """Select the event that was selected when the session was left, once it is there; say whether it was now."""
        here = self.browse.handle
        if self._left_at is None or here != self._waits_at:
            self._left_at = None
            return False
        handle = self.browse.snapshot.find(self._left_at)
        if handle is None:
            return False
        self._left_at = None
        self.browse.select(self.browse.snapshot.row(handle))
        return True

    # -- going somewhere -------------------------------------------------------------------------------------------

    def seek(self, query: Query, by: int) -> Seek:
        """Return what looks for the next (1) or previous (-1) visible event that a query wants."""
        row = self.browse.selected
        return Seek(self.browse.snapshot, self.browse.rows, -1 if row is None else row, query, by)

    def wait(self, known: Snapshot) -> Wait:
        """Follow the newest event, and wait for one at which to stop, behind a snapshot that holds none."""
        self.browse.go_end()
        self.browse.follow = True
        self._wait = Wait(self.browse, self.breakpoints, known)
        return self._wait

    def waiting(self) -> Wait | None:
        """Return the waiting that goes on; it has ended as soon as the newest event is not followed any more."""
        if self._wait is not None and not self._wait.goes_on:
            self._wait = None
        return self._wait

    def end_wait(self) -> bool:
        """Wait no more; False when nobody did."""
        waited, self._wait = self.waiting(), None
        return waited is not None

    def next_alert(self, by: int) -> Query:
        """Return the query for the next (1) or previous (-1) visible row in which an alert begins."""
        rows, row = self.browse.rows, self.browse.selected
        while row is not None and (row := self.found.next_row(row, by)) is not None:
            at = bisect_left(rows, row)
            if at < len(rows) and rows[at] == row:
                return parse_query(f"row>={row} row<={row}")
        return NOTHING

    def same_kind(self) -> Query:
        """Return the query for events of the selected one's type and name."""
        event = self.selected
        return NOTHING if event is None else like(event)

    def cross(self) -> bool:
        """Select the result of the selected call, or the call of the selected result; False when there is none."""
        row = self.browse.selected
        found = None if row is None else counterpart(self.browse.snapshot, row)
        if found is not None:
            self.browse.select(found)
        return found is not None

    def remarks(self, id: str) -> tuple[Remark, ...]:
        """Return what is to be said of an event before what it says itself."""
        note = self.marks.notes.get(id)
        return (*self.found.remarks(id), *self.suspects.remarks(id), *([Remark("note", note)] if note else ()))

    def sign(self, event: Event) -> str:
        """Return the sign before an event's row: a mark, `●` where a breakpoint stops, `/` where the text is found."""
        if mark := self.marks.sign(event.id):
            return mark
        row = self.browse.snapshot.row(event.handle)
        if self.breakpoints.stops_at(self.browse.snapshot, row):
            return "●"
        if self.search is not None and self.search.holds(row):
            return "/"
        return ""

    @property
    def selected(self) -> Event | None:
        """The selected event."""
        row = self.browse.row
        return None if row is None else self.browse.snapshot.event(row)

    # -- looking for a text ----------------------------------------------------------------------------------------

    def look_for(self, text: str) -> Search:
        """Begin to look for a text; whoever calls starts it."""
        self.end_search()
        self.search = Search(self.browse.snapshot, text)
        return self.search

    def end_search(self) -> None:
        """Look for nothing any more."""
        if self.search is not None:
            self.search.stop()
        self.search = None

    def newer_search(self) -> Search | None:
        """Return a search that goes on where the last one was stopped, or over what came since, in its place.

        None when there is nothing more to look at.
        """
        search, snapshot = self.search, self.browse.snapshot
        if search is None or not search.done or (search.snapshot is snapshot and not search.stopped):
            return None
        self.search = search.over(snapshot)
        return self.search

    def seek_hit(self, by: int, *, here: bool = False) -> bool:
        """Select the next (1) or previous (-1) event that holds the text, around the end if need be.

        With `here` the selected one is as good as the next. False when none is known.
        """
        search, row = self.search, self.browse.selected
        if search is None or row is None:
            return False
        rows = self.browse.rows
        hit = search.next(rows, row - by if here else row, by)
        if hit is None and search.done:
            hit = search.next(rows, -1 if by > 0 else len(self.browse.snapshot), by)
        if hit is not None:
            self.browse.go_row(hit)
        return hit is not None
