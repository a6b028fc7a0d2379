"""How fast a text is found that is nowhere: against a bare `bytes.find`, and without regard to case against `re`."""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

from peek_tui.trace.needle import Needle
from peek_tui.trace.search import SLICE, search

from .measure import Plan, Row, Side, faster
from .traces import EVENTS_OF_1_GB, size_of

__all__ = ["measure", "sides"]

GOAL = 5.0
"""How many times as fast as `re`, without regard to case."""

_TEXT = "a zebra crossing"


def measure(plan: Plan) -> list[Row]:
    """Measure a generated trace of 500 MB or 1 GB; a plain search as information, for there is no goal for it."""
    path = plan.traces.generated(plan.choose(1_000_000, 2_000, EVENTS_OF_1_GB))
    taken = plan.rounds(7, sides(path))
    size = path.stat().st_size

    def rate(side: str) -> str:
        return f"{size / statistics.median(taken[side]) / 1e9:.2f} GB/s"

    plain, folded = faster(taken["plain"], taken["find"]), faster(taken["any case"], taken["re"])
    return [
        Row(f"search {size_of(path)}", rate("plain"), f"{rate('find')} bytes.find", plain[1]),
        Row(
            f"search {size_of(path)} in any case",
            rate("any case"),
            f"{rate('re')} re",
            folded[1],
            f"≥ {GOAL:g}×",
            folded[0] >= GOAL,
        ),
    ]


def sides(path: Path) -> dict[str, Side]:
    """Return what is compared: a plain search with `find`, and one in any case with `re`."""
    pattern = re.compile(b"(?i)" + _TEXT.encode())
    return {
        "plain": partial(_search, path, Needle(_TEXT)),
        "find": partial(_slices, path, lambda block: block.find(_TEXT.encode())),
        "any case": partial(_search, path, Needle(_TEXT, ignore_case=True)),
        "re": partial(_slices, path, pattern.search),
    }


def _search(path: Path, needle: Needle) -> float:
    file = os.open(path, os.O_RDONLY)
    start = process_time()
    for found in search(partial(_read, file), 0, path.stat().st_size, needle):
        if found.lines:
            raise ValueError(f"{path} holds {needle.text!r}, so finding nothing is not what would be measured")
    taken = process_time() - start
    os.close(file)
    return taken


def _slices(path: Path, look: Callable[[bytes], object]) -> float:
    file, offset = os.open(path, os.O_RDONLY), 0
    start = process_time()
    while block := _read(file, offset, SLICE):
        look(block)
        offset += len(block)
    taken = process_time() - start
    os.close(file)
    return taken


def _read(file: int, offset: int, length: int) -> bytes:
    return os.pread(file, length, offset)
