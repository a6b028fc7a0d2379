"""What alerts, importance and the tree cost, how soon an alert is there, and whether it is right."""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep

from peek_tui.analysis.alerts import Watch
from peek_tui.analysis.detectors.tool_loop import ToolLoop
from peek_tui.trace.store import Store

from .index import Probed
from .measure import Plan, Row, against, milliseconds, seconds
from .processes import ROOT, environment
from .traces import EVENTS_OF_1_GB
from .unfinished import RUNS, read_runs, rows

__all__ = ["measure"]

COST = 3.0
"""Times what the index costs."""
RATE, SOON_S = 1_000, 0.25
_LOOKED = 0.1
"""Seconds between two looks, as in the debugger."""


def measure(plan: Plan) -> list[Row]:
    """Measure the cost against the index, then the delay while an agent records, then what real runs say."""
    judged = list(rows(read_runs())) if RUNS.exists() else [Row("unfinished business", f"{RUNS} is not there")]
    return [_cost_row(plan), _delay_row(plan), *judged]


def _cost_row(plan: Plan) -> Row:
    events = plan.choose(200_000, 2_000, EVENTS_OF_1_GB)
    trace = plan.traces.generated(events)
    taken = plan.rounds(5, {"ours": Probed("analysis", trace), "index": Probed("index", trace)})
    ratio, compared = against(taken["ours"], taken["index"])
    figure = f"alerts, importance and tree of {events:,} events"
    other = f"{seconds(taken['index'])} index"
    return Row(figure, seconds(taken["ours"]), other, compared, f"≤ {COST:g}×", ratio <= COST)


def _delay_row(plan: Plan) -> Row:
    """Measure from the moment an alert's last event was written to the moment the alert is told."""
    path, length = plan.traces.directory / "looping.jsonl", plan.choose(10.0, 0.5, 60.0)
    command = [sys.executable, "-m", "bench.looping", str(path), str(RATE), str(length)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        while not (path.exists() and path.stat().st_size) and writer.poll() is None:
            sleep(0.01)
        told = _watch(path, writer)
        assert writer.stdout is not None
        written = [float(line) for line in writer.stdout]
    late = [moment - recorded for moment, recorded in zip(told, written, strict=True)]
    middle = statistics.median(late)
    figure = f"{RATE:,} events/s, an alert's last event to the alert"
    return Row(figure, milliseconds(late), f"{max(late):.2f} s at the most", "", f"≤ {SOON_S:g} s", middle <= SOON_S)


def _watch(path: Path, writer: subprocess.Popen[str]) -> list[float]:
    """Follow the file until its writer has ended, and return when each alert was told for the first time."""
    store, watch = Store([path]), Watch()
    told: dict[int, float] = {}
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()
    try:
        over = False
        while not over:
            over = writer.poll() is not None
            while store.advance():
                pass
            for alert in watch.advance(store.snapshot()):
                if alert.rule == ToolLoop.rule:
                    told.setdefault(alert.first_row, perf_counter())
            sleep(_LOOKED)
    finally:
        store.close()
    return list(told.values())
