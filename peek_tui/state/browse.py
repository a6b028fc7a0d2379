"""Moving through a trace: what is visible, what is selected, whether the view follows the newest event."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from peek_tui.render.words import group_of
from peek_tui.trace.query import Query, exactly, parse_query
from peek_tui.trace.store import Snapshot

from .shown import Shown
from .visible import Visible

__all__ = ["ERRORS", "Browse"]

ERRORS = parse_query("error")


class Browse(Visible):
    """The view of one trace.

    The selection is a handle, so it stays on its event whatever arrives or is hidden; while its event is hidden the
    nearest visible one before it stands in.
    """

    def __init__(self, snapshot: Snapshot, *, follow: bool = False) -> None:
        super().__init__(snapshot)
        self.follow = follow
        """Whether the newest event is selected as events arrive."""
        self.waiting: Snapshot | None = None
        """While the view is frozen, the newest snapshot it does not show yet."""
        self._frozen = False
        self._handle = snapshot.handle(0) if len(snapshot) else None
        if follow:
            self.go_end()

    # -- what arrives ----------------------------------------------------------------------------------------------

    def update(self, snapshot: Snapshot) -> bool:
        """Take a newer snapshot, and return whether what is visible may have changed."""
        if self._frozen:
            self.waiting = snapshot
            return False
        if snapshot is self.snapshot:
            return False
        if self.sift is not None:
            self._newer = snapshot
            return False
        return self._turn(snapshot, self.shown)

    def begin_again(self, snapshot: Snapshot) -> None:
        """Take a snapshot with other handles, for all was read again; the selection stays at its place in the list."""
        position = self.position
        self.waiting, self._handle = None, None
        self._begin_again(snapshot)
        self._handle = snapshot.handle(0) if len(snapshot) else None
        self._select(len(self.rows) - 1 if self.follow else position)

    @property
    def frozen(self) -> bool:
        """Whether the view stands still while events arrive."""
        return self._frozen

    def toggle_frozen(self) -> None:
        """Stand still, or take in at once what has arrived meanwhile."""
        self._frozen = not self._frozen
        if not self._frozen and self.waiting is not None:
            snapshot, self.waiting = self.waiting, None
            self.update(snapshot)

    @property
    def behind(self) -> int:
        """How many events have arrived that a frozen view does not show."""
        return len(self.waiting) - len(self.snapshot) if self.waiting is not None else 0

    def toggle_follow(self) -> None:
        """Follow the newest event, or stop following."""
        if self.follow:
            self.follow = False
        else:
            self.go_end()
            self.follow = True

    # -- the selection ---------------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Where the selection stands among the visible rows; 0 when nothing is visible."""
        if self._handle is None or not self.rows:
            return 0
        return max(0, bisect_right(self.rows, self.snapshot.row(self._handle)) - 1)

    @property
    def row(self) -> int | None:
        """The selected row, or None when nothing is visible."""
        return self.rows[self.position] if self.rows else None

    def move(self, by: int) -> None:
        """Select the visible event `by` further down; up, and the view stops following."""
        self._go(self.position + by)

    def go_start(self) -> None:
        self._go(0)

    def go_end(self) -> None:
        """Select the last visible event; a view of a growing trace follows it."""
        self._go(len(self.rows) - 1)

    def go_row(self, row: int) -> None:
        """Select the visible event in this row, or the nearest before it."""
        self._go(max(0, bisect_right(self.rows, row) - 1))

    def select(self, row: int) -> None:
        """Select the event in this row, visible or not; a hidden one is shown by the visible one before it."""
        before = self.position
        self._handle = self.snapshot.handle(row)
        if self.position < before:
            self.follow = False

    def reveal(self, row: int) -> None:
        """Select the event in this row, and open the fold that hides it, if one does."""
        if self.skim is not None and not self.is_visible(row):
            at = bisect_right(self.rows, row) - 1
            if at >= 0:
                self.open_fold(self.rows[at])
        self.select(row)

    @property
    def selected(self) -> int | None:
        """The row of the selected event, also while it is hidden; None in an empty trace."""
        return None if self._handle is None else self.snapshot.row(self._handle)

    @property
    def handle(self) -> int | None:
        """The handle of the selected event, also while it is hidden; None in an empty trace."""
        return self._handle

    def go_percent(self, percent: float) -> None:
        """Select the event at this part of the visible ones: 0 is the first, 100 the last."""
        share = min(100.0, max(0.0, percent)) / 100
        self._go(round(share * (len(self.rows) - 1)))

    def go_time(self, ts: int) -> None:
        """Select the first visible event that is not older than `ts`, nanoseconds since 1970 UTC."""
        self._go(bisect_left(self.rows, self.snapshot.at_time(ts)))

    def step(self, by: int) -> bool:
        """Select the next (`by` 1) or previous (-1) visible event of the selected one's agent; False at the end."""
        if self.row is None:
            return False
        return self.seek(exactly("agent", [self.snapshot.agent(self.row)]), by)

    def seek(self, query: Query, by: int) -> bool:
        """Select the next (`by` 1) or previous (-1) visible event that `query` wants; False when there is none."""
        rows = self.rows[self.position + 1 :] if by > 0 else self.rows[: self.position]
        row = next(self.snapshot.matching(query, rows, reverse=by < 0), None)
        if row is not None:
            self.go_row(row)
        return row is not None

    # -- what is visible -------------------------------------------------------------------------------------------

    def toggle_group(self, key: str) -> None:
        """Show or hide the types of one group."""
        wanted = self.wanted
        self.show(wanted._replace(hidden=wanted.hidden ^ {key}, only=None, off=False))

    def show_all(self) -> None:
        """Show every type."""
        self.show(self.wanted._replace(hidden=frozenset(), only=None))

    def isolate(self) -> None:
        """Show only the selected event's type; again, everything."""
        row = self.row if self.wanted.only is None else None
        self.show(self.wanted._replace(only=None if row is None else self.snapshot.type(row), off=False))

    def hide_selected(self) -> None:
        """Hide the group of the selected event."""
        if self.row is not None:
            self.toggle_group(group_of(self.snapshot.type(self.row)).key)

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _go(self, position: int) -> None:
        before = self.position
        self._select(position)
        if self.position < before:
            self.follow = False

    def _take(self, snapshot: Snapshot, shown: Shown, rows: Sequence[int]) -> None:
        """Show these rows; the selection stays on its event, or goes to the newest that came."""
        newer = snapshot is not self.snapshot
        super()._take(snapshot, shown, rows)
        if self._handle is None and len(snapshot):
            self._handle = snapshot.handle(0)
        if newer and self.follow:
            self._select(len(rows) - 1)

    def _select(self, position: int) -> None:
        if self.rows:
            self._handle = self.snapshot.handle(self.rows[min(len(self.rows) - 1, max(0, position))])
