from __future__ import annotations

import numpy as np
import pytest

from peek_tui.analysis.importance import importance
from peek_tui.analysis.skim import low_runs, what_is_hidden

from .run import Run


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([], []),
        ([0.9, 0.1, 0.1, 0.9], []),
        ([0.1, 0.1, 0.1], [[0, 2]]),
        ([0.9, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1], [[1, 3], [5, 8]]),
    ],
)
def test_low_runs(values: list[float], runs: list[list[int]]) -> None:
    """Runs of at least three rows below the threshold, each by its first and its last row."""
    assert low_runs(np.array(values)).tolist() == runs


def test_hidden(run: Run) -> None:
    """A row that stands for a run says how many events of which types it hides, how many failed, and how long it is."""
    run.add("user_message")
    run.tool("search", {"q": "x"}, error="busy")
    run.tool("search", {"q": "x"})
    run.add("error", error={"type": "E"})
    snapshot = run.snapshot()
    [[first, last]] = low_runs(importance(snapshot)).tolist()
    hidden = what_is_hidden(snapshot, first, last)
    assert (hidden.first, hidden.last, hidden.events, hidden.errors, hidden.duration_ms) == (1, 4, 4, 1, 3000.0)
    assert hidden.types == {"tool_call": 2, "tool_result": 2}
