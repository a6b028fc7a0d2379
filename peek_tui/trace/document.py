"""A file that holds one JSON document, as the one line it would be if its writer had not broken it for people."""

from __future__ import annotations

from capture.format import reason_of
from capture.values import load_json

from .compressed import AnyFile

__all__ = ["DocumentFile"]

_SPACES = bytes.maketrans(b"\r\n", b"  ")
"""In JSON a newline stands between values only: within a string it is written as an escape."""


class DocumentFile:
    """Reads a document as a `GrowingFile` reads lines; the line ends where the document does, newline or not."""

    def __init__(self, file: AnyFile) -> None:
        self.path = file.path
        self._file = file
        self._text = bytearray()
        """What was read of it."""
        self._given = 0
        """How many bytes of that were handed out."""
        self._ended = False
        self._failure: str | None = None
        """Why what was read up to the end of the file is no document."""

    @property
    def gone(self) -> bool:
        return self._file.gone

    @property
    def trouble(self) -> str | None:
        failure = f"the document cannot be read ({self._failure})" if self._failure and not self._ended else None
        return self._file.trouble or failure

    def next(self, length: int) -> bytes:
        """Return up to so many bytes that were not read yet; the last one is the newline."""
        more = self._file.next(length).translate(_SPACES)
        if not self._ended or more.strip():  # space behind the document says nothing
            self._text += more
        if not self._ended and self._file.at_end() and self._is_whole():
            self._text += b"\n"
            self._ended = True
        data = bytes(self._text[self._given : self._given + length])
        self._given += len(data)
        return data

    def take_back(self, length: int) -> None:
        """Go back by so many bytes of those that were read last."""
        self._given -= length

    def at_end(self) -> bool:
        """Whether nothing more can be read for now."""
        return self._file.at_end() and self._given >= len(self._text)

    def size(self) -> int | None:
        """Return None: the line ends elsewhere than the file."""
        return None

    def head(self, length: int) -> bytes:
        return self._file.head(length)

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return bytes of the line again."""
        return bytes(self._text[offset : offset + length])

    def changed(self) -> str | None:
        return self._file.changed()

    def writer_lives(self) -> bool | None:
        return self._file.writer_lives()

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()

    def _is_whole(self) -> bool:
        text = bytes(self._text).strip().removeprefix(b"\xef\xbb\xbf")
        if not text.endswith(b"}"):
            self._failure = "it does not end with a brace" if text else None
            return False
        try:
            load_json(text)
        except (ValueError, RecursionError) as error:
            self._failure = reason_of(text, error)
            return False
        return True
