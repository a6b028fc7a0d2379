"""Which rows of a trace are visible, as it grows and as filters change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from peek_tui.render.words import GROUPS, group_of
from peek_tui.trace.store import Snapshot

from .shown import Shown
from .sift import Sift, at_once
from .skim import Skim

__all__ = ["Visible"]


class Visible:
    """A snapshot and those of its rows that the filters show; the three change together.

    A filter for which lines must be read takes its time. Until its rows are known, what was visible stays so, and
    whoever shows it starts the `sift`, and calls `sifted` when it tells something.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.shown = Shown()
        self.rows: Sequence[int] = snapshot.rows()
        """The visible rows, in order."""
        self.skim: Skim | None = None
        """While runs of unimportant rows are folded, which."""
        self.stops: Sequence[int] = ()
        """Rows at which one should stop when skimming, whatever their importance: where alerts begin."""
        self._unfolded = self.rows
        self._opened: set[int] = set()
        """The first events, as handles, of runs that were opened again."""
        self.sift: Sift | None = None
        """The view that is being worked out."""
        self._newer: Snapshot | None = None
        """What came meanwhile."""

    @property
    def wanted(self) -> Shown:
        """The filters that were asked for last, which may not be those of the rows yet."""
        return self.shown if self.sift is None else self.sift.shown

    @property
    def filtered(self) -> bool:
        """Whether some events are hidden."""
        return not self.shown.everything

    def is_visible(self, row: int) -> bool:
        """Whether a row is shown."""
        at = bisect_left(self.rows, row)
        return at < len(self.rows) and self.rows[at] == row

    def counts(self) -> list[tuple[str, str, int, bool]]:
        """Return key, name, number of events and whether it is shown, for every group."""
        counts = dict.fromkeys((group.key for group in GROUPS), 0)
        for type, number in self.snapshot.types().items():
            counts[group_of(type).key] += number
        return [(group.key, group.name, counts[group.key], self.wanted.shows(group.key)) for group in GROUPS]

    def show(self, shown: Shown) -> None:
        """Change the filters."""
        if shown != self.wanted:
            self.cancel()
            self._turn(self._newer or self.snapshot, shown)

    def passing(self, snapshot: Snapshot) -> Sequence[int]:
        """Return the rows that pass the filters, folded or not, as this snapshot or an earlier one numbers them."""
        rows, mine = self._unfolded, self.snapshot
        if snapshot is mine:
            return rows
        at = bisect_left(rows, mine.same_rows(snapshot))
        moved = (mine.handle(row) for row in rows[at:])
        return [*rows[:at], *sorted(snapshot.row(handle) for handle in moved if handle < len(snapshot))]

    def stop_at(self, rows: Sequence[int]) -> None:
        """Fold none of these rows when skimming, whatever their importance."""
        if rows != self.stops:
            self.stops = rows
            self._lay_out(self._unfolded)

    def toggle_skim(self) -> None:
        """Fold runs of unimportant rows, or show all rows again."""
        self._opened.clear()
        self.skim = None if self.skim is not None else Skim(self.snapshot, self._unfolded, stops=self.stops)
        self.rows = self._unfolded if self.skim is None else self.skim.rows

    def open_fold(self, row: int) -> bool:
        """Show the rows that this one stands for; False when it stands for itself."""
        if self.skim is None or self.skim.fold(row) is None:
            return False
        self._opened.add(self.snapshot.handle(row))
        self._lay_out(self._unfolded)
        return True

    def cancel(self) -> bool:
        """Give up what is being worked out, and return whether there was anything."""
        sift, self.sift = self.sift, None
        if sift is not None:
            sift.stop()
        return sift is not None

    def sifted(self) -> bool:
        """Take what has been worked out, and return whether that changed what is visible."""
        sift = self.sift
        if sift is None or not sift.done:
            return False
        self.sift = None
        self._take(sift.snapshot, sift.shown, sift.rows)
        if self._newer is not None:
            self._turn(self._newer, self.shown)
        return True

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _turn(self, snapshot: Snapshot, shown: Shown) -> bool:
        """Show this snapshot under these filters, now if that can be; return whether it is so."""
        kept, start = self._kept(snapshot, shown)
        rows = at_once(snapshot, shown.in_timeline(snapshot), start)
        if rows is None:
            self._newer = snapshot if snapshot is not self.snapshot else None
            self.sift = Sift(snapshot, shown, kept, start)
            return False
        self._newer = None
        self._take(snapshot, shown, [*kept, *rows] if kept and rows else kept or rows)
        return True

    def _kept(self, snapshot: Snapshot, shown: Shown) -> tuple[Sequence[int], int]:
        """Return what need not be looked at again, as long as the rows that were there have not moved."""
        settled = snapshot.same_rows(self.snapshot)
        same = shown == self.shown and not shown.everything and snapshot is not self.snapshot
        return (self._unfolded, settled) if same and settled >= len(self.snapshot) else ((), 0)

    def _begin_again(self, snapshot: Snapshot) -> None:
        """Show a snapshot that has nothing to do with the one before; nothing until it is known what."""
        shown = self.wanted
        self.cancel()
        self._newer, self.rows, self.shown = None, (), shown
        self._unfolded = self.rows
        self._opened.clear()
        self.skim = None
        if snapshot is not self.snapshot:
            self.snapshot = snapshot
        rows = at_once(snapshot, shown.in_timeline(snapshot), 0)
        if rows is None:
            self.sift = Sift(snapshot, shown, (), 0)
        else:
            self._lay_out(rows)

    def _take(self, snapshot: Snapshot, shown: Shown, rows: Sequence[int]) -> None:
        self.snapshot, self.shown = snapshot, shown
        if self.skim is None or rows is not self._unfolded:
            self._lay_out(rows)

    def _lay_out(self, rows: Sequence[int]) -> None:
        self._unfolded = rows
        if self.skim is not None:
            self.skim = Skim(self.snapshot, rows, self._opened, self.stops, self.skim)
        self.rows = rows if self.skim is None else self.skim.rows
