"""Which events most likely made a run fail, best first, each with its reasons.

The rule: an act of an agent is suspicious by the sum of its signals, each weighed as `weights.py` says. The labelled
cause of a real failure is next to never an error, so what failed counts little; what counts is where a value came from,
what was assumed, what the others then built on. Only acts are ranked: a result or a message is somebody's doing.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import NamedTuple

from peek_tui.analysis.outcome import verdict
from peek_tui.trace.facts import SessionFacts
from peek_tui.trace.store import Snapshot

from .run import Run
from .signals import SIGNALS
from .steps import read_runs
from .weights import WEIGHTS

__all__ = ["Ranking", "Suspect", "suspects"]

_WORTH = 0.1
"""What a signal must add to an act above the run's mean before it is named."""
_NAMED = 4
_PLAIN = "nothing about it stands out; it is one of the steps that led to the end"


class Suspect(NamedTuple):
    """An event that may have caused the failure."""

    row: int
    id: str
    score: float
    """Its share of the suspicion in its run: those of all acts sum to 1."""
    reasons: tuple[str, ...]
    """Why, the weightiest first."""
    step: int | None
    """Its place in the source it was imported from."""


def suspects(snapshot: Snapshot, count: int | None = None) -> list[Suspect]:
    """Rank the acts of a run, best first, and return the first `count`, or all.

    Of several runs those are ranked that did not complete, if there are some; the others, as far as they are runs of
    the same agent, are what these are compared with.
    """
    runs = {session: Run(steps) for session, steps in read_runs(snapshot).items()}
    facts = {one.session: one for one in snapshot.sessions() if one.session in runs}
    completed = {session for session, one in facts.items() if _completed(one)}
    asked = [session for session in runs if session not in completed] or list(runs)
    ranked = []
    for session in asked:
        agent = facts[session].agent if session in facts else ""
        runs[session].peers = [runs[peer] for peer in completed if peer != session and facts[peer].agent == agent]
        ranking = Ranking(runs[session])
        ranked += [(-score, ranking.run.acts[act].row, act, ranking) for act, score in enumerate(ranking.scores)]
    ranked.sort(key=lambda one: one[:2])
    return [ranking.suspect(act) for _, _, act, ranking in ranked[:count]]


class Ranking:
    """How suspicious each act of one run is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._parts = [[WEIGHTS[signal.name] * value for value in signal.measure(run)] for signal in SIGNALS]
        self._means = [sum(part) / max(1, len(part)) for part in self._parts]
        sums = [sum(part[act] for part in self._parts) for act in range(len(run))]
        most = max(sums, default=0.0)
        self.scores = _shares([math.exp(total - most) for total in sums])
        """Each act's share of the suspicion."""

    def suspect(self, act: int) -> Suspect:
        """Return an act as a suspect, with its reasons."""
        step = self.run.acts[act]
        above = [part[act] - mean for part, mean in zip(self._parts, self._means, strict=True)]
        named = sorted(range(len(above)), key=lambda signal: -above[signal])
        worth = (signal for signal in named if above[signal] > _WORTH and self._parts[signal][act] > 0)
        reasons = islice(filter(None, (SIGNALS[signal].reason(self.run, act) for signal in worth)), _NAMED)
        return Suspect(step.row, step.id, self.scores[act], tuple(reasons) or (_PLAIN,), step.source_step)


def _completed(run: SessionFacts) -> bool:
    return verdict("finished" if run.finished else "running", [run.outcome]) == "completed"


def _shares(weights: list[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]
