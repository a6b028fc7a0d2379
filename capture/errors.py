"""Everything the capture library and the trace format raise on purpose.

    CaptureError
    ├── UsageError        the library was called in a way it cannot serve (also a ValueError)
    └── LineError         a line is not an event (also a ValueError)

The recorder itself raises none of them into a running agent: see `capture._core.guard`.
"""

from __future__ import annotations

__all__ = ["CaptureError", "LineError", "UsageError"]


class CaptureError(Exception):
    """The root of what `capture` raises."""


class UsageError(CaptureError, ValueError):
    """The library was called in a way it cannot serve: the message says what to call instead."""


class LineError(CaptureError, ValueError):
    """A line of a trace cannot be read as an event. The message is the reason, fit for `stats.damaged`."""
