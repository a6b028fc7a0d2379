"""Trace files with known ids and times, written by the real encoder."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.state.browse import Browse
from peek_tui.trace.model import Event
from peek_tui.trace.store import Snapshot, Store

__all__ = ["DEEP", "HOSTILE", "NOON", "SESSION", "Growing", "TraceFile", "close_all", "event_of", "obeyed"]

SESSION = "0af7651916cd43dd8448eb211c80319c"
NOON = 1_763_640_000_000_000_000
"""2025-11-20 12:00:00 UTC, when the first event of every file here happens; each next one is a second later."""

HOSTILE = (
    *(chr(code) for code in range(0x20)),
    *(chr(code) for code in range(0x7F, 0xA0)),
    "\x1b]52;c;SGVsbG8=\x07",  # writes the clipboard
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[31;1mred\x1b[0m",
    "\x9b2J\x9d52;c;SGVsbG8=\x9c",  # the same by C1 introducers
    "\x1bP1$r0m\x1b\\",
    "\u202eevil\u202c\u2066x\u2069\u200f\u061c",  # turns the direction of text
    "zero\u200bwidth\u200d\u2060\ufeff\u00ad",
    "tag\U000e0041\U000e007f\ufe0f",
    "[bold]markup[/bold] [link=x]y[/] [/nothing]",
    "模块 e\u0301 👩 한국어 ไทย",
)
"""Text that would do something to a terminal, or make its columns slip."""

_OPEN: list[Store] = []

DEEP: Any = "the end"
for _ in range(600):
    DEEP = [DEEP]


def obeyed(text: str) -> set[str]:
    """Return the characters of `text` that a terminal would obey, or show nothing for."""
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


class TraceFile:
    """A file one writer appends to."""

    def __init__(self, path: Path, writer: str = "5f3a9c1e", session: str = SESSION, start: int = NOON) -> None:
        self.path = path
        self._writer = writer
        self._session = session
        self._start = start
        self._count = 0
        path.touch(0o600)

    def add(
        self, type: str, name: str = "", data: Any = None, parent: str = NO_EVENT, ts: int = 0, **header: Any
    ) -> str:
        """Append an event and return its id."""
        id = f"{self._writer}{self._count:08x}"
        ts = ts or self._start + self._count * 1_000_000_000
        self._count += 1
        self.write(encode_event(ts, id, parent, self._session, type, name, header, {} if data is None else data))
        return id

    def write(self, line: bytes) -> None:
        """Append bytes as they are."""
        with self.path.open("ab") as stream:
            stream.write(line)

    def snapshot(self) -> Snapshot:
        """Read the file."""
        return _kept(Store.load([self.path])).snapshot()


class Growing:
    """A browse over files that grow."""

    def __init__(self, *files: TraceFile, follow: bool = False) -> None:
        self._store = _kept(Store([file.path for file in files]))
        while self._store.advance():
            pass
        self.browse = Browse(self._store.snapshot(), follow=follow)

    def take_in(self) -> bool:
        """Read what the files have grown by, and show it."""
        while self._store.advance():
            pass
        return self.browse.update(self._store.snapshot())


def close_all() -> None:
    """Let go of the files that were read here."""
    while _OPEN:
        _OPEN.pop().close()


def _kept(store: Store) -> Store:
    _OPEN.append(store)
    return store


def event_of(directory: Path, type: str, name: str = "", data: Any = None, **header: Any) -> Event:
    """Return an event as it is read back from a file of its own."""
    trace = TraceFile(directory / f"{type}.jsonl")
    trace.path.write_bytes(b"")
    trace.add(type, name, data, **header)
    return trace.snapshot().event(0)
