"""Where lines go. A sink takes whole lines and says, by raising OSError, when it could not keep one."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple, Protocol

__all__ = ["LateSink", "Lost", "PartedSink", "SettlingSink", "Sink"]


class Sink(Protocol):
    """Takes the lines of one writer. The recorder calls it under its lock, so it need not be thread-safe.

    A sink may also be a `LateSink`, a `SettlingSink`, a `PartedSink`; the recorder looks for their members.
    """

    def write(self, line: bytes) -> None:
        """Keep one line, its newline included. Raises OSError when it is not kept."""

    def close(self) -> None:
        """Let go of what the sink holds; a write afterwards opens it again."""

    def forked(self, writer: str) -> Sink:
        """Return the sink of a forked child, whose writer has the given id, and let go of the inherited one."""


class Lost(NamedTuple):
    """A line that was taken and could not be kept after all."""

    error: OSError
    bytes: int


class LateSink(Sink, Protocol):
    """Finds out after a write that a line is lost."""

    late_losses: deque[Lost]
    """What the recorder has not heard of yet. Another thread may append to it."""

    def drain(self) -> None:
        """Wait, for a bounded moment, until there is nothing more to find out."""


class SettlingSink(Sink, Protocol):
    """Is done with a line some time after it took it."""

    def settle(self) -> None:
        """Return when all that was written before is as safe as this sink makes it. Called without the recorder's
        lock, by every thread that wrote a line. Raises OSError when that cannot be had.
        """


class PartedSink(Sink, Protocol):
    """Writes a run into several files, each of which is a writer of its own."""

    def is_part_full(self) -> bool:
        """Whether the next line belongs into another file."""

    def next_part(self) -> None:
        """Go on in the next file."""
