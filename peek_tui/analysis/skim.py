"""What to skip when skimming: runs of unimportant events between important ones, and what they hide."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from peek_tui.trace.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LEAST", "THRESHOLD", "low_runs", "what_is_hidden"]

THRESHOLD = 0.5
"""Importance from which an event is shown by itself."""
LEAST = 3
"""Events that are worth a row that stands for them."""


def low_runs(importance: NDArray[np.float64], threshold: float = THRESHOLD, least: int = LEAST) -> NDArray[np.intp]:
    """Return the first and the last row of every run of at least `least` rows below the threshold: shape (runs, 2)."""
    import numpy as np

    low = np.concatenate(([False], importance < threshold, [False]))
    edges = np.flatnonzero(low[1:] != low[:-1]).reshape(-1, 2)
    runs: NDArray[np.intp] = edges[edges[:, 1] - edges[:, 0] >= least] - (0, 1)
    return runs


def what_is_hidden(snapshot: Snapshot, rows: NDArray[np.int64]) -> Counter[str]:
    """Return how many of these rows are of each type."""
    import numpy as np

    columns = snapshot.columns
    words = columns.words("type")
    counts = np.bincount(columns.type[rows])
    return Counter({words[code]: int(counts[code]) for code in np.flatnonzero(counts).tolist()})
