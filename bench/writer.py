"""An agent that logs at a steady rate: `python -m bench.writer FILE RATE SECONDS`, once a line arrives on stdin.

Its events say `tick 000000`, `tick 000001` and so on. At the end it writes when each had been recorded, one moment a
line, on the clock that every process of this machine reads alike.
"""

from __future__ import annotations

import sys
from time import perf_counter, sleep

from capture import TraceContext

__all__ = ["tick"]


def tick(number: int) -> str:
    """Return what the event of this number says."""
    return f"tick {number:06d}"


def main(path: str, rate: str, seconds: str) -> None:
    moments = []
    with TraceContext("ticker", path) as context:
        sys.stdin.readline()
        start = perf_counter()
        for number in range(int(float(rate) * float(seconds))):
            sleep(max(0.0, start + number / float(rate) - perf_counter()))
            context.record_log(stream="stdout", text=tick(number))
            moments.append(perf_counter())
    sys.stdout.writelines(f"{moment!r}\n" for moment in moments)


if __name__ == "__main__":
    main(*sys.argv[1:])
