"""An agent that goes in circles now and then: `python -m bench.looping FILE RATE SECONDS`, once a line is on stdin.

Among its log lines, at a steady rate, a call fails four times in a row, another one each time. At the end it writes
when each fourth failure had been recorded, one moment a line, on the clock that every process of this machine reads
alike.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import perf_counter, sleep

from capture import TraceContext

__all__ = ["EVERY", "TIMES"]

EVERY = 100
"""Events from one loop to the next."""
TIMES = 4
"""Calls of a loop."""


def main(path: str, rate: str, seconds: str) -> None:
    with TraceContext("looper", path) as context:
        events = _events(context)
        next(events)
        sys.stdin.readline()
        start = perf_counter()
        moments = []
        for number in range(int(float(rate) * float(seconds))):
            sleep(max(0.0, start + number / float(rate) - perf_counter()))
            if next(events):
                moments.append(perf_counter())
    sys.stdout.writelines(f"{moment!r}\n" for moment in moments)


def _events(context: TraceContext) -> Iterator[bool]:
    """Record an event at each step, and yield whether it completed a loop."""
    loop = 0
    while True:
        for number in range(EVERY - 2 * TIMES):
            context.record_log(stream="stdout", text=f"line {number}")
            yield False
        loop += 1
        for time in range(TIMES):
            context.record_tool_call("search", {"loop": loop})
            yield False
            context.record_tool_result("search", error=ValueError(f"loop {loop}"))
            yield time == TIMES - 1


if __name__ == "__main__":
    main(*sys.argv[1:])
