"""What to skip when skimming: runs of unimportant events between important ones, and what they hide."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from peek_tui.trace.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LEAST", "THRESHOLD", "Hidden", "low_runs", "what_is_hidden"]

THRESHOLD = 0.5
"""Importance from which an event is shown by itself."""
LEAST = 3
"""Events that are worth a row that stands for them."""


class Hidden(NamedTuple):
    """What a row that stands for a run of events says of them."""

    first: int
    last: int
    """The rows it stands for, both included."""
    types: Counter[str]
    errors: int
    """How many of them failed, and were recovered."""
    duration_ms: float
    """From the time of the first to that of the last; 0 where the trace says no times."""

    @property
    def events(self) -> int:
        return self.last - self.first + 1


def low_runs(importance: NDArray[np.float64], threshold: float = THRESHOLD, least: int = LEAST) -> NDArray[np.intp]:
    """Return the first and the last row of every run of at least `least` rows below the threshold: shape (runs, 2)."""
    import numpy as np

    low = np.concatenate(([False], importance < threshold, [False]))
    edges = np.flatnonzero(low[1:] != low[:-1]).reshape(-1, 2)
    runs: NDArray[np.intp] = edges[edges[:, 1] - edges[:, 0] >= least] - (0, 1)
    return runs


def what_is_hidden(snapshot: Snapshot, first: int, last: int) -> Hidden:
    """Return what the rows from `first` to `last` are."""
    import numpy as np

    columns = snapshot.columns
    words = columns.words("type")
    counts = np.bincount(columns.type[first : last + 1])
    types = Counter({words[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()})
    begin, end = snapshot.ts(first), snapshot.ts(last)
    took = (end - begin) / 1e6 if begin and end else 0.0
    return Hidden(first, last, types, int(columns.failed[first : last + 1].sum()), took)
