"""What questions on the command line cost, from the start of the process to its end, against a loop of `json.loads`."""

from __future__ import annotations

import json
import os
import shutil
import statistics
from pathlib import Path
from typing import NamedTuple

from .measure import Plan, Row, Sample, faster, megabytes, seconds
from .probe import probe
from .processes import run

__all__ = ["COMMANDS", "Asked", "Command", "ask", "measure"]

AT_FIRST, LATER = 3.0, 10.0
"""How many times as fast as `json.loads`: when everything must be looked at, and when not or not again."""
MEMORY = 300
"""Megabytes that a process may hold at the most."""


class Command(NamedTuple):
    """A question."""

    figure: str
    arguments: tuple[str, ...]
    is_first: bool
    """Whether no index has been kept when it is asked."""
    goal: float
    """How many times as fast as `json.loads` it is to be."""


_ERROR = ("--where", "error", "--limit", "1", "--json")
COMMANDS = (
    Command("peek events --where error --limit 1", ("events", *_ERROR), True, LATER),
    Command("peek stats", ("stats", "--json"), True, AT_FIRST),
    Command("peek stats again", ("stats", "--json"), False, LATER),
    Command("peek events --where error --limit 1, indexed", ("events", *_ERROR), False, LATER),
)


class Asked(NamedTuple):
    """What an answer cost."""

    seconds: float
    """Processor time, from the start of the process to its end."""
    peak: float
    """The most bytes of memory it held."""


class _Asking:
    """One side of the comparison: asks once a round, and remembers what each answer cost."""

    def __init__(self, command: Command, path: Path) -> None:
        self._command, self._path = command, path
        self.peaks: Sample = []

    def __call__(self) -> float:
        asked = ask(self._command, self._path)
        self.peaks.append(asked.peak)
        return asked.seconds


def measure(plan: Plan) -> list[Row]:
    """Measure on a generated trace of 500 MB."""
    events = plan.choose(1_000_000, 20_000)
    path = plan.traces.generated(events)
    sides = {command: _Asking(command, path) for command in COMMANDS}
    by_figure = {command.figure: side for command, side in sides.items()}
    taken = plan.rounds(5, {**by_figure, "json": lambda: probe("json", path).seconds})
    size = f"{events:,} events"
    rows = [_rows(command, size, taken[command.figure], taken["json"], side.peaks) for command, side in sides.items()]
    return [row for two in rows for row in two]


def ask(command: Command, path: Path) -> Asked:
    """Start `peek`; the user's cache, `$XDG_CACHE_HOME`, is empty before a first question, and filled before others."""
    cache = Path(os.environ["XDG_CACHE_HOME"])
    if command.is_first:
        shutil.rmtree(cache, ignore_errors=True)
    elif not any(cache.rglob("*.index")):
        run("-m", "peek_tui", "stats", str(path), "--json")
    verb, *options = command.arguments
    return Asked(**json.loads(run("-m", "bench.cost", "-m", "peek_tui", verb, str(path), *options)))


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
