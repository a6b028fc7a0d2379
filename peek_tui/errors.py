"""What Peek raises on purpose, and the exit code each ends a command with.

    PeekError
    ├── UsageError      the command was called wrongly               exit 2
    └── InputError      something given cannot be read               exit 3
        └── NoTraceError   there is nothing of that name

A message is one sentence that says what was wrong, where, and what to do.
"""

from __future__ import annotations

__all__ = ["InputError", "NoTraceError", "PeekError", "UsageError"]


class PeekError(Exception):
    """The root of what Peek raises."""


class UsageError(PeekError):
    """The command was called wrongly."""


class InputError(PeekError):
    """Something given cannot be read."""


class NoTraceError(InputError):
    """There is no trace of that name."""
