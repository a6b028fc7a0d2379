"""A foreign file as a trace: its lines become ours as they are read, and are kept in a file of their own."""

from __future__ import annotations

import os
from pathlib import Path

from peek_tui.errors import UsageError

from .importers import FORMATS, HEAD, Importer, detect
from .tail import OURS, Block, Tail

__all__ = ["AnyTail", "ImportedTail", "UndecidedTail", "check_format", "open_tail"]


_SLICE = 64 * 1024
"""Foreign bytes read at once: to import one costs about eight times what one of ours costs, some 30 ns."""


class ImportedTail:
    """Follows a foreign file and serves what its importer makes of it, as a `Tail` serves a file of ours.

    A line's `number` is that of the foreign line, so that damage is reported where the user can find it.
    """

    def __init__(self, tail: Tail, importer: Importer) -> None:
        self.path = tail.path
        self.format = importer.name
        self._tail = tail
        self._importer = importer
        self._spool = _nameless_file()
        self._end = 0
        self._lines = 0

    @property
    def unfinished(self) -> bool:
        """Whether the file ends in half a line, or in lines that mean nothing before the next one."""
        return self._tail.unfinished or self._importer.waiting > 0

    @property
    def unread(self) -> int:
        """How many lines were read that are no event yet."""
        return self._importer.waiting

    @property
    def truncated(self) -> bool:
        return self._tail.truncated

    def read(self, budget: int) -> Block | None:
        """Return the events of the lines that ended within the next `budget` bytes, or None."""
        foreign = self._tail.read(min(budget, _SLICE))
        if foreign is None:
            return None
        texts = enumerate(foreign.lines.split(b"\n")[:-1], self._lines + 1)
        events = [
            (number, event)
            for number, text in texts
            if text.strip(b" \t\r")
            for event in self._importer.take(text, number)
        ]
        lines = b"".join(event for _, event in events)
        self._keep(lines)
        block = Block(self._end, lines, [number for number, _ in events])
        self._end += len(lines)
        self._lines += foreign.lines.count(b"\n")
        return block

    def at_end(self) -> bool:
        return self._tail.at_end()

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return an event again."""
        return os.pread(self._spool, length, offset)

    def settled(self) -> ImportedTail:
        return self

    def beside(self) -> list[Path]:
        """Return the files that belong to this one; there may be more of them later."""
        return self._importer.beside()

    def writer_lives(self) -> bool | None:
        """Whether its writer holds our lock; None when not, for others' programs take none."""
        return self._tail.writer_lives() or None

    def fileno(self) -> int:
        return self._tail.fileno()

    def close(self) -> None:
        self._tail.close()
        os.close(self._spool)

    def _keep(self, events: bytes) -> None:
        while events:
            events = events[os.write(self._spool, events) :]


class UndecidedTail:
    """A file without a whole line: what it is will be told by what it says."""

    format = OURS
    unread = 0

    def __init__(self, tail: Tail) -> None:
        self.path = tail.path
        self._tail = tail

    @property
    def unfinished(self) -> bool:
        return bool(self.bytes_at(0, 1))

    @property
    def truncated(self) -> bool:
        return False

    def settled(self) -> AnyTail:
        """Return the tail to go on with, now that the file may hold a line."""
        head = self.bytes_at(0, HEAD)
        return _tail_for(self._tail, detect(head)) if b"\n" in head or len(head) == HEAD else self

    def beside(self) -> list[Path]:
        return []

    def read(self, budget: int) -> Block | None:
        return None

    def at_end(self) -> bool:
        return True

    def bytes_at(self, offset: int, length: int) -> bytes:
        return self._tail.bytes_at(offset, length)

    def writer_lives(self) -> bool | None:
        return self._tail.writer_lives()

    def fileno(self) -> int:
        return self._tail.fileno()

    def close(self) -> None:
        self._tail.close()


AnyTail = Tail | ImportedTail | UndecidedTail


def open_tail(path: Path, format: str | None = None) -> AnyTail:
    """Open a file as what it is, or as a format given by name. Raises `InputError` when it cannot be opened."""
    if format is None:
        return UndecidedTail(Tail(path)).settled()
    check_format(format)
    return _tail_for(Tail(path), format)


def check_format(format: str) -> None:
    """Raise `UsageError` for a name that is no format's."""
    if format not in (OURS, *FORMATS):
        raise UsageError(f"{format}: there is no such format; there are {', '.join((OURS, *FORMATS))}")


def _nameless_file() -> int:
    """Return a new file that is gone when it is closed, however this process ends."""
    import tempfile

    file, name = tempfile.mkstemp(prefix="peek-")
    Path(name).unlink()
    return file


def _tail_for(tail: Tail, format: str | None) -> Tail | ImportedTail:
    if format in FORMATS:
        return ImportedTail(tail, FORMATS[format].importer(tail.path))
    return tail
