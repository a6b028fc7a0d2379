"""Waiting on a run that goes on for what stops it: the first event that a breakpoint wants, or the first alert."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING

from peek_tui.trace.query import any_of
from peek_tui.trace.store import Snapshot

from .breakpoints import ALERTS, Breakpoints
from .browse import Browse
from .seek import Seek

if TYPE_CHECKING:
    from peek_tui.analysis.alerts import Alert

__all__ = ["Wait"]


class Wait:
    """Looks at what arrives, each event once. It goes on as long as the view follows the newest event."""

    def __init__(self, browse: Browse, breakpoints: Breakpoints, known: Snapshot) -> None:
        """Begin where all of `known` has been looked at: what is visible may be newer by now."""
        self._browse = browse
        self._breakpoints = breakpoints
        self._began = len(known)
        self._known = known
        """All of it has been looked at."""

    @property
    def goes_on(self) -> bool:
        """Whether nobody has moved away."""
        return self._browse.follow

    def seek(self) -> Seek | None:
        """Return what looks through the visible events that came since the last call, if any did."""
        browse, known = self._browse, self._known
        snapshot = self._known = browse.snapshot
        first = bisect_left(browse.rows, snapshot.same_rows(known))
        come = [row for row in browse.rows[first:] if snapshot.handle(row) >= len(known)]  # also into earlier rows
        return Seek(snapshot, come, -1, any_of([self._breakpoints.query, ALERTS]), 1) if come else None

    def alerted(self, alerts: Iterable[Alert]) -> int | None:
        """Return the row of the event that the first of these alerts came with; None for what was there before."""
        snapshot = self._browse.snapshot
        rows = (alert.last_row for alert in alerts if alert.last_row < len(snapshot))
        return next((row for row in rows if snapshot.handle(row) >= self._began), None)
