"""The lines of a file that may still grow, be torn or truncated.

Reads with `pread` and never maps: a mapped file that is truncated kills the reader. Positions are absolute.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from peek_tui.errors import InputError, NoTraceError

from .locks import writer_lives

__all__ = ["OURS", "Block", "Tail"]

OURS = "peek"
"""The name of our own format."""


class Block(NamedTuple):
    """Whole lines that follow each other."""

    offset: int
    """Where the first byte stands in what `bytes_at` reads."""
    lines: bytes
    """One line after another, each with its newline; blank ones too."""
    numbers: Sequence[int] | None = None
    """Of imported events, the number of the foreign line of each, counted from 1."""


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
        self._unfinished: list[bytes] = []

    @property
    def unfinished(self) -> bool:
        """Whether the file ends, as far as it was read, in half a line."""
        return bool(self._unfinished)

    @property
    def truncated(self) -> bool:
        """Whether the file is shorter than what was read of it: someone cut or rewrote it."""
        return os.fstat(self._fd).st_size < self._position

    def read(self, budget: int) -> Block | None:
        """Return the lines that ended within the next `budget` bytes, or None."""
        read = os.pread(self._fd, budget, self._position)
        self._position += len(read)
        end = read.rfind(b"\n") + 1
        if not end:
            if read:
                self._unfinished.append(read)
            return None
        lines = b"".join([*self._unfinished, read[:end]]) if self._unfinished else read[:end]
        self._unfinished = [read[end:]] if end < len(read) else []
        block = Block(self._line_start, lines)
        self._line_start += len(lines)
        return block

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
