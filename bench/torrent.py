"""An agent that records 100,000 events a second: `python -m bench.torrent FILE TRACE SECONDS`, once a line is on stdin.

It writes the lines of a generated trace over and over, each time with the counter of its ids going on, so that they are
one writer's and none is missing. At the end it writes, as JSON, how many had been written at which moment, on the clock
that every process of this machine reads alike.
"""

from __future__ import annotations

import fcntl
import json
import sys
from binascii import hexlify
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
from numpy.typing import NDArray

__all__ = ["BATCH", "RATE", "Moments"]

RATE = 100_000
BATCH = 1_600
"""Events written at once."""

Moments = list[tuple[float, int]]
"""When how many events were there."""

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

_ID_COUNTER, _PARENT, _PARENT_COUNTER = 46, 66, 74
"""Where they stand in a line."""


def main(path: str, trace: str, seconds: str) -> None:
    batches = _batches(Path(trace).read_bytes())
    moments: Moments = []
    with Path(path).open("ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as `capture` does: the run is running
        file.write(next(batches))
        sys.stdin.readline()
        start = perf_counter()
        for number in range(1, int(RATE * float(seconds)) // BATCH):
            sleep(max(0.0, start + number * BATCH / RATE - perf_counter()))
            file.write(next(batches))
            moments.append((perf_counter(), (number + 1) * BATCH))
    sys.stdout.write(json.dumps(moments))


def _batches(lines: bytes) -> Iterator[memoryview]:
    """Yield the lines again and again, `BATCH` of them at a time."""
    text = np.frombuffer(bytearray(lines), np.uint8)
    ends = np.flatnonzero(text == ord("\n")) + 1
    ends = ends[: len(ends) // BATCH * BATCH]
    starts = np.concatenate(([0], ends[:-1]))
    numbers = np.arange(len(starts))
    children = np.flatnonzero((text[starts[:, None] + np.arange(_PARENT, _PARENT + 16)] != ord("0")).any(axis=1))
    parents = _read_hex(text, starts[children] + _PARENT_COUNTER)
    past = 0
    while True:
        _write_hex(text, starts + _ID_COUNTER, numbers + past)
        _write_hex(text, starts[children] + _PARENT_COUNTER, parents + past)
        for first in range(0, len(starts), BATCH):
            yield text.data[starts[first] : ends[first + BATCH - 1]]
        past += len(starts)


def _read_hex(text: Bytes, at: Numbers) -> Numbers:
    digits = text[at[:, None] + np.arange(8)].tobytes()
    return np.frombuffer(bytes.fromhex(digits.decode()), ">u4").astype(np.int64)


def _write_hex(text: Bytes, at: Numbers, numbers: Numbers) -> None:
    digits = np.frombuffer(hexlify(numbers.astype(">u4").tobytes()), np.uint8)
    text[at[:, None] + np.arange(8)] = digits.reshape(-1, 8)


if __name__ == "__main__":
    main(*sys.argv[1:])
