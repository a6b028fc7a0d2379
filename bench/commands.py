"""What questions on the command line cost, from the start of the process to its end, against a loop of `json.loads`."""

from __future__ import annotations

import json
import os
import shutil
import statistics
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .measure import Plan, Row, Sample, faster, megabytes, seconds
from .probe import probe
from .processes import run

__all__ = ["measure"]

AT_FIRST, LATER = 3.0, 10.0
"""How many times as fast as `json.loads`: when everything must be looked at, and when not or not again."""
MEMORY = 300
"""Megabytes that a process may hold at the most."""


class Command(NamedTuple):
    """A question, whether an index was kept when it is asked, and how fast it is to be answered."""

    figure: str
    arguments: tuple[str, ...]
    is_first: bool
    goal: float


_ERROR = ("--where", "error", "--limit", "1", "--json")
COMMANDS = (
    Command("peek events --where error --limit 1", ("events", *_ERROR), True, LATER),
    Command("peek stats", ("stats", "--json"), True, AT_FIRST),
    Command("peek stats again", ("stats", "--json"), False, LATER),
    Command("peek events --where error --limit 1, indexed", ("events", *_ERROR), False, LATER),
)
"""Each that is not the first follows one that kept an index."""


def measure(plan: Plan) -> list[Row]:
    """Measure on a generated trace of 500 MB."""
    events = plan.choose(1_000_000, 20_000)
    path = plan.traces.generated(events)
    peaks: dict[str, Sample] = {command.figure: [] for command in COMMANDS}
    sides = {command.figure: partial(_ask, command, path, peaks[command.figure]) for command in COMMANDS}
    # Round by round backwards too, the indexed ones would come before what keeps their index: so each sees to it.
    taken = plan.rounds(5, {**sides, "json": lambda: probe("json", path).seconds})
    return [
        row
        for command in COMMANDS
        for row in _rows(command, f"{events:,} events", taken[command.figure], taken["json"], peaks[command.figure])
    ]


def _ask(command: Command, path: Path, peaks: Sample) -> float:
    """Start `peek`, and return the processor time it took; `peaks` gets the most memory it held."""
    cache = Path(os.environ["XDG_CACHE_HOME"])
    arguments = ("-m", "bench.cost", "-m", "peek_tui", command.arguments[0], str(path), *command.arguments[1:])
    shutil.rmtree(cache, ignore_errors=True)
    if not command.is_first:
        run("-m", "peek_tui", "stats", str(path), "--json")
    cost = json.loads(run(*arguments))
    peaks.append(cost["peak"])
    return float(cost["seconds"])


def _rows(command: Command, size: str, ours: Sample, other: Sample, peaks: Sample) -> list[Row]:
    ratio, compared = faster(ours, other)
    figure, most = f"{command.figure}, {size}", statistics.median(peaks)
    return [
        Row(
            figure,
            seconds(ours),
            f"{seconds(other)} json.loads",
            compared,
            f"≥ {command.goal:g}×",
            ratio >= command.goal,
        ),
        Row(f"{figure}, memory", megabytes(peaks), goal=f"≤ {MEMORY} MB", met=most <= MEMORY * 1e6),
    ]
