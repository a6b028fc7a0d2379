"""Fakes for tests of programs that record: time that moves when told, the same ids in every run, lines in memory.

```python
clock = ManualClock()
capture.init(directory=tmp_path, clock=clock, randomness=SeededRandomness())
with capture.TraceContext("my_agent") as ctx:
    my_agent()
assert [event["type"] for event in read_events(ctx.path)] == ["agent_start", "tool_call", "tool_result", "agent_end"]
```
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from .format import parse_line
from .sinks.memory import MemorySink

__all__ = ["ManualClock", "MemorySink", "SeededRandomness", "read_events"]


class ManualClock:
    """A `Clock` that stands still until it is told to move."""

    def __init__(self, time_ns: int = 1_763_625_600_000_000_000) -> None:
        self._time_ns = time_ns
        self._steady_ns = 0

    def time_ns(self) -> int:
        return self._time_ns

    def steady_ns(self) -> int:
        return self._steady_ns

    def advance(self, seconds: float) -> None:
        """Let that much time pass, on both clocks."""
        self._time_ns += round(seconds * 1e9)
        self._steady_ns += round(seconds * 1e9)

    def set_wall(self, time_ns: int) -> None:
        """Set the wall clock, which may go back; the steady one does not notice."""
        self._time_ns = time_ns


class SeededRandomness:
    """Bytes that look random and are the same in every run."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def __call__(self, count: int) -> bytes:
        return self._random.randbytes(count)


def read_events(path: Path | None) -> list[dict[str, Any]]:
    """Return the events of a trace file. Raises `LineError` for a line that is none."""
    if path is None:  # what `TraceContext.path` is before the context is entered
        raise ValueError("there is no trace file yet")
    return [parse_line(line).event for line in path.read_bytes().split(b"\n") if line.strip()]
