"""What recording costs a thread among many that compute, where `os.write` waits for the interpreter's lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import perf_counter

from capture import TraceContext

from .measure import Plan, Row, Sample, faster, microseconds, percentile

__all__ = ["measure"]

THREADS = 16
BETWEEN = 50e-6
"""Seconds that a thread computes between two events."""
GOAL = 100.0
"""Times as fast as a plain `os.write` of the same line, the slowest of a hundred calls."""
LONGEST = 100e-6
TEXT = "the provider answered 503 Service Unavailable to POST /v1/refunds of charge ch_9002 " * 4

Call = Callable[[], object]


def measure(plan: Plan) -> list[Row]:
    """Measure the slowest of a hundred calls, in the median of the rounds."""
    paths = (plan.traces.directory / f"threads-{number}.jsonl" for number in count())
    events = plan.choose(300, 20)
    sides = {"ours": lambda: _record(next(paths), events), "write": lambda: _write(next(paths), events)}
    taken = plan.rounds(5, sides)
    ratio, compared = faster(taken["ours"], taken["write"])
    figure = f"one event among {THREADS} busy threads, p99"
    met = ratio >= GOAL and sorted(taken["ours"])[len(taken["ours"]) // 2] <= LONGEST
    other = f"{microseconds(taken['write'])} os.write"
    return [Row(figure, microseconds(taken["ours"]), other, compared, f"≥ {GOAL:.0f}×, ≤ {1e6 * LONGEST:.0f} µs", met)]


def _record(path: Path, events: int) -> float:
    with TraceContext("bench", path) as context:
        return _slowest(lambda: context.record_log("stderr", TEXT, parent=context.root_id), events)


def _write(path: Path, events: int) -> float:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    line = TEXT.encode() + b"\n"
    try:
        return _slowest(lambda: os.write(descriptor, line), events)
    finally:
        os.close(descriptor)


def _slowest(call: Call, events: int) -> float:
    """Return what the slowest of a hundred calls took, all threads together."""
    taken: Sample = []
    start = threading.Barrier(THREADS)
    threads = [threading.Thread(target=_work, args=(start, call, events, taken)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return percentile(taken, 99)


def _work(start: threading.Barrier, call: Call, events: int, taken: Sample) -> None:
    start.wait()
    for _ in range(events):
        begin = perf_counter()
        call()
        end = perf_counter()
        taken.append(end - begin)
        while perf_counter() - end < BETWEEN:
            pass
