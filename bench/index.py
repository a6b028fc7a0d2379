"""What the index of a whole trace costs, its tree included: processor time and memory, against what others take."""

from __future__ import annotations

import statistics
from importlib.util import find_spec
from math import isnan
from pathlib import Path

from .measure import Plan, Row, Sample, against, faster, megabytes, seconds
from .probe import Cost, probe
from .traces import EVENTS_OF_1_GB

__all__ = ["measure"]

OWN, FOREIGN = 5.0, 2.5
"""How many times as fast as `json.loads`: in the order of `capture`, and in another."""
DUCKDB, DUCKDB_MEMORY = 1.5, 0.5
HELD, PEAK = 90, 150
"""Bytes an event."""
REOPENED = 20.0
GROWN = 11.0
"""How many times as long for ten times as many events."""


class Probed:
    """One side of a comparison: does a work in a fresh process each time, and remembers what it cost."""

    def __init__(self, what: str, *arguments: str | Path) -> None:
        self._arguments = (what, *arguments)
        self.costs: list[Cost] = []

    def __call__(self) -> float:
        self.costs.append(probe(*self._arguments))  # type: ignore[arg-type]
        return self.costs[-1].seconds


def measure(plan: Plan) -> list[Row]:
    """Measure the time on one trace in two orders of keys; memory and growth on one of ten times another."""
    events = plan.choose(100_000, 2_000, EVENTS_OF_1_GB)
    rounds = 5
    own, foreign = plan.traces.generated(events), plan.traces.foreign(events)
    sides = {
        "own": Probed("index", own),
        "header": Probed("header", own),
        "json": Probed("json", own),
        "foreign": Probed("index", foreign),
        "foreign json": Probed("json", foreign),
    }
    if find_spec("duckdb"):
        sides["duckdb"] = Probed("duckdb", own)
    taken = plan.rounds(rounds, sides)
    name = f"index of {events:,} events"
    return [
        _speed_row(f"{name}, own order", taken["own"], taken["json"], OWN),
        _speed_row(f"{name}, its headers alone", taken["header"], taken["json"]),
        _speed_row(f"{name}, foreign order", taken["foreign"], taken["foreign json"], FOREIGN),
        *_duckdb_rows(name, taken, sides),
        *_growth_rows(plan),
        *_reopen_rows(plan, own, name),
    ]


def _speed_row(figure: str, ours: Sample, other: Sample, goal: float | None = None) -> Row:
    ratio, compared = faster(ours, other)
    row = Row(figure, seconds(ours), f"{seconds(other)} json.loads", compared)
    return row if goal is None else row._replace(goal=f"≥ {goal:g}×", met=ratio >= goal)


def _duckdb_rows(name: str, taken: dict[str, Sample], sides: dict[str, Probed]) -> list[Row]:
    figures = f"{name}, time", f"{name}, memory"
    ours = [seconds(taken["own"]), megabytes([cost.peak for cost in sides["own"].costs])]
    if "duckdb" not in taken:
        missing = "duckdb is not here: pip install 'peek-tui[bench]'"
        return [Row(figure, cost, missing) for figure, cost in zip(figures, ours, strict=True)]
    ratio, compared = faster(taken["own"], taken["duckdb"])
    peaks, others = ([cost.peak for cost in sides[side].costs] for side in ("own", "duckdb"))
    time = Row(figures[0], ours[0], f"{seconds(taken['duckdb'])} duckdb", compared, f"≥ {DUCKDB:g}×", ratio >= DUCKDB)
    share, of = against(peaks, others)
    goal = f"≤ {DUCKDB_MEMORY:g}×"
    return [time, Row(figures[1], ours[1], f"{megabytes(others)} duckdb", of, goal, share <= DUCKDB_MEMORY)]


def _growth_rows(plan: Plan) -> list[Row]:
    """Measure memory on the longer of two traces, and time on both."""
    many = plan.choose(1_000_000, 20_000)
    memory = plan.choose(many, many, EVENTS_OF_1_GB)
    sides = {
        events: Probed("index", plan.traces.generated(events)) for events in dict.fromkeys((many // 10, many, memory))
    }
    taken = plan.rounds(5, {str(events): side for events, side in sides.items()})
    long, short = taken[str(many)], taken[str(many // 10)]
    ratio, compared = against(long, short)
    growth = Row(f"index of {many:,} events", seconds(long), f"{seconds(short)} a tenth", compared)
    costs = sides[memory].costs
    return [
        growth._replace(goal=f"≤ {GROWN:g}×", met=ratio <= GROWN),
        _memory_row(f"index of {memory:,} events, held", [cost.grown / memory for cost in costs], HELD),
        _memory_row(f"index of {memory:,} events, at the most", [cost.peak / memory for cost in costs], PEAK),
    ]


def _memory_row(figure: str, bytes: Sample, goal: int) -> Row:
    middle = statistics.median(bytes)
    if isnan(middle):
        return Row(figure, "not to be read here", goal=f"≤ {goal} B")
    return Row(figure, f"{middle:.0f} B an event", goal=f"≤ {goal} B", met=middle <= goal)


def _reopen_rows(plan: Plan, path: Path, name: str) -> list[Row]:
    cache = plan.traces.directory / "cache"
    keeping = probe("keep", path, cache)
    taken = plan.rounds(5, {"cold": Probed("index", path), "kept": Probed("reopen", path, cache)})
    ratio, compared = faster(taken["kept"], taken["cold"])
    other = f"{seconds(taken['cold'])} anew"
    return [
        Row(f"{name}, kept", seconds(taken["kept"]), other, compared, f"≥ {REOPENED:g}×", ratio >= REOPENED),
        Row(f"{name}, to make and keep it", seconds([keeping.seconds])),
    ]
