"""Lines in memory, for tests of programs that record."""

from __future__ import annotations

from ..format import parse_line

__all__ = ["MemorySink"]


class MemorySink:
    """Keeps every line."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    @property
    def events(self) -> list[dict[str, object]]:
        """The lines, parsed."""
        return [parse_line(line).event for line in self.lines]

    def write(self, line: bytes) -> None:
        self.lines.append(line)

    def close(self) -> None:
        """Nothing is held open."""

    def forked(self, writer: str) -> MemorySink:
        return MemorySink()
