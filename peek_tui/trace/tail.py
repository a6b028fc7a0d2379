"""The whole lines of a file that may still grow, be torn or truncated, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .compressed import AnyFile
from .document import DocumentFile
from .growing import GrowingFile

__all__ = ["OURS", "Block", "Line", "Tail"]

OURS = "peek"
"""The name of our own format."""
_MANY = 1024 * 1024
"""Bytes that are looked through at once."""


class Line(NamedTuple):
    """Where a line stands, and its bytes without the newline."""

    offset: int
    number: int
    text: bytes


class Block(NamedTuple):
    """Whole lines that follow each other."""

    offset: int
    """Where the first byte stands in what `bytes_at` reads."""
    data: bytes
    """The lines, and behind them perhaps the beginning of another: to cut that off would copy all the others."""
    numbers: Sequence[int] | None = None
    """The number of the foreign line of each, counted from 1, when they were imported."""

    @property
    def size(self) -> int:
        """How many bytes the whole lines take."""
        return self.data.rfind(b"\n") + 1

    @property
    def lines(self) -> bytes:
        """One line after another, each with its newline, blank ones included."""
        return self.data[: self.size]

    def split(self, first: int) -> Iterator[Line]:
        """Yield the lines one by one, without the blank ones; `first` is the number of the first."""
        offset = self.offset
        for number, text in enumerate(self.data.split(b"\n")[:-1], first):
            if text.strip(b" \t\r"):
                yield Line(offset, number, text)
            offset += len(text) + 1


class Tail:
    """Follows one file of ours."""

    format = OURS
    unread = 0
    """How many lines were read that are no event yet: every line of ours is one at once."""

    def __init__(self, file: AnyFile | DocumentFile) -> None:
        self.path = file.path
        self._file = file
        self._start = 0
        self._unfinished: list[bytes] = []
        """What was read of a line that is longer than a slice; joined once, for it may come in a thousand of them."""
        self._is_torn = False

    @property
    def unfinished(self) -> bool:
        """Whether the file ends, as far as it was read, in half a line."""
        return self._is_torn

    @property
    def trouble(self) -> str | None:
        """What keeps the file from being read to its end, and after how many lines; or None."""
        trouble = self._file.trouble
        if trouble is None:
            return None
        lines = sum(self.bytes_at(at, _MANY).count(b"\n") for at in range(0, self._start, _MANY))
        return f"{trouble} after {lines:,} line{'s' * (lines != 1)}"

    @property
    def gone(self) -> bool:
        """Whether the path names no file any more; what it named can still be read."""
        return self._file.gone

    def read(self, budget: int) -> Block | None:
        """Return the lines that ended within the next `budget` bytes, or None when none did."""
        data = self._file.next(budget)
        end = data.rfind(b"\n") + 1
        self._is_torn = end < len(data) if data else self._is_torn
        if not end:
            if data:
                self._unfinished.append(data)
            return None
        self._file.take_back(len(data) - end)  # to read the beginning of a line again costs less than to join it
        block = Block(self._start, b"".join([*self._unfinished, data]) if self._unfinished else data)
        self._unfinished = []
        self._start += block.size
        return block

    @property
    def plain(self) -> GrowingFile | None:
        """The file, when its lines stand in it as they are read: of such a file an index can be kept."""
        return self._file if isinstance(self._file, GrowingFile) else None

    @property
    def start(self) -> int:
        """Where the first line stands that was not read whole."""
        return self._start

    def skip_to(self, start: int) -> None:
        """Go on as if every line before had been read. Only for a plain file."""
        assert isinstance(self._file, GrowingFile)
        self._file.skip_to(start)
        self._start, self._unfinished, self._is_torn = start, [], False

    def ending(self, size: int) -> Block | None:
        """Return the whole lines within the last `size` bytes, without reading what is before.

        None when there are none, or where the file ends is not known yet.
        """
        end = self._file.size()
        if end is None:
            return None
        before = max(0, end - size - 1)  # with the byte before, which may end the line before
        data = self._file.bytes_at(before, end - before)
        first = data.find(b"\n") + 1 if end > size else 0
        lines = data[first : data.rfind(b"\n") + 1]
        return Block(before + first, lines) if lines else None

    def at_end(self) -> bool:
        """Whether everything the file holds now has been read."""
        return self._file.at_end()

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return a line again. Shorter than asked for when the file was truncated meanwhile."""
        return self._file.bytes_at(offset, length)

    def changed(self) -> str | None:
        """Return in a few words why everything that was read must be read again from the path, or None."""
        return self._file.changed()

    def settled(self) -> Tail:
        """Return the tail to go on with, now that the file may say what it is."""
        return self

    def beside(self) -> list[Path]:
        """Return the files that belong to this one: none."""
        return []

    def writer_lives(self) -> bool | None:
        """Whether its writer holds our lock; None when that cannot be known."""
        return self._file.writer_lives()

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
