"""Real runs of a coding agent whose tests passed or failed, and what alerts say of each: `../shared/traces`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from peek_tui.analysis.alerts import find_alerts
from peek_tui.analysis.detectors.unfinished_business import RULES, UnfinishedBusiness
from peek_tui.analysis.ending import endings
from peek_tui.analysis.news import News
from peek_tui.trace.store import Store

from .measure import Row

__all__ = ["RUNS", "JudgedRun", "read_runs", "rows"]

RUNS = Path(__file__).parents[2] / "shared" / "traces" / "claude-code-runs"
_DRAWS = 2_000
_TASK = re.compile(r"^[^-]+-|\.(hard|easy|base_with_hint)$")
PRECISION, RECALL = 0.9, 0.45
PER_1000 = 1.0


class JudgedRun(NamedTuple):
    """A run, what its tests said, and what was found in it."""

    task: str
    """What the agent was to do: several runs are of the same task."""
    failed: bool
    events: int
    rules: frozenset[str]
    """The rules by which it is unfinished."""
    alerts: int


def read_runs(directory: Path = RUNS) -> list[JudgedRun]:
    """Read the runs and look for alerts in each."""
    outcomes = json.loads((directory / "outcome.json").read_text())
    return [_read(directory / f"{name}.jsonl", outcome) for name, outcome in outcomes.items()]


def _read(path: Path, outcome: str) -> JudgedRun:
    store = Store.load([path])
    try:
        snapshot = store.snapshot()
        [*_, ending] = endings(News(snapshot, over=True), {})
        rules = frozenset(name for name, rule in RULES.items() if rule(ending) is not None)
        task = _TASK.sub("", path.stem)
        return JudgedRun(task, outcome == "failed", len(snapshot), rules, len(find_alerts(snapshot)))
    finally:
        store.close()


def rows(runs: Sequence[JudgedRun]) -> Iterator[Row]:
    """Yield what the rules find, each alone and all together, and how often any alert fires on a run that passed."""
    failed = sum(run.failed for run in runs)
    of = f"{failed} failed, {len(runs) - failed} passed"
    for rule in RULES:
        yield _rule_row(f"  {rule}", [run for run in runs if rule in run.rules])
    flagged = [run for run in runs if run.rules]
    for figure, least, score in (("precision", PRECISION, _precision), ("recall", RECALL, _recall)):
        value, (low, high) = score(runs), _interval(runs, score)
        said = f"{value:.1%} [{low:.0%}, {high:.0%}]"
        counts = f"{sum(run.failed for run in flagged)} and {sum(not run.failed for run in flagged)} of {of}"
        yield Row(f"{UnfinishedBusiness.rule}, {figure}", said, counts, "", f"≥ {least:.0%}", value >= least)
    passed = [run for run in runs if not run.failed]
    alerts, events = sum(run.alerts for run in passed), sum(run.events for run in passed)
    rate = 1000 * alerts / events
    said, figure = f"{alerts} in {events:,}", "alerts per 1,000 events, passed runs"
    yield Row(figure, f"{rate:.2f}", said, "", f"≤ {PER_1000:g}", rate <= PER_1000)


def _rule_row(figure: str, flagged: Sequence[JudgedRun]) -> Row:
    failed = sum(run.failed for run in flagged)
    return Row(figure, f"{failed} failed, {len(flagged) - failed} passed")


def _precision(runs: Sequence[JudgedRun]) -> float:
    flagged = [run.failed for run in runs if run.rules]
    return float(np.mean(flagged)) if flagged else 1.0


def _recall(runs: Sequence[JudgedRun]) -> float:
    found = [bool(run.rules) for run in runs if run.failed]
    return float(np.mean(found)) if found else 1.0


def _interval(runs: Sequence[JudgedRun], score: Callable[[Sequence[JudgedRun]], float]) -> tuple[float, float]:
    """Return where the score lies in 95 of 100 draws of as many tasks: runs of one task fail and end alike."""
    tasks: dict[str, list[JudgedRun]] = {}
    for run in runs:
        tasks.setdefault(run.task, []).append(run)
    groups, chance = list(tasks.values()), np.random.default_rng(0)
    scores = [
        score([run for at in chance.integers(len(groups), size=len(groups)) for run in groups[at]])
        for _ in range(_DRAWS)
    ]
    low, high = np.quantile(scores, [0.025, 0.975]).tolist()
    if low == high == 1.0:  # draws of what never failed say nothing of what would have: the exact bound does
        low = 0.025 ** (1 / len({run.task for run in runs if run.rules}))
    return low, high
