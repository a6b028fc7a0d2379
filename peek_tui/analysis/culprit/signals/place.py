"""Where an act stands in the run: the first contributions carry all others, the last one carries the answer."""

from __future__ import annotations

from collections.abc import Callable

from ..run import CONTRIBUTION, Run
from .signal import Signal

__all__ = ["SIGNALS"]

Measure = Callable[[Run], list[float]]

_FEW = 6
"""Contributions up to which a run is short, and its last one still weighs."""
_LOOKS = ("address:", "i typed", "i clicked", "i scrolled", "i visited", "http:", "https:")


def _nth(number: int, led: bool) -> Measure:
    def measure(run: Run) -> list[float]:
        wanted = run.contributions[number : number + 1] if (run.leader is not None) == led else []
        return [float([act] == wanted) for act in range(len(run))]

    return measure


def _last(led: bool) -> Measure:
    def measure(run: Run) -> list[float]:
        last = run.contributions[-1:]
        sums_up = (led and len(run.contributions) <= _FEW) or (not led and not any(run.acts[act].tools for act in last))
        wanted = last if sums_up and (run.leader is not None) == led else []
        return [float([act] == wanted) for act in range(len(run))]

    return measure


def _early(run: Run) -> list[float]:
    full = set(run.contributions)
    led = run.leader is not None
    return [1 / (1 + run.before[act]) if led and act in full else 0.0 for act in range(len(run))]


def _unaided(run: Run) -> list[float]:
    """Mark the contributions to a led run that look nothing up and run nothing."""
    full = set(run.contributions) if run.leader is not None else set()
    return [
        float(act in full and run.lengths[act] >= CONTRIBUTION and not step.tools and not _looks(step.said))
        for act, step in enumerate(run.acts)
    ]


def _judges(run: Run) -> list[float]:
    """Weigh a leader's decision straight after a contribution: most after the second, when a course is set."""
    requests, weights = set(run.requests), []
    for act in range(len(run)):
        judges = act > 0 and run.leads[act] and not run.leads[act - 1] and act not in requests
        weights.append(1 / (1 + abs(run.before[act] - 2)) if judges else 0.0)
    return weights


def _asks(run: Run) -> list[float]:
    requests = set(run.requests)
    return [1 / (1 + run.before[act]) if act in requests else 0.0 for act in range(len(run))]


def _leads(run: Run) -> list[float]:
    return [float(leads) for leads in run.leads]


def _looks(said: str) -> bool:
    return said.lstrip().lower().startswith(_LOOKS)


SIGNALS = (
    Signal("first", _nth(0, False), "is the first to do something, and all the rest builds on it"),
    Signal("second", _nth(1, False), "is an early step that the rest builds on"),
    Signal("last", _last(False), "is the last step before the end that says anything"),
    Signal("leads", _leads),
    Signal("led_first", _nth(0, True), "is the first thing the team found, and all the rest builds on it"),
    Signal("led_second", _nth(1, True), "is an early find that the rest builds on"),
    Signal("led_early", _early),
    Signal("led_last", _last(True), "is the last contribution before the answer"),
    Signal("unaided", _unaided, "answers out of itself: it looks nothing up and runs nothing"),
    Signal("judges", _judges, "judges what was found early, and so sets the course"),
    Signal("asks", _asks, "asks for it, and what is found depends on how"),
)
