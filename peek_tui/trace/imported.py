"""A foreign file as a trace: its lines become ours as they are read, and are kept in a file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peek_tui.errors import InputError, UsageError

from .compressed import AnyFile, CompressedFile
from .decoders import compression
from .document import DocumentFile
from .growing import GrowingFile
from .names import plain_name
from .record import HEAD, is_ours, read_record
from .spool import Spool
from .tail import OURS, Block, Tail

if TYPE_CHECKING:
    from .importers import Importer

__all__ = ["AnyTail", "ImportedTail", "UndecidedTail", "check_format", "open_again", "open_tail"]


_SLICE = 64 * 1024
"""Foreign bytes read at once: to import one costs about eight times what one of ours costs, some 30 ns."""
_MAGIC = 4
"""Bytes that tell whether a file is compressed."""


class ImportedTail:
    """Follows a foreign file and serves what its importer makes of it, as a `Tail` serves a file of ours.

    A line's number is that of the foreign line, so that damage is reported where the user can find it.
    """

    def __init__(self, tail: Tail, importer: Importer) -> None:
        self.path = tail.path
        self.format = importer.name
        self._tail = tail
        self._importer = importer
        self._spool = Spool()
        self._lines = 0
        self._failure: str | None = None

    @property
    def unfinished(self) -> bool:
        """Whether the file ends in half a line, or in lines that mean nothing before the next one."""
        return self._tail.unfinished or self._importer.waiting > 0

    @property
    def unread(self) -> int:
        """How many lines were read that are no event yet."""
        return self._importer.waiting

    @property
    def trouble(self) -> str | None:
        """What keeps the file from being read to its end, or None."""
        return f"no more of its events can be kept ({self._failure})" if self._failure else self._tail.trouble

    @property
    def gone(self) -> bool:
        return self._tail.gone

    def read(self, budget: int) -> Block | None:
        """Return the events of the lines that ended within the next `budget` bytes, or None when there are none."""
        block = None if self._failure else self._tail.read(min(budget, _SLICE))
        if block is None:
            return None
        lines = block.split(self._lines + 1)
        made = [(line.number, event) for line in lines for event in self._importer.take(line.text, line.number)]
        self._lines += block.data.count(b"\n")
        events, offset = b"".join(event for _, event in made), self._spool.size
        try:
            self._spool.append(events)
        except OSError as error:
            self._failure = error.strerror
            return None
        return Block(offset, events, [number for number, _ in made]) if made else None

    def ending(self, size: int) -> Block | None:
        """Return None: what the last lines say, the ones before must tell."""
        return None

    def at_end(self) -> bool:
        return self._failure is not None or self._tail.at_end()

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return an event again."""
        return self._spool.bytes_at(offset, length)

    def changed(self) -> str | None:
        return self._tail.changed()

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
        self._spool.close()


class UndecidedTail:
    """A file without a whole line: what it is will be told by what it says."""

    unread = 0

    def __init__(self, file: AnyFile, format: str | None = None) -> None:
        self.path = file.path
        self.format = format or OURS
        self._file = file
        self._given = format

    @property
    def unfinished(self) -> bool:
        return bool(self._file.head(1))

    @property
    def trouble(self) -> str | None:
        return Tail(self._file).trouble

    @property
    def gone(self) -> bool:
        return self._file.gone

    def settled(self) -> AnyTail:
        """Return the tail to go on with, now that the file may hold a line."""
        if isinstance(self._file, GrowingFile):
            head = self._file.head(_MAGIC)
            if len(head) < _MAGIC and b"\n" not in head:
                return self
            kind = compression(head)
            self._file = CompressedFile(self._file, kind) if kind else self._file
        if self._given:
            return _tail_for(self._file, self._given)
        head = self._file.head(HEAD)
        first = read_record(head[: head.find(b"\n") + 1])
        if first is not None and is_ours(first):
            return Tail(self._file)
        from .importers import detect

        found = detect(head)
        return _tail_for(self._file, found) if found or b"\n" in head or len(head) == HEAD else self

    def beside(self) -> list[Path]:
        return []

    def read(self, budget: int) -> Block | None:
        return None

    def ending(self, size: int) -> Block | None:
        return None

    def at_end(self) -> bool:
        return True

    def bytes_at(self, offset: int, length: int) -> bytes:
        return self._file.bytes_at(offset, length)

    def changed(self) -> str | None:
        return self._file.changed()

    def writer_lives(self) -> bool | None:
        return self._file.writer_lives()

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


AnyTail = Tail | ImportedTail | UndecidedTail


def open_tail(path: Path, format: str | None = None) -> AnyTail:
    """Open a file as what it is, or as a format given by name. Raises `InputError` when it cannot be opened."""
    if format is not None:
        check_format(format)
    return UndecidedTail(GrowingFile(path), format).settled()


def open_again(path: Path, format: str | None = None) -> AnyTail | None:
    """Open the file that a path names now, after it has changed; None as long as there is none that can be opened."""
    try:
        return open_tail(path, format)
    except InputError:
        return None


def check_format(format: str) -> None:
    """Raise `UsageError` for a name that is no format's."""
    from .importers import FORMATS

    if format not in (OURS, *FORMATS):
        raise UsageError(f"{format}: there is no such format; there are {', '.join((OURS, *FORMATS))}")


def _tail_for(file: AnyFile, format: str | None) -> Tail | ImportedTail:
    from .importers import FORMATS

    if format not in FORMATS:
        return Tail(file)
    tail = Tail(file if FORMATS[format].begins is None else DocumentFile(file))
    return ImportedTail(tail, FORMATS[format].importer(plain_name(file.path)))
