"""How far somebody has come in a trace that may still grow, and whether what they know still holds."""

from __future__ import annotations

from peek_tui.trace.snapshot import Snapshot

__all__ = ["Progress"]


class Progress:
    """Tells from one snapshot of a store to the next which rows are new."""

    def __init__(self) -> None:
        self._seen: Snapshot | None = None

    def start(self, snapshot: Snapshot) -> int:
        """Return the first row of a newer snapshot that is not one of those seen, and take all of them as seen.

        That is not the first new one when a late file put events among those seen, and 0 when a file was read again.
        """
        seen, self._seen = self._seen, snapshot
        return 0 if seen is None or not snapshot.is_of_reading(seen) else snapshot.same_rows(seen)

    def is_new(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot has rows that were not seen, or others than were seen."""
        seen = self._seen
        return seen is None or len(snapshot) > len(seen) or not snapshot.is_of_reading(seen)
