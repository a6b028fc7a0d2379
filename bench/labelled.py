"""Failed runs whose cause people have looked for: what each signal measures of every act, and which act they named."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from peek_tui.analysis.culprit.run import Run
from peek_tui.analysis.culprit.signals import SIGNALS
from peek_tui.analysis.culprit.steps import read_runs
from peek_tui.trace.store import Store

__all__ = ["WHOWHEN", "Labelled", "folds", "read_labelled"]

_LEADER = "Orchestrator"
WHOWHEN = Path(__file__).parents[2] / "shared" / "traces" / "whowhen"


@dataclass(frozen=True, eq=False)
class Labelled:
    """One failed run."""

    subset: str
    question: str
    """Runs about the same question must not stand on both sides of a validation."""
    steps: int
    cause: int
    """The step that was named, among the steps of the source."""
    acts: tuple[int, ...]
    """The step of each act."""
    agents: tuple[int, ...]
    """The steps in which an agent says something that is neither the leader of its team, a person nor a terminal."""
    measures: NDArray[np.float64]
    """An act a row, a signal a column."""

    def ranked(self, weights: NDArray[np.float64]) -> list[int]:
        """Return the steps of the acts, the most suspicious first."""
        order = np.argsort(-(self.measures @ weights), kind="stable")
        return [self.acts[act] for act in order]

    @property
    def label(self) -> int | None:
        """Which act was named; None when it was none."""
        return self.acts.index(self.cause) if self.cause in self.acts else None


def read_labelled(directory: Path = WHOWHEN, every: int = 1) -> list[Labelled]:
    """Read the runs of Who&When, or only one in `every`, and what was found out about each."""
    labels = json.loads((directory / "labels.json").read_bytes())
    runs = []
    for name, label in sorted(labels.items())[::every]:
        store = Store.load([directory / "runs" / f"{name}.json"])
        [steps] = read_runs(store.snapshot()).values()
        store.close()
        run = Run(steps)
        numbers = [act.source_step if act.source_step is not None else -1 for act in run.acts]
        speakers = {act.source_step: act.agent for act in run.acts}
        others = [number for number in numbers if speakers[number] != _LEADER]
        measures = np.array([signal.measure(run) for signal in SIGNALS]).T
        cause, question = label["steps"][0], label["question"]
        runs.append(
            Labelled(label["subset"], question, label["n_steps"], cause, tuple(numbers), tuple(others), measures)
        )
    return runs


def folds(runs: Sequence[Labelled], count: int = 5, seed: int = 0) -> list[list[Labelled]]:
    """Cut the runs into parts, all runs about a question in the same one."""
    questions = sorted({run.question for run in runs})
    random.Random(seed).shuffle(questions)
    part = {question: place % count for place, question in enumerate(questions)}
    return [[run for run in runs if part[run.question] == place] for place in range(count)]
