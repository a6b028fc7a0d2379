"""How far somebody has come in a trace that may still grow, and whether what they know still holds."""

from __future__ import annotations

from peek_tui.trace.snapshot import Snapshot

__all__ = ["Progress"]


class Progress:
    """Tells from one snapshot of a store to the next which rows are new."""

    def __init__(self) -> None:
        self._seen: Snapshot | None = None

    def start(self, snapshot: Snapshot) -> int:
        """Return the first new row of a newer snapshot, and take all of them as seen.

        0 also when the rows before are not where they were: a file was read again, or a late one put events among them.
        """
        start = 0 if self._seen is None or _has_moved(snapshot, self._seen) else len(self._seen)
        self._seen = snapshot
        return start

    def is_new(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot has rows that were not seen, or others than were seen."""
        seen = self._seen
        return seen is None or len(snapshot) > len(seen) or not snapshot.is_of_reading(seen)


def _has_moved(snapshot: Snapshot, seen: Snapshot) -> bool:
    return not snapshot.is_of_reading(seen) or snapshot.same_rows(seen) < len(seen)
