"""Skimming: runs of visible events that nobody would stop at become one row each, which says what it hides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from peek_tui.analysis.skim import THRESHOLD, low_runs, what_is_hidden
from peek_tui.render.units import count
from peek_tui.render.words import group_of
from peek_tui.trace.store import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Fold", "Skim"]


class Fold(NamedTuple):
    """A row that stands for a run of events."""

    events: int
    text: str
    """What it hides, by groups of types."""


class Skim:
    """Visible rows, of which runs of unimportant ones are folded into their first."""

    def __init__(
        self,
        snapshot: Snapshot,
        rows: Sequence[int],
        opened: Collection[int] = (),
        stops: Sequence[int] = (),
        before: Skim | None = None,
    ) -> None:
        """Fold the rows; `opened` are the handles of runs that stay as they are, by their first event.

        `stops` are rows at which one should stop for another reason than their own importance; `before` is what was
        folded a moment ago: what has stayed as it was is not folded again.
        """
        import numpy as np

        self._snapshot = snapshot
        self._opened = frozenset(opened)
        self.rows: Sequence[int] = rows
        self._firsts: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self._folds: dict[int, Fold] = {}
        """Those that were asked for, by their row: a line is drawn many times."""
        self._places: NDArray[np.int64] = np.arange(0)
        self._weights: NDArray[np.float64] = np.zeros(0)
        importance = snapshot.columns.importance
        if importance is None or not len(rows):
            return
        self._places = places = np.arange(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows)
        self._weights = importance[places]
        self._weights[_found(places, stops)] = 1.0
        start = 0 if before is None else self._settled(before)
        self.rows = [*([] if before is None else self._keep(before, start)), *self._fold_from(start)]

    def _settled(self, before: Skim) -> int:
        """Return up to where, by place, all is as it was, and no run goes on beyond."""
        import numpy as np

        moved = self._snapshot.same_rows(before._snapshot) < len(before._snapshot)
        if moved or self._opened != before._opened:
            return 0
        length = min(len(self._places), len(before._places))
        same = self._places[:length] == before._places[:length]
        same &= self._weights[:length] == before._weights[:length]
        end = length if same.all() else int(same.argmin())
        important = np.flatnonzero(self._weights[:end] >= THRESHOLD)
        return int(important[-1]) + 1 if len(important) else 0

    def _keep(self, before: Skim, end: int) -> Sequence[int]:
        """Take over the runs that begin before this place, and return the rows before it that are shown."""
        number = bisect_left(before._spans, (end,))
        self._spans, self._firsts = before._spans[:number], before._firsts[:number]
        self._folds = {row: fold for row, fold in before._folds.items() if end and row <= self._places[end - 1]}
        return before.rows[: bisect_right(before.rows, self._places[end - 1])] if end else []

    def _fold_from(self, start: int) -> list[int]:
        """Fold what stands from this place on, and return the rows of it that are shown."""
        import numpy as np

        places = self._places[start:]
        shown = np.ones(len(places), dtype=np.bool_)
        for first, last in low_runs(self._weights[start:]).tolist():
            row = int(places[first])
            if self._opened and self._snapshot.handle(row) in self._opened:
                continue
            self._firsts.append(row)
            self._spans.append((start + first, start + last))
            shown[first + 1 : last + 1] = False
        rows: list[int] = places[shown].tolist()
        return rows

    def fold(self, row: int) -> Fold | None:
        """Return what a row stands for; None for one that stands for itself."""
        at = bisect_left(self._firsts, row)
        if at == len(self._firsts) or self._firsts[at] != row:
            return None
        if row not in self._folds:
            self._folds[row] = self._fold(*self._spans[at])
        return self._folds[row]

    def _fold(self, first: int, last: int) -> Fold:
        groups: Counter[str] = Counter()
        for type, number in what_is_hidden(self._snapshot, self._places[first : last + 1]).items():
            groups[group_of(type).name] += number
        text = ", ".join(f"{count(number)} {name}" for name, number in groups.most_common())
        return Fold(last + 1 - first, text)


def _found(places: NDArray[np.int64], rows: Sequence[int]) -> NDArray[np.intp]:
    """Return where in `places` these rows stand, as far as they do."""
    import numpy as np

    wanted = np.asarray(rows, np.int64)
    at = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
    found: NDArray[np.intp] = at[places[at] == wanted]
    return found
