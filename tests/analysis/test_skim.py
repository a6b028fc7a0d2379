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
    """A row that stands for others says how many events of which types it hides, also where they do not touch."""
    run.add("user_message")
    run.tool("search", {"q": "x"}, error="busy")
    run.tool("search", {"q": "x"})
    snapshot = run.snapshot()
    [[first, last]] = low_runs(importance(snapshot)).tolist()
    assert what_is_hidden(snapshot, np.arange(first, last + 1)) == {"tool_call": 2, "tool_result": 2}
    assert what_is_hidden(snapshot, np.array([1, 3])) == {"tool_call": 2}
