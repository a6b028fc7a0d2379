"""What a key costs in the debugger: bytes to the terminal, and the time to the last of them.

Times are set against the same key in Textual's own `DataTable`, pressed in turn with ours on a terminal of the same
size. On the machine for which the goals were set in milliseconds (Down 5, PageDown 12, Down while a trace is read 16)
that took 3.3 ms and 1,216 bytes for Down, 23 ms and 15,443 bytes for PageDown; the ratios are those of these numbers.
"""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from peek_tui.trace.store import Store

from .debugger import debugger
from .measure import Plan, Row, against, milliseconds, percentile
from .table import DOWNS, PAGE_DOWNS, TO_START, table
from .terminal import DOWN, PAGE_DOWN, ROWS, Answer, Terminal
from .traces import EVENTS_OF_100_MB, size_of

__all__ = ["measure"]

SMALL = 600
"""Bytes of a line whose payload is small enough for the inspector to show all of it."""
BYTES_A_CELL = 3
"""Where the tree or a long payload shows other lines, a key may cost so much for each place that changes."""
READING_TIMES = 4.8
_BARS = 5
"""Lines of the screen that are no rows of the timeline."""
_POSITION = " {}/"
"""How the screen says where the selection stands."""


class Key(NamedTuple):
    """A key, and what it may cost in the median."""

    name: str
    code: bytes
    rows: int
    """How far it goes."""
    in_table: int
    """How often it can be pressed in the table."""
    bytes: int
    times: float
    """What it may take, in times of what it takes in the table."""


KEYS = (
    Key("Down", DOWN, 1, DOWNS, 2_500, 1.5),
    Key("PageDown", PAGE_DOWN, ROWS - _BARS, PAGE_DOWNS, 12_000, 0.52),
)


class Press(NamedTuple):
    """What a key led to in the debugger, and in the table."""

    ours: Answer
    other: Answer


def measure(plan: Plan) -> list[Row]:
    """Measure a short trace and a long one, each from its start and back to it when its end is near."""
    presses = plan.choose(200, 4)
    short, long = plan.traces.demo(), plan.traces.generated(plan.choose(EVENTS_OF_100_MB, 2_000))
    with table() as other:
        rows = [*_measure("the demo", short, other, presses), *_measure(size_of(long), long, other, presses)]
        return [*rows, _measure_reading(size_of(long), long, other, plan.choose(5, 1), plan.choose(20, 2))]


def _measure(name: str, path: Path, other: Terminal, presses: int) -> Iterator[Row]:
    lengths = _lengths(path, presses * KEYS[-1].rows + 1)
    with debugger(path) as terminal:
        for key in KEYS:
            steps = (len(lengths) - 1) // key.rows
            pressed = list(_press(terminal, other, key, presses, steps))
            small = [each.ours for at, each in enumerate(pressed) if max(lengths[at % steps :][:2]) <= SMALL]
            yield from _rows(key, f"{key.name}, {name}", pressed, small)


def _measure_reading(name: str, path: Path, other: Terminal, starts: int, presses: int) -> Row:
    """Press Down while the debugger reads, with the user's cache empty, each time once the one before was obeyed."""
    answers = []
    for _ in range(starts):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
        with Terminal("-m", "peek_tui", str(path)) as terminal:
            terminal.wait_for(_POSITION.format(1))
            answers += [terminal.press_until(DOWN, _POSITION.format(row)) for row in range(2, presses + 2)]
    other.type(TO_START)
    theirs = [other.press(DOWN).seconds for _ in range(DOWNS)]
    times = percentile(answers, 90) / statistics.median(theirs)
    return Row(
        f"Down while {name} are read, to the new position",
        f"{milliseconds(answers)}, p90 {1e3 * percentile(answers, 90):.0f}, slowest {1e3 * max(answers):.0f}",
        f"{milliseconds(theirs)} DataTable",
        f"p90 {times:.2f}×",
        f"p90 ≤ {READING_TIMES}×",
        times <= READING_TIMES,
    )


def _rows(key: Key, figure: str, pressed: list[Press], small: list[Answer]) -> Iterator[Row]:
    """Yield the lines of one key on one trace; a page repaints every row, whatever the payload."""
    answers = [press.ours for press in pressed]
    if key.rows == 1:
        yield _bytes(f"{figure}, small payloads", small, key.bytes)
        yield _bytes(f"{figure}, all", answers)
        yield _cells(f"{figure}, all, for a place that changes", answers)
    else:
        yield _bytes(figure, answers, key.bytes)
    yield _time(f"{figure}, to the last byte", pressed, key.times)


def _lengths(path: Path, most: int) -> list[int]:
    """Return how long the lines of the first events are."""
    store = Store([path])
    while len(store.snapshot()) < most and store.advance():
        pass
    snapshot = store.snapshot()
    lengths = [len(snapshot.event(row).raw) for row in range(min(most, len(snapshot)))]
    store.close()
    return lengths


def _press(ours: Terminal, other: Terminal, key: Key, presses: int, steps: int) -> Iterator[Press]:
    """Press a key so many times in both, each from its start, and from there again where it would do something else."""
    for number in range(presses):
        if number % steps == 0:
            ours.type(b"g")
        if number % key.in_table == 0:
            other.type(TO_START)
        yield Press(ours.press(key.code), other.press(key.code))


def _bytes(figure: str, answers: Sequence[Answer], goal: int | None = None) -> Row:
    sizes = [answer.bytes for answer in answers]
    middle = statistics.median(sizes)
    text = f"{middle:,.0f} B, p99 {percentile(sizes, 99):,.0f}"
    return Row(figure, text, goal=f"≤ {goal:,} B", met=middle <= goal) if goal else Row(figure, text)


def _cells(figure: str, answers: Sequence[Answer]) -> Row:
    sizes = [answer.bytes / max(1, answer.cells) for answer in answers]
    middle = statistics.median(sizes)
    text = f"{middle:.1f} B of {statistics.median(answer.cells for answer in answers):.0f}"
    return Row(figure, text, goal=f"≤ {BYTES_A_CELL} B", met=middle <= BYTES_A_CELL)


def _time(figure: str, pressed: Sequence[Press], goal: float) -> Row:
    ours, theirs = [press.ours.seconds for press in pressed], [press.other.seconds for press in pressed]
    ratio, compared = against(ours, theirs)
    text = f"{milliseconds(ours)}, p99 {1e3 * percentile(ours, 99):.1f}"
    other = f"{milliseconds(theirs)}, {statistics.median(press.other.bytes for press in pressed):,.0f} B DataTable"
    return Row(figure, text, other, compared, f"≤ {goal}×", ratio <= goal)
