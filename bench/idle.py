"""What the debugger does when nobody does anything: it should write nothing, over ssh that is noticed."""

from __future__ import annotations

from math import isnan
from time import perf_counter

from .debugger import debugger
from .measure import Plan, Row
from .terminal import Terminal

__all__ = ["measure"]

GOAL_PERCENT = 0.5


def measure(plan: Plan) -> list[Row]:
    """Measure on a run that has ended."""
    seconds = plan.choose(5.0, 0.3)
    with debugger(plan.traces.demo()) as terminal:
        size, busy = watch(terminal, seconds)
    written = Row(f"idle for {seconds:g} s, written", f"{size:,} B", goal="0 B", met=size == 0)
    return [written, busy_row(f"idle for {seconds:g} s, processor", busy, GOAL_PERCENT)]


def watch(terminal: Terminal, seconds: float) -> tuple[int, float]:
    """Return the bytes that arrive within so many seconds, and the share of a processor used meanwhile."""
    used, start = terminal.cpu_seconds(), perf_counter()
    size = sum(len(block) for _, block in terminal.blocks(seconds))
    return size, (terminal.cpu_seconds() - used) / (perf_counter() - start)


def busy_row(figure: str, busy: float, goal: float) -> Row:
    """Return the line of a share of a processor, on which there is a goal in percent."""
    if isnan(busy):
        return Row(figure, "not to be read here", goal=f"≤ {goal:g} %")
    return Row(figure, f"{100 * busy:.1f} %", goal=f"≤ {goal:g} %", met=100 * busy <= goal)
