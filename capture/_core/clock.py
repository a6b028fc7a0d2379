"""Where time comes from, so that tests can bring their own."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """A wall clock for timestamps and a steady one for durations."""

    def time_ns(self) -> int:
        """Nanoseconds since 1970 UTC; may jump."""

    def steady_ns(self) -> int:
        """Nanoseconds since some moment; never goes back."""


class SystemClock:
    """The machine's clocks."""

    time_ns = staticmethod(time.time_ns)
    steady_ns = staticmethod(time.perf_counter_ns)
