"""Following an agent that records 100,000 events a second: how far behind a reader is, and what it costs."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

from .idle import busy_row
from .measure import Plan, Row
from .processes import ROOT, environment
from .terminal import Terminal
from .torrent import BATCH, RATE, Moments

__all__ = ["measure"]

ROWS_S, TREE_S, GOAL_PERCENT = 0.5, 2.0, 35
_SHOWN = re.compile(r"([\d,]+) ev ")


class Followed(NamedTuple):
    """What a reader knew, and what was there."""

    written: Moments
    rows: Moments
    trees: Moments
    share: float
    """Of a processor."""


def measure(plan: Plan) -> list[Row]:
    """Measure what reads for the screen without one, then the debugger on a terminal; each once, for long."""
    lines = plan.traces.generated(100_000)
    seconds = plan.choose(5.0, 0.5, 60.0)
    name = f"{RATE:,} events/s for {seconds:g} s"
    return [
        *_rows(f"{name}, without a screen", _follow(plan, lines, seconds, _read)),
        *_rows(f"{name}, on the screen", _follow(plan, lines, seconds, _watch)),
    ]


Reader = Callable[[Path, "subprocess.Popen[str]", int, float], tuple[Moments, Moments, float]]
"""Follows a file while a writer writes so many events for so many seconds; says what a `Followed` says."""


def _follow(plan: Plan, lines: Path, seconds: float, reader: Reader) -> Followed:
    path = plan.traces.directory / "torrent.jsonl"
    events = int(RATE * seconds) // BATCH * BATCH
    command = [sys.executable, "-m", "bench.torrent", str(path), str(lines), str(seconds)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        while not (path.exists() and path.stat().st_size) and writer.poll() is None:
            sleep(0.01)
        rows, trees, share = reader(path, writer, events, seconds)
        written = [(moment, number) for moment, number in json.loads(writer.communicate()[0])]
    path.unlink()
    return Followed(written, rows, trees, share)


def _patience(seconds: float) -> float:
    """Return after how many seconds a reader need not follow any longer."""
    return 2 * seconds + 5


def _go(writer: subprocess.Popen[str]) -> None:
    assert writer.stdin is not None
    writer.stdin.write("go\n")
    writer.stdin.flush()


# -- readers -----------------------------------------------------------------------------------------------------------


def _read(path: Path, writer: subprocess.Popen[str], events: int, seconds: float) -> tuple[Moments, Moments, float]:
    command = [sys.executable, "-m", "bench.reader", str(path), str(events), str(_patience(seconds))]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as reader:
        _go(writer)
        said = json.loads(reader.communicate()[0])
    return said["rows"], said["trees"], said["share"]


def _watch(path: Path, writer: subprocess.Popen[str], events: int, seconds: float) -> tuple[Moments, Moments, float]:
    """Follow on a terminal: what the debugger knows is what it says in its title."""
    rows: Moments = []
    with Terminal("-m", "peek_tui", "tail", str(path)) as terminal:
        terminal.wait_for(" ev ")
        terminal.settle()
        used, began = terminal.cpu_seconds(), perf_counter()
        _go(writer)
        for moment, screen in terminal.screens(_patience(seconds)):
            said = _SHOWN.search(screen)
            if said:
                rows.append((moment, int(said[1].replace(",", ""))))
            if rows and rows[-1][1] >= events:
                break
        share = (terminal.cpu_seconds() - used) / (perf_counter() - began)
    return [*rows, (perf_counter(), events)], [], share  # if it is still behind, it is as late as now at the least


# -- what it comes to --------------------------------------------------------------------------------------------------


def _rows(figure: str, followed: Followed) -> Iterator[Row]:
    begun, ended = followed.written[0], followed.written[-1]
    rate = (ended[1] - begun[1]) / (ended[0] - begun[0])
    yield _behind_row(f"{figure}: behind", followed.written, followed.rows, ROWS_S, f"{rate:,.0f}/s written")
    if followed.trees:
        yield _behind_row(f"{figure}: the tree behind", followed.written, followed.trees, TREE_S)
    yield busy_row(f"{figure}: processor", followed.share, GOAL_PERCENT)


def _behind_row(figure: str, written: Moments, known: Moments, goal: float, other: str = "") -> Row:
    late = behind(written, known)
    text = f"{max(late):.2f} s at the most, {statistics.median(late):.2f} mostly"
    return Row(figure, text, other, goal=f"≤ {goal:g} s", met=max(late) <= goal)


def behind(written: Moments, known: Moments) -> list[float]:
    """Return how old the oldest event was that was not known yet, just before each time more were known."""
    numbers = [number for _, number in written]
    late = []
    for (_, before), (moment, _) in zip([(0.0, BATCH), *known], known, strict=False):
        first = bisect_left(numbers, before + 1)
        if first < len(written):
            late.append(max(0.0, moment - written[first][0]))
    return late
