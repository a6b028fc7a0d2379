"""The whole run in one line: how much happened when, and where errors, alerts, marks and the selection lie.

Columns are equal spans of the run's time. Everything is read from columns of the index, so two million events take some
tens of milliseconds; numpy is imported where it is used, for the first screen must not wait for it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from peek_tui.trace.query import of_types
from peek_tui.trace.store import Snapshot

from .browse import ERRORS

__all__ = ["Signs", "Strip"]

_LEVELS = "▁▂▃▄▅▆▇█"
_ALERTS = of_types(["refusal", "policy_violation", "behavior_alert"])


class Signs(NamedTuple):
    """What a strip shows, a character a column."""

    amounts: str
    """How much happened; a blank where nothing did."""
    signs: str
    """`✗` where something failed, `!` where something objected, a blank elsewhere."""


class Strip:
    """A snapshot laid out over so many columns."""

    def __init__(self, snapshot: Snapshot, width: int, alerts: Sequence[int] = ()) -> None:
        """`alerts` are rows in which analysis points at something."""
        self.snapshot = snapshot
        self.alerts = alerts
        self.width = width
        self._firsts = _firsts(snapshot, width)
        """The first row of each column."""
        self.signs = Signs(self._amounts(), self._signs())

    def column(self, row: int) -> int:
        """Return the column a row lies in."""
        return max(0, bisect_right(self._firsts, row) - 1)

    def row(self, column: int) -> int | None:
        """Return the first row of a column, or of the next one in which anything happened; None in an empty trace."""
        if not len(self.snapshot):
            return None
        return min(len(self.snapshot) - 1, self._firsts[min(max(0, column), self.width - 1)])

    def _amounts(self) -> str:
        ends = [*self._firsts[1:], len(self.snapshot)]
        counts = [end - first for first, end in zip(self._firsts, ends, strict=True)]
        most = max(counts, default=0) ** 0.5
        steps = len(_LEVELS) - 1
        return "".join(_LEVELS[round(steps * count**0.5 / most)] if count else " " for count in counts)

    def _signs(self) -> str:
        signs = [" "] * self.width
        for sign, query in (("✗", ERRORS), ("!", _ALERTS)):
            for column in self._columns(self.snapshot.decided_rows(query) or ()):
                signs[column] = sign
        for column in self._columns(self.alerts):
            signs[column] = "!"
        return "".join(signs)

    def _columns(self, rows: Sequence[int]) -> set[int]:
        if not len(rows):
            return set()
        import numpy as np

        found = np.searchsorted(np.asarray(self._firsts), np.asarray(rows), side="right") - 1
        return set(np.unique(found).tolist())


def _firsts(snapshot: Snapshot, width: int) -> list[int]:
    """Return the first row of each of `width` equal spans of time; of equal parts, where all is one moment."""
    import numpy as np

    length = len(snapshot)
    first, last = snapshot.span()
    if last <= first:
        return [length * column // width for column in range(width)]
    edges = first + (np.arange(width, dtype=np.float64) * (last - first) / width).astype(np.int64)
    rows: list[int] = snapshot.rows_at(edges).tolist()
    rows[0] = 0
    return rows
