"""A compressed file as the text it holds: decompressed as it grows, and kept in a file without a name."""

from __future__ import annotations

from pathlib import Path

from .decoders import DamagedError, Decoder, compression, decoder_for, may_begin
from .growing import GrowingFile
from .spool import Spool

__all__ = ["AnyFile", "CompressedFile", "read_head"]

_SLICE = 64 * 1024
"""Compressed bytes read at once."""


class CompressedFile:
    """Reads a compressed file as a `GrowingFile` reads one that is not.

    Members and frames that follow each other are one text. Bytes are added while the file grows; a stream that ends
    too soon, or in damage, holds everything before.
    """

    def __init__(self, file: GrowingFile, kind: str) -> None:
        self.path = file.path
        self._file = file
        self._kind = kind
        self._spool = Spool()
        self._position = 0
        self._taken = b""
        self._at = 0
        """Compressed bytes, and how many of them are decompressed."""
        self._member: Decoder | None = None
        self._damage: str | None = None
        self._drained = False
        """Whether everything the file holds is decompressed."""

    @property
    def gone(self) -> bool:
        return self._file.gone

    @property
    def trouble(self) -> str | None:
        """What keeps the file from being read to its end, or None. A stream being written is not said to be cut off."""
        said = self._damage or self._file.trouble
        if said is None and self._is_cut() and not self._file.writer_lives():
            said = f"the {self._kind} stream is cut off"
        return said

    def next(self, length: int) -> bytes:
        """Return up to so many bytes of text that were not read yet."""
        self._decompress(self._position + length)
        data = self._spool.bytes_at(self._position, length)
        self._position += len(data)
        return data

    def take_back(self, length: int) -> None:
        """Go back by so many bytes of those that were read last: they will be read again."""
        self._position -= length

    def at_end(self) -> bool:
        """Whether nothing more can be read for now."""
        nothing_more = self._damage is not None or (self._drained and self._file.at_end())
        return nothing_more and self._position >= self._spool.size

    def size(self) -> int | None:
        """Return how long the text is, or None as long as that is not known."""
        return self._spool.size if self.at_end() else None

    def head(self, length: int) -> bytes:
        """Return the first bytes of the text, as many of them as there are."""
        self._decompress(length)
        return self._spool.bytes_at(0, length)

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return bytes of the text again, whatever became of the file."""
        return self._spool.bytes_at(offset, length)

    def changed(self) -> str | None:
        """Return in a few words why everything that was read must be read again from the path, or None."""
        return self._file.changed()

    def writer_lives(self) -> bool | None:
        """Whether its writer holds our lock; None when that cannot be known, for other programs take none."""
        complete = self._drained and not self._is_cut()
        return self._file.writer_lives() or (False if complete else None)

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        self._spool.close()

    def _is_cut(self) -> bool:
        """Whether the stream goes on behind the end of the file."""
        return self._drained and (self._member is not None or self._at < len(self._taken))

    def _decompress(self, until: int) -> None:
        """Decompress until the text is so long, or there is nothing to decompress."""
        while self._spool.size < until and self._damage is None:
            if self._step():
                continue
            block = self._file.next(_SLICE)
            if not block:
                self._drained = True
                return
            self._drained = False
            self._taken, self._at = self._taken[self._at :] + block, 0

    def _step(self) -> bool:
        """Decompress a piece of what was taken, and return whether there was enough for one."""
        if self._member is None:
            return self._begin()
        try:
            given, at = self._member.take(self._taken, self._at)
        except DamagedError as damage:
            given, at = damage.before, len(self._taken)
            self._damage = f"the {self._kind} stream is damaged ({damage})"
        stepped = bool(given) or at > self._at or self._damage is not None
        self._at = at
        self._keep(given)
        if self._member.done:
            self._member = None
        return stepped

    def _begin(self) -> bool:
        """Begin the next member, and return whether there is one."""
        while self._at < len(self._taken) and self._taken[self._at] == 0:
            self._at += 1  # some programs fill up their last block
        head = self._taken[self._at : self._at + 4]
        self._member = decoder_for(head)
        if self._member is None and not may_begin(head):
            self._damage = f"the {self._kind} stream ends and other bytes follow"
        return self._member is not None or self._damage is not None

    def _keep(self, text: bytes) -> None:
        try:
            self._spool.append(text)
        except OSError as error:
            self._damage = f"no more of the text can be kept ({error.strerror})"


AnyFile = GrowingFile | CompressedFile


def read_head(path: Path, length: int) -> bytes:
    """Return about the first `length` bytes of the text of a file, or what its first `length` bytes hold of it.

    Raises OSError.
    """
    with path.open("rb", buffering=0) as stream:
        head = stream.read(length)
    if compression(head) is None:
        return head
    text, at, member = b"", 0, decoder_for(head)
    while member is not None and len(text) < length:
        try:
            given, next_at = member.take(head, at)
        except DamagedError as damage:
            return text + damage.before
        if not given and next_at == at:
            break
        text, at = text + given, next_at
        member = decoder_for(head[at : at + 4]) if member.done else member
    return text
