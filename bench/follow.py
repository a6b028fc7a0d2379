"""How soon the debugger shows what a running agent records, what following a busy one costs, and a key meanwhile.

What following costs is set against a key in Textual's own `DataTable`. The goal was 10 % of a processor on which a Down
there took 3.5 ms of it: so a second may cost what 29 of them do.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from math import isnan
from pathlib import Path
from time import sleep
from typing import TypeVar

from .debugger import debugger
from .idle import watch
from .measure import Plan, Row, percentile
from .processes import ROOT, environment
from .table import DOWNS, TO_START, table
from .terminal import DOWN, Terminal
from .writer import tick

__all__ = ["measure"]

CALM, BUSY = 50, 1_000
"""Events a second."""
GOAL_MS, GOAL_DOWNS, GOAL_KIB = 60, 29, 130
GOAL_TIMES = 2
_THINKING = 0.15
"""Seconds between two keys, in which what arrives is painted."""

T = TypeVar("T")


def measure(plan: Plan) -> list[Row]:
    """Measure a calm agent for the delay, a busy one for the cost."""
    seconds = plan.choose(5.0, 0.3)
    calm, much = plan.traces.directory / "calm.jsonl", plan.traces.directory / "busy.jsonl"
    screens, recorded = _beside(calm, CALM, seconds, lambda terminal: list(terminal.screens(seconds + 0.5)))
    (size, busy), _ = _beside(much, BUSY, seconds, lambda terminal: watch(terminal, seconds))
    rate = size / seconds / 1024
    presses = plan.choose(40, 2)
    walked = plan.traces.directory / "walked.jsonl"
    (busily, idly), _ = _beside(walked, BUSY, presses / 4 + 1, lambda terminal: _walk(terminal, presses))
    return [
        _delay_row(_delays(screens, recorded)),
        _cost_row(busy, _table_down()),
        Row(f"{BUSY:,} events/s, written", f"{rate:.0f} KiB/s", goal=f"≤ {GOAL_KIB} KiB/s", met=rate <= GOAL_KIB),
        _key_row(busily, idly),
    ]


def _beside(path: Path, rate: int, seconds: float, watching: Callable[[Terminal], T]) -> tuple[T, list[float]]:
    """Follow an agent that records at this rate; return what `watching` does, and when each event was recorded."""
    command = [sys.executable, "-m", "bench.writer", str(path), str(rate), str(seconds)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        while not (path.exists() and path.stat().st_size) and writer.poll() is None:
            sleep(0.01)
        with debugger(path) as terminal:
            terminal.type(b"G")
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
            watched = watching(terminal)
        return watched, [float(line) for line in writer.communicate()[0].splitlines()]


def _walk(terminal: Terminal, presses: int) -> tuple[list[float], list[float]]:
    """Return the seconds that Down took while events arrive, and after all of them have."""
    list(terminal.blocks(0.5))  # some must be there
    terminal.type(b"g")
    busily = [_step(terminal) for _ in range(presses)]
    terminal.settle(1.0)
    return busily, [_step(terminal) for _ in range(presses)]


def _step(terminal: Terminal) -> float:
    list(terminal.blocks(_THINKING))
    return terminal.press(DOWN).seconds


def _table_down() -> float:
    """Return the seconds of processor time that a Down in the table takes."""
    with table() as terminal:
        terminal.type(TO_START)
        before = terminal.cpu_seconds()
        for _ in range(DOWNS):
            terminal.press(DOWN)
        return (terminal.cpu_seconds() - before) / DOWNS


def _delays(screens: list[tuple[float, str]], recorded: list[float]) -> list[float]:
    """Return the seconds from each event's being recorded to the moment its text was on the screen."""
    delays = []
    for number, moment in enumerate(recorded):
        shown = next((at for at, screen in screens if tick(number) in screen), None)
        if shown is None:
            raise RuntimeError(f"event {number} of {len(recorded)} was never shown")
        delays.append(shown - moment)
    return delays


def _delay_row(delays: list[float]) -> Row:
    middle, worst = 1e3 * percentile(delays, 50), 1e3 * max(delays)
    text = f"{middle:.0f} ms, at the most {worst:.0f}"
    return Row(f"{CALM} events/s, recorded to visible", text, goal=f"≤ {GOAL_MS} ms", met=middle <= GOAL_MS)


def _cost_row(busy: float, down: float) -> Row:
    figure, goal = f"{BUSY:,} events/s, processor", f"≤ {GOAL_DOWNS} of these a second"
    if isnan(busy):
        return Row(figure, "not to be read here", goal=goal)
    downs = busy / down
    return Row(
        figure,
        f"{100 * busy:.1f} %",
        f"{1e3 * down:.1f} ms a Down in DataTable",
        f"{downs:.1f}",
        goal,
        downs <= GOAL_DOWNS,
    )


def _key_row(busily: list[float], idly: list[float]) -> Row:
    busy, idle = 1e3 * percentile(busily, 50), 1e3 * percentile(idly, 50)
    return Row(
        f"Down while {BUSY:,} events/s arrive",
        f"{busy:.1f} ms, p90 {1e3 * percentile(busily, 90):.1f}",
        f"{idle:.1f} ms idle",
        f"{busy / idle:.2f}×",
        goal=f"≤ {GOAL_TIMES}×",
        met=busy <= GOAL_TIMES * idle,
    )
