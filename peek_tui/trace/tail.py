"""The lines of a file that may still grow, be torn or truncated.

Reads with `pread` and never maps: a mapped file that is truncated kills the reader. Positions are absolute.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from peek_tui.errors import InputError, NoTraceError

from .locks import writer_lives

__all__ = ["OURS", "Line", "Tail"]

OURS = "peek"
"""The name of our own format."""


class Line(NamedTuple):
    """Where a line stands, and its bytes without the newline."""

    offset: int
    number: int
    """Counted from 1, blank lines included."""
    text: bytes


class Tail:
    """Follows one file. Raises `InputError` when it cannot be opened or is no regular file."""

    format = OURS
    unread = 0
    """How many lines were read that are no event yet: every line of ours is one at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        except FileNotFoundError:
            raise NoTraceError(f"{path}: there is no such file") from None
        except OSError as error:
            raise InputError(f"{path} cannot be opened: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            os.close(self._fd)
            raise InputError(f"{path} is not a regular file; to read a pipe, give - and pipe into peek")
        self._line_start = 0
        self._position = 0
        self._lines = 0
        self._unfinished: list[bytes] = []

    @property
    def unfinished(self) -> bool:
        """Whether the file ends, as far as it was read, in half a line."""
        return bool(self._unfinished)

    @property
    def truncated(self) -> bool:
        """Whether the file is shorter than what was read of it: someone cut or rewrote it."""
        return os.fstat(self._fd).st_size < self._position

    def read(self, budget: int) -> list[Line]:
        """Return the lines that ended within the next `budget` bytes; blank ones are left out."""
        block = os.pread(self._fd, budget, self._position)
        self._position += len(block)
        if b"\n" not in block:
            if block:
                self._unfinished.append(block)
            return []
        first, *others = block.split(b"\n")
        texts = [b"".join([*self._unfinished, first]), *others]
        rest = texts.pop()
        self._unfinished = [rest] if rest else []
        return [line for text in texts if (line := self._line(text)).text.strip(b" \t\r")]

    def at_end(self) -> bool:
        """Whether everything the file holds now has been read."""
        return os.fstat(self._fd).st_size <= self._position

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return a line again. Shorter than asked for when the file was truncated meanwhile."""
        return os.pread(self._fd, length, offset)

    def settled(self) -> Tail:
        """Return the tail to go on with, now that the file may say what it is."""
        return self

    def beside(self) -> list[Path]:
        """Return the files that belong to this one: none."""
        return []

    def writer_lives(self) -> bool | None:
        """Whether its writer holds our lock; None where there are no locks to ask."""
        return writer_lives(self._fd)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)

    def _line(self, text: bytes) -> Line:
        line = Line(self._line_start, self._lines + 1, text)
        self._lines += 1
        self._line_start += len(text) + 1
        return line
