"""How soon the debugger shows rows of a trace, against a Textual hello-world on the same terminal."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from peek_tui.render.summary import summary
from peek_tui.render.units import count
from peek_tui.trace.store import Store

from .measure import Plan, Row, against, milliseconds
from .terminal import Terminal
from .traces import EVENTS_OF_1_GB, EVENTS_OF_100_MB, size_of

__all__ = ["measure"]

GOAL = 1.5
"""The ratio of two times from the start of a process."""


def measure(plan: Plan) -> list[Row]:
    """Measure a short trace and long ones; for one of these also when all of it has been read."""
    events = plan.choose(EVENTS_OF_100_MB, 2_000)
    short, long = plan.traces.demo(), plan.traces.generated(events)
    longest = plan.traces.generated(plan.choose(events, events, EVENTS_OF_1_GB))
    sides = {
        "hello": partial(_start, "-m", "bench.hello", until="Hello, terminal"),
        "short": partial(_start, "-m", "peek_tui", str(short), until=_first_words(short)),
        "long": partial(_start, "-m", "peek_tui", str(long), until=_first_words(long)),
        "whole": partial(_start, "-m", "peek_tui", str(long), until=f"{count(events)} ev"),
    }
    shown = [("short", "first rows, the demo"), ("long", f"first rows, {size_of(long)}")]
    if longest != long:
        sides["longest"] = partial(_start, "-m", "peek_tui", str(longest), until=_first_words(longest))
        shown.append(("longest", f"first rows, {size_of(longest)}"))
    taken = plan.rounds(11, sides)
    other = f"{milliseconds(taken['hello'])} hello-world"
    rows = []
    for name, figure in shown:
        ratio, compared = against(taken[name], taken["hello"])
        rows.append(Row(figure, milliseconds(taken[name]), other, compared, f"≤ {GOAL}×", ratio <= GOAL))
    compared = against(taken["whole"], taken["hello"])[1]
    return [*rows, Row(f"all rows, {size_of(long)}", milliseconds(taken["whole"]), other, compared)]


def _start(*arguments: str, until: str) -> float:
    with Terminal(*arguments) as terminal:
        return terminal.wait_for(until)


def _first_words(path: Path) -> str:
    """Return what stands in the second row of a trace and nowhere else: the first is selected, and shown twice."""
    store = Store([path])
    store.advance()
    words = summary(store.snapshot().event(1))[:16]
    store.close()
    return words
