"""Lines that go to a file and to somewhere else."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from . import Lost, Sink

__all__ = ["TeeSink"]


class TeeSink:
    """Gives every line to both. What the first refuses is lost; what only the second refuses is told as a loss too,
    and stands in the first.
    """

    def __init__(self, first: Sink, second: Sink) -> None:
        self._first = first
        self._second = second
        self.late_losses: deque[Lost] = deque()

    @property
    def path(self) -> Path | None:
        """The file that the first writes."""
        path: Path | None = getattr(self._first, "path", None)
        return path

    @property
    def next_path(self) -> Path | None:
        """The file that the first writes after that, if it goes on in parts."""
        path: Path | None = getattr(self._first, "next_path", None)
        return path

    def write(self, line: bytes) -> None:
        try:
            self._second.write(line)
        except OSError as error:
            self.late_losses.append(Lost(error.with_traceback(None), len(line)))
        self._first.write(line)

    def settle(self) -> None:
        settle = getattr(self._first, "settle", None)
        if settle is not None:
            settle()

    def is_part_full(self) -> bool:
        is_full = getattr(self._first, "is_part_full", None)
        return is_full is not None and bool(is_full())

    def is_full_with(self, bytes: int) -> bool:
        """Whether the first's part ends with so many bytes of ours, now."""
        is_full = getattr(self._first, "is_full_with", None)
        return is_full is not None and bool(is_full(bytes))

    def next_part(self) -> None:
        parts: Any = self._first
        parts.next_part()

    def drain(self) -> None:
        """Both know at once."""

    def close(self) -> None:
        self._second.close()
        self._first.close()

    def forked(self, writer: str) -> TeeSink:
        return TeeSink(self._first.forked(writer), self._second.forked(writer))
