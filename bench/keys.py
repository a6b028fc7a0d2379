"""What a key costs in the debugger: bytes to the terminal, and the time to the last of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from peek_tui.trace.store import Store

from .debugger import debugger
from .measure import Plan, Row, percentile
from .terminal import DOWN, PAGE_DOWN, ROWS, Answer, Terminal
from .traces import EVENTS_OF_100_MB, size_of

__all__ = ["measure"]

SMALL = 600
"""Bytes of a line whose payload is small enough for the inspector to show all of it."""
BYTES_A_CELL = 3
"""Where the tree or a long payload shows other lines, a key may cost so much for each place that changes."""
READING_MS = 16
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
    bytes: int
    milliseconds: int


KEYS = (Key("Down", DOWN, 1, 2_500, 5), Key("PageDown", PAGE_DOWN, ROWS - _BARS, 12_000, 12))


def measure(plan: Plan) -> list[Row]:
    """Measure a short trace and a long one, each from its start and back to it when its end is near."""
    presses = plan.choose(200, 4)
    short, long = plan.traces.demo(), plan.traces.generated(plan.choose(EVENTS_OF_100_MB, 2_000))
    rows = [*_measure("the demo", short, presses), *_measure(size_of(long), long, presses)]
    return [*rows, _measure_reading(size_of(long), long, plan.choose(20, 2))]


def _measure(name: str, path: Path, presses: int) -> Iterator[Row]:
    lengths = _lengths(path, presses * KEYS[-1].rows + 1)
    with debugger(path) as terminal:
        for key in KEYS:
            steps = (len(lengths) - 1) // key.rows
            answers = _press(terminal, key, presses, steps)
            small = [answer for number, answer in enumerate(answers) if max(lengths[number % steps :][:2]) <= SMALL]
            yield from _rows(key, f"{key.name}, {name}", answers, small)


def _measure_reading(name: str, path: Path, presses: int) -> Row:
    """Press Down while the debugger still reads, each time once the position shows that the one before was obeyed."""
    with Terminal("-m", "peek_tui", str(path)) as terminal:
        terminal.wait_for(_POSITION.format(1))
        answers = [terminal.press_until(DOWN, _POSITION.format(row)) for row in range(2, presses + 2)]
    times = [1e3 * seconds for seconds in answers]
    text = f"{statistics.median(times):.0f} ms, p90 {percentile(times, 90):.0f}, slowest {max(times):.0f}"
    met = percentile(times, 90) <= READING_MS
    return Row(f"Down while {name} are read, to the new position", text, goal=f"p90 ≤ {READING_MS} ms", met=met)


def _rows(key: Key, figure: str, answers: list[Answer], small: list[Answer]) -> Iterator[Row]:
    """Yield the lines of one key on one trace; a page repaints every row, whatever the payload."""
    if key.rows == 1:
        yield _bytes(f"{figure}, small payloads", small, key.bytes)
        yield _bytes(f"{figure}, all", answers)
        yield _cells(f"{figure}, all, for a place that changes", answers)
    else:
        yield _bytes(figure, answers, key.bytes)
    yield _time(f"{figure}, to the last byte", answers, key.milliseconds)


def _lengths(path: Path, most: int) -> list[int]:
    """Return how long the lines of the first events are."""
    store = Store([path])
    while len(store.snapshot()) < most and store.advance():
        pass
    snapshot = store.snapshot()
    lengths = [len(snapshot.event(row).raw) for row in range(min(most, len(snapshot)))]
    store.close()
    return lengths


def _press(terminal: Terminal, key: Key, presses: int, steps: int) -> list[Answer]:
    """Press a key so many times, from the start, and from there again after each `steps` of them."""
    answers = []
    for number in range(presses):
        if number % steps == 0:
            terminal.type(b"g")
        answers.append(terminal.press(key.code))
    return answers


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


def _time(figure: str, answers: Sequence[Answer], goal: int) -> Row:
    times = [1e3 * answer.seconds for answer in answers]
    middle = statistics.median(times)
    return Row(figure, f"{middle:.1f} ms, p99 {percentile(times, 99):.1f}", goal=f"≤ {goal} ms", met=middle <= goal)
