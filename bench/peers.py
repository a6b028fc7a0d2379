"""The debugger beside the tools that people open such a file with today: lnav and toolong, where they are installed."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .measure import Plan, Row, milliseconds
from .processes import run
from .terminal import DOWN, PAGE_DOWN, Answer, Terminal
from .traces import EVENTS_OF_100_MB, size_of

__all__ = ["measure"]


class Tool(NamedTuple):
    """A program that shows a file."""

    name: str
    command: Sequence[str]
    row: str
    """What stands in a row of the file on its screen, and nowhere else there."""
    to_start: bytes
    """The key that goes to the first row."""
    down: bytes = DOWN


PEEK = Tool("peek", (sys.executable, "-m", "peek_tui"), "▶ coordinator", b"g")
OTHERS = (Tool("lnav", ("lnav",), "❭peek_log❭", b"g", b"\x1bOB"), Tool("toolong", ("tl",), '{"v":1,', b"\x1b[H"))
QUIET = 0.1
"""Seconds without a byte after which an answer is over: they answer in several pieces."""


def measure(plan: Plan) -> list[Row]:
    """Measure each on the same long trace: to its first rows, and what two keys cost from the file's start."""
    here = [tool for tool in OTHERS if shutil.which(tool.command[0])]
    if not here:
        return [Row("beside others", "neither lnav nor toolong is here")]
    run("-m", "peek_tui", "lnav")  # which does not read our traces before
    path = plan.traces.generated(plan.choose(EVENTS_OF_100_MB, 2_000))
    tools = [PEEK, *here]
    shown = plan.rounds(5, {tool.name: partial(_open, tool, path) for tool in tools})
    pressed = {tool.name: _press(tool, path, plan.choose(100, 4)) for tool in tools}
    return [
        _row(f"first rows, {size_of(path)}", {name: milliseconds(sample) for name, sample in shown.items()}),
        *(
            _row(f"{key}, {size_of(path)}", {name: taken[key] for name, taken in pressed.items()})
            for key in pressed[PEEK.name]
        ),
    ]


def _row(figure: str, said: dict[str, str]) -> Row:
    ours, *others = said
    return Row(f"beside others: {figure}", said[ours], "; ".join(f"{name} {said[name]}" for name in others))


def _open(tool: Tool, path: Path) -> float:
    with Terminal(*tool.command[1:], str(path), program=tool.command[0]) as terminal:
        return terminal.wait_for(tool.row)


def _press(tool: Tool, path: Path, presses: int) -> dict[str, str]:
    """Press two keys from the first row on, each so many times, and return what the table says of them."""
    said = {}
    for name, key in (("Down", tool.down), ("PageDown", PAGE_DOWN)):
        with Terminal(*tool.command[1:], str(path), program=tool.command[0]) as terminal:
            terminal.wait_for(tool.row)
            terminal.settle(0.5)
            terminal.type(tool.to_start)
            said[name] = _words(list(_answers(terminal, key, presses)), presses)
    return said


def _answers(terminal: Terminal, key: bytes, presses: int) -> Iterator[Answer]:
    """Yield what each press led to, as long as there are answers."""
    with suppress(TimeoutError):
        for _ in range(presses):
            yield terminal.press(key, QUIET)


def _words(answers: Sequence[Answer], presses: int) -> str:
    size = statistics.median(answer.bytes for answer in answers)
    stopped = f", stuck after {len(answers)} of {presses}" if len(answers) < presses else ""
    return f"{milliseconds([answer.seconds for answer in answers])}, {size:,.0f} B{stopped}"
