from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from bench.culprit import GOALS, measure
from bench.fitting import fit, judged
from bench.labelled import WHOWHEN, Labelled, folds, read_labelled
from bench.measure import Plan
from bench.traces import Traces
from peek_tui.analysis.culprit.signals import SIGNALS

NAMES = [signal.name for signal in SIGNALS]


def labelled(question: str, subset: str = "ag", cause: int = 1) -> Labelled:
    """Return a run of three acts, of which the second alone assumes something."""
    measures = np.zeros((3, len(NAMES)))
    measures[1, NAMES.index("assumes")] = 1
    return Labelled(subset, question, 5, cause, (0, 1, 3), (0, 1, 3), measures)


def test_ranked() -> None:
    """Acts are ranked by their weighted signals, equals in their order; a cause that is no act has no label."""
    assert labelled("q").ranked(judged()) == [1, 0, 3]
    assert (labelled("q").label, labelled("q", cause=2).label) == (1, None)


def test_folds() -> None:
    """Every run is in one part, and runs about one question are in the same."""
    runs = [labelled(str(number % 7)) for number in range(20)]
    parts = folds(runs)
    assert sorted(id(run) for part in parts for run in part) == sorted(map(id, runs))
    assert [len({run.question for part in parts for run in part if run.question == str(number)}) for number in range(7)]
    assert all(sum(any(run.question == str(number) for run in part) for part in parts) == 1 for number in range(7))


def test_fit() -> None:
    """What the named acts have in common gains weight, and what no run says anything about keeps its own."""
    weights = fit([labelled(str(number), subset) for number in range(4) for subset in GOALS], hold=1.0)
    change = dict(zip(NAMES, weights - judged(), strict=True))
    assert change.pop("assumes") > 0.1
    assert set(change.values()) == {0.0}


def real_runs() -> Path:
    if not WHOWHEN.exists() and os.environ.get("CI") == "true":
        pytest.fail(f"{WHOWHEN} is not there")
    if not WHOWHEN.exists():
        pytest.skip(f"{WHOWHEN} is not there")
    return WHOWHEN


@pytest.mark.parametrize(("subset", "goal"), GOALS.items())
def test_goals(subset: str, goal: float) -> None:
    """On the real runs, the rules as they ship name the cause among the first three as often as is asked of them."""
    runs = [run for run in read_labelled(real_runs()) if run.subset == subset]
    hits = sum(run.cause in run.ranked(judged())[:3] for run in runs)
    assert hits / len(runs) >= goal


def test_table(tmp_path: Path) -> None:
    """The table gives each subset's share with its interval, and what it is to be compared with."""
    real_runs()
    rows = measure(Plan(Traces(tmp_path, None), quick=True))
    assert [row.goal for row in rows[:2]] == [f"≥ {goal:.0%}" for goal in GOALS.values()]
    assert all(re.fullmatch(r"[\d.]+% \[\d+%, \d+%\]", row.ours) for row in rows[:2])
    assert [row.figure.strip().split(",")[0] for row in rows[2:]] == [
        "reading order",
        "what the agents said",
        "chance",
        "best published model judge (184 runs)",
        "a peer's importance (184 runs)",
        "each weight off by up to half",
        "fitted",
        "fitted to ag",
        "fitted to hc",
    ]
