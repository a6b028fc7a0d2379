"""Texts of a trace are read in a time that grows as they do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import process_time
from typing import TypeVar

import pytest

from peek_tui.analysis.calls import Calls
from peek_tui.analysis.detectors.unfinished_business import _does_something
from peek_tui.analysis.news import News
from peek_tui.analysis.values import values
from peek_tui.trace.model import Event
from peek_tui.trace.store import Store
from tests.state.traces import TraceFile

T = TypeVar("T")

SIZES = 20_000, 160_000
"""The longer is 8 times the shorter; a time that grows with the square would be 64 times as long."""


def _command(text: str) -> None:
    _does_something(Event(0, 0, 0, "", "", "", "tool_call", "bash", {"data": {"arguments": text}}, b""))


def _seconds(look: Callable[[T], object], given: T) -> float:
    def once() -> float:
        began = process_time()
        look(given)
        return process_time() - began

    return max(min(once() for _ in range(3)), 1e-3)


@pytest.mark.parametrize(
    ("look", "piece"),
    [(values, "a-"), (values, "a1-"), (values, "A "), (values, "1."), (_command, "\n"), (_command, "; ")],
)
def test_linear(look: Callable[[str], object], piece: str) -> None:
    """A text eight times as long takes nothing like the square of that as long, whatever it repeats."""
    short, long = (_seconds(look, piece * (size // len(piece))) for size in SIZES)
    assert long < 24 * short


def test_calls_without_results(tmp_path: Path) -> None:
    """Calls that never get a result do not make those of the results that belong to none slower to find."""

    def look(count: int) -> float:
        trace = TraceFile(tmp_path / f"{count}.jsonl")
        for _ in range(count):
            trace.add("tool_call", "search")
        for _ in range(count):
            trace.add("tool_result", "read")
        with closing(Store.load([trace.path])) as store:
            return _seconds(lambda snapshot: Calls().take(News(snapshot)), store.snapshot())

    short, long = map(look, (500, 4_000))
    assert long < 24 * short
