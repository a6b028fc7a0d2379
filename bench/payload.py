"""How soon a payload of 1 MB is on the screen once its event is selected, against `rich.Syntax` of such a tree.

On the machine for which the goal was set, 30 ms, `rich.Syntax` took 2,061 ms for a tree of 24,000 lines: the ratio is
that of these numbers. Every event has a payload of its own, so that nothing is known of it from the one before.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.syntax import Syntax

from capture.events import NO_EVENT
from capture.format import encode_event

from .debugger import debugger
from .measure import Plan, Row, faster, milliseconds, percentile
from .terminal import COLUMNS, DOWN, Terminal

__all__ = ["measure"]

TIMES = 68
_A_ROUND = 4
"""Payloads of each shape that are shown for each one that is rendered."""
_NOON, _SESSION = 1_763_640_000_000_000_000, "0af7651916cd43dd8448eb211c80319c"
_WORDS = "The lamp on the third shelf was sold before anybody could have asked for its price."

Sample = list[float]


def measure(plan: Plan) -> list[Row]:
    """Measure a tree of values, one long text, and a conversation, in turn."""
    size, rounds = plan.choose(1_000_000, 20_000), plan.choose(5, 1)
    path = plan.traces.directory / "payloads.jsonl"
    _record(path, size, rounds * _A_ROUND)
    ours: dict[str, Sample] = {shape: [] for shape in _SHAPES}
    theirs: Sample = []
    with debugger(path) as terminal:
        terminal.type(b"g")
        for number in range(rounds * _A_ROUND):
            for shape, taken in ours.items():
                taken.append(_select(terminal, _name(shape, number)))
            if number % _A_ROUND == 0:
                theirs.append(_render(_payload("a tree", number, size)))
    return [_row(f"{size / 1e6:g} MB selected to shown, {shape}", taken, theirs) for shape, taken in ours.items()]


def _row(figure: str, ours: Sample, theirs: Sample) -> Row:
    shown = [statistics.median(ours[at * _A_ROUND :][:_A_ROUND]) for at in range(len(theirs))]
    ratio, compared = faster(shown, theirs)
    text = f"{milliseconds(ours)}, p90 {1e3 * percentile(ours, 90):.0f}, slowest {1e3 * max(ours):.0f}"
    return Row(figure, text, f"{milliseconds(theirs)} rich.Syntax of a tree", compared, f"≥ {TIMES}×", ratio >= TIMES)


def _select(terminal: Terminal, name: str) -> float:
    """Select the event after the next one, which has this payload."""
    terminal.type(DOWN)
    return terminal.press_until(DOWN, f"named: {name}")  # as only the inspector says it


def _render(payload: dict[str, Any]) -> float:
    start = perf_counter()
    Console(file=StringIO(), width=COLUMNS, force_terminal=True).print(Syntax(json.dumps(payload, indent=2), "json"))
    return perf_counter() - start


def _record(path: Path, size: int, number: int) -> None:
    """Write so many events of each shape, and a short one before each."""
    with path.open("wb") as file:
        for at, (type, payload) in enumerate(_events(size, number)):
            file.write(encode_event(_NOON + at, f"5f3a9c1e{at:08x}", NO_EVENT, _SESSION, type, "", {}, payload))


def _events(size: int, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "agent_start", {}
    for at in range(number):
        for shape, (type, _) in _SHAPES.items():
            yield "log", {"message": "what comes next is long"}
            yield type, _payload(shape, at, size)
    yield "agent_end", {"status": "completed"}


def _payload(shape: str, number: int, size: int) -> dict[str, Any]:
    _, make = _SHAPES[shape]
    return {"named": _name(shape, number), **make(f"{_WORDS} {number}", size)}


def _name(shape: str, number: int) -> str:
    return f"{shape.removeprefix('a ')} {number}"


def _tree(words: str, size: int) -> dict[str, Any]:
    record = {
        "id": 7,
        "price": 12.5,
        "words": words * 5,
        "tags": ["blue", "lamp", None],
        "place": {"shelf": 3, "row": True},
    }
    return {"result": [record] * (size // len(json.dumps(record)))}


def _text(words: str, size: int) -> dict[str, Any]:
    return {"result": f"{words}\n" * (size // (len(words) + 1))}


def _conversation(words: str, size: int) -> dict[str, Any]:
    message = " ".join([words] * 20)
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[at % 2], "content": message} for at in range(size // (len(message) + 36))]}


_SHAPES = {
    "a tree": ("tool_result", _tree),
    "a text": ("tool_result", _text),
    "a conversation": ("llm_request", _conversation),
}
"""What an event with it is, and what makes it of some words and a size."""
