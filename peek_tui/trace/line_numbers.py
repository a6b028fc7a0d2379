"""Where the lines of a file stand in it: who asks for the number of one has it counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from .tail import Block

__all__ = ["LineNumbers"]


class LineNumbers:
    """Where the lines of one file stand in it: kept by block, and counted within one when somebody asks."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._numbers: list[int | Sequence[int]] = []
        self._last = 0, 0
        """Where somebody asked last, and how many lines before it were counted in its block."""
        self.read = 0
        """How many lines were read."""

    def dump(self) -> Any:
        """Return what `restore` takes."""
        return [self._offsets, self._numbers, self.read]

    def restore(self, meta: Any) -> None:
        """Take over the numbers of an index that was kept."""
        self._offsets, self._numbers, self.read = meta

    def add(self, block: Block, lines: int) -> None:
        """Take a block of so many lines."""
        self._offsets.append(block.offset)
        self._numbers.append(self.read + 1 if block.numbers is None else block.numbers)
        self.read = self.read + lines if block.numbers is None else block.numbers[-1]

    def at(self, offset: int, read: Callable[[int, int], bytes]) -> int:
        """Return the number of the line that begins at an offset, counted from 1.

        Who asks for one line after another has each one counted once: a file of nothing but damage is as long as any.
        """
        block = bisect_right(self._offsets, offset) - 1
        start, numbers = self._offsets[block], self._numbers[block]
        counted, before = self._last
        if not start <= counted <= offset:
            counted, before = start, 0
        before += read(counted, offset - counted).count(b"\n")
        self._last = offset, before
        return numbers + before if isinstance(numbers, int) else numbers[before]
