"""Where lines go. A sink takes whole lines and says, by raising OSError, when it could not keep one."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Sink"]


class Sink(Protocol):
    """Takes the lines of one writer. The recorder calls it under its lock, so it need not be thread-safe."""

    def write(self, line: bytes) -> None:
        """Keep one line, its newline included. Raises OSError when it is not kept."""

    def close(self) -> None:
        """Let go of what the sink holds; a write afterwards opens it again."""

    def forked(self, writer: str) -> Sink:
        """Return the sink of a forked child, whose writer has the given id, and let go of the inherited one."""
