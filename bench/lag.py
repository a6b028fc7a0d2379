"""How late the interface's event loop is while a thread indexes or searches, against an idle one."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

from .measure import Plan, Row, percentile
from .processes import run
from .traces import EVENTS_OF_1_GB, EVENTS_OF_100_MB, size_of

__all__ = ["measure"]

MORE_MS, IMPORT_MS = 5, 15

Phases = dict[str, list[float]]
"""What the event loop waited for, and how many seconds late it was each time."""


def measure(plan: Plan) -> list[Row]:
    """Measure in rounds, each a process that waits, imports numpy, indexes and searches in turn."""
    path = plan.traces.generated(plan.choose(EVENTS_OF_100_MB, 2_000, EVENTS_OF_1_GB))
    rounds = [_round(path, plan.choose(1.0, 0.2, 6.0)) for _ in range(plan.choose(5, 1))]
    return [*_rows(size_of(path), rounds), _import_row(rounds)]


def _round(path: Path, seconds: float) -> Phases:
    phases: Phases = json.loads(run("-m", "bench.ticker", str(path), str(seconds)))
    return phases


def _rows(size: str, rounds: list[Phases]) -> Iterator[Row]:
    for phase, done in (("index", "indexed"), ("analyse", "looked through for alerts"), ("search", "searched")):
        figure = f"while {size} are {done}"
        ours, idle = ([1e3 * percentile(late[side], 99) for late in rounds] for side in (phase, "idle"))
        more = statistics.median(mine - other for mine, other in zip(ours, idle, strict=True))
        worst = max(1e3 * max(late[phase]) for late in rounds)
        yield Row(
            f"event loop late {figure}",
            f"p99 {statistics.median(ours):.1f} ms, at the most {worst:.0f}",
            f"{statistics.median(idle):.1f} ms idle",
            f"{more:+.1f} ms",
            f"≤ +{MORE_MS} ms",
            more <= MORE_MS,
        )


def _import_row(rounds: list[Phases]) -> Row:
    worst = statistics.median(1e3 * max(late["import"]) for late in rounds)
    text = f"{worst:.1f} ms at the most"
    return Row("event loop late while numpy is imported", text, goal=f"≤ {IMPORT_MS} ms", met=worst <= IMPORT_MS)
