"""How soon a text that is typed in the debugger was looked for in all of a trace, and how soon that is given up.

The goals for 1 GB, 0.5 s and 0.1 s, were set where a bare scan of the file took 0.18 s: the ratios are those of these
numbers. Pressed once nothing else goes on: what looking for alerts costs a key is measured elsewhere.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from time import perf_counter, sleep

from peek_tui.trace.search import SLICE

from .debugger import debugger
from .measure import Plan, Row, Side, against, milliseconds
from .terminal import Terminal
from .traces import EVENTS_OF_1_GB, EVENTS_OF_100_MB, size_of

__all__ = ["measure"]

TIMES = 2.8
STOP_TIMES = 0.56
_TEXT = "A zebra crossing"
"""Is in no trace."""
_ESCAPE = b"\x1b"
_IDLE = 0.1
"""Of the processor, what is nothing."""


def measure(plan: Plan) -> list[Row]:
    """Type the last letter of a text that is nowhere; then again, and give up as soon as it is looked for."""
    path = plan.traces.generated(plan.choose(EVENTS_OF_100_MB, 2_000, EVENTS_OF_1_GB))
    size, is_large = size_of(path), path.stat().st_size > 900e6
    with debugger(path) as terminal:
        _rest(terminal)
        sides: dict[str, Side] = {"typed": partial(_find, terminal), "scan": partial(_scan, path)}
        if is_large:
            sides["stopped"] = partial(_give_up, terminal)
        taken = plan.rounds(7, sides)
    other = f"{milliseconds(taken['scan'])} bytes.find"
    ratio, compared = against(taken["typed"], taken["scan"])
    found = Row(f"{size}: a text typed to hits counted", milliseconds(taken["typed"]), other, compared)
    if not is_large:
        return [found]
    stop_ratio, stop_compared = against(taken["stopped"], taken["scan"])
    text = f"{milliseconds(taken['stopped'])}, slowest {1e3 * max(taken['stopped']):.0f}"
    return [
        found._replace(goal=f"≤ {TIMES}×", met=ratio <= TIMES),
        Row(f"{size}: Esc to given up", text, other, stop_compared, f"≤ {STOP_TIMES}×", stop_ratio <= STOP_TIMES),
    ]


def _rest(terminal: Terminal) -> None:
    """Wait until the debugger has looked for alerts, and does nothing."""
    before = -1.0
    while terminal.cpu_seconds() - before > _IDLE:
        before = terminal.cpu_seconds()
        sleep(1)


def _find(terminal: Terminal) -> float:
    """Return what it takes from the last letter to the number of hits."""
    _type(terminal)
    seconds = terminal.press_until(_TEXT[-1].encode(), f"/{_TEXT} –/0 ")
    terminal.type(_ESCAPE)
    return seconds


def _give_up(terminal: Terminal) -> float:
    """Return what it takes, while a text is looked for, from Esc to the usual screen."""
    _type(terminal)
    terminal.press_until(_TEXT[-1].encode(), f"/{_TEXT} –/0…")
    seconds = terminal.press_until(_ESCAPE, "? keys")
    terminal.settle()
    return seconds


def _type(terminal: Terminal) -> None:
    """Type all but the last letter, and wait until that is nowhere either."""
    terminal.press_until(f"/{_TEXT[:-1]}".encode(), f"/{_TEXT[:-1]} –/0 ")
    terminal.settle()


def _scan(path: Path) -> float:
    file, offset = os.open(path, os.O_RDONLY), 0
    start = perf_counter()
    while block := os.pread(file, SLICE, offset):
        block.find(_TEXT.encode())
        offset += len(block)
    seconds = perf_counter() - start
    os.close(file)
    return seconds
