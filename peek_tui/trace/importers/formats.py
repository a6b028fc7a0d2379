"""Which foreign formats there are, and how each is told from the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from peek_tui.trace.record import HEAD, is_ours, read_record
from peek_tui.trace.tail import OURS

from . import claude_code, claude_stream, whowhen

__all__ = ["FORMATS", "HEAD", "Format", "Importer", "detect"]


class Importer(Protocol):
    """Reads one foreign file."""

    name: str
    """The format's."""

    @property
    def waiting(self) -> int:
        """How many lines it has taken that are no event yet, because it takes a later one to know whose they are."""

    def beside(self) -> list[Path]:
        """Return the files that belong to this one, by their places; there may be more of them later."""

    def take(self, line: bytes, number: int) -> list[bytes]:
        """Return the events that a line adds, each a line of ours with its newline.

        A line that is no JSON object is given back as it is: the reader of our lines says what is wrong with it.
        """


class Format(NamedTuple):
    """A foreign format."""

    recognises: Callable[[dict[str, Any]], bool]
    """Whether a line is of this format."""
    importer: Callable[[Path], Importer]
    """Opens a file; beside it may stand others that say more of it."""
    begins: Callable[[bytes], bool] | None = None
    """Whether a file that begins so is of this format; only for those whose files are one JSON document."""


FORMATS = {
    "claude-code": Format(claude_code.recognises, claude_code.ClaudeCode),
    "claude-stream-json": Format(claude_stream.recognises, claude_stream.ClaudeStream),
    "whowhen": Format(whowhen.recognises, whowhen.WhoWhen, whowhen.begins),
}


def detect(head: bytes) -> str | None:
    """Return the format of a file that begins with `head`, told by the first line that is one of a format's; or None.

    A line longer than `head` is told by its keys alone; a document by how it begins.
    """
    *lines, rest = head.split(b"\n")
    for line in lines:
        record = read_record(line)
        name = None if record is None else _format(record)
        if name is not None:
            return name
    documents = (name for name, format in FORMATS.items() if format.begins is not None and format.begins(head))
    by_keys = _by_keys(rest) if not lines and len(rest) >= HEAD else None
    return by_keys or next(documents, None)


def _format(record: dict[str, Any]) -> str | None:
    if is_ours(record):
        return OURS
    return next((name for name, format in FORMATS.items() if format.recognises(record)), None)


def _by_keys(start: bytes) -> str | None:
    if start.lstrip(b"\xef\xbb\xbf \t\r").startswith(b'{"v":'):
        return OURS
    if b'"session_id"' in start:
        return "claude-stream-json"
    return "claude-code" if b'"sessionId"' in start or b'"parentUuid"' in start else None
