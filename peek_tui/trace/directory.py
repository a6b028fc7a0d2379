"""A directory of traces: which files in it are some, and whose run each is part of."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import NamedTuple

from capture.errors import LineError

from .compressed import read_head
from .header import read_header
from .names import is_trace_name

__all__ = ["Listing", "TraceDirectory", "TraceFile", "Watch", "list_traces"]

_HEADS = (4 * 1024, 256 * 1024)
"""Bytes read for the first event, the second only when it is not in the first: a block of zstd may be that long."""
_SETTLED = 1_000_000_000
"""Nanoseconds after which one more file would have changed a directory's time."""


class TraceFile(NamedTuple):
    """A file in the trace directory, and whose run it is part of."""

    path: Path
    session: str
    start: int
    """The time of its first event, nanoseconds since 1970 UTC."""


class Listing(NamedTuple):
    """What a directory holds."""

    files: dict[Path, os.stat_result]
    """The traces by their names, in their order."""
    unreadable: dict[Path, str]
    """Those that cannot be opened, and why."""
    folders: frozenset[str]
    """The names of what else stands there: a transcript's subagents stand in a folder of its name."""


def list_traces(directory: Path) -> Listing:
    """List the traces in a directory. Raises OSError."""
    files: dict[Path, os.stat_result] = {}
    unreadable: dict[Path, str] = {}
    folders = []
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if not is_trace_name(entry.name):
                folders.append(entry.name)
                continue
            path = directory / entry.name
            try:
                status = entry.stat()
            except OSError as error:
                unreadable[path] = error.strerror or str(error)
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            if os.access(path, os.R_OK):
                files[path] = status
            else:
                unreadable[path] = "Permission denied"
    return Listing(files, unreadable, frozenset(folders))


class Watch:
    """Tells when a directory has got or lost a file, without listing it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: int | None = None

    def changed(self) -> bool:
        """Whether it may have changed since the last call."""
        try:
            now = self._directory.stat().st_mtime_ns
        except OSError:
            return False  # it is away for now; what is open can still be read
        if now == self._known:
            return False
        self._known = now if time.time_ns() - now > _SETTLED else None
        return True


class TraceDirectory:
    """The directory of the traces of runs, looked at again and again: what a file has said once is not read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._watch = Watch(path)
        self._said: dict[Path, tuple[int, int, TraceFile | None]] = {}
        """What each file says, its inode, and its size as long as it says nothing."""

    def changed(self) -> bool:
        """Whether another file may have come, or one begun to say whose it is."""
        return self._watch.changed() or any(file is None for *_, file in self._said.values())

    def files(self) -> list[TraceFile]:
        """Return the traces, the newest first; what is no trace is left out. Raises OSError."""
        self._said = {path: self._identified(path, status) for path, status in list_traces(self.path).files.items()}
        files = [file for *_, file in self._said.values() if file is not None]
        return sorted(files, key=lambda file: (file.start, file.path.name), reverse=True)

    def _identified(self, path: Path, status: os.stat_result) -> tuple[int, int, TraceFile | None]:
        inode, size, file = self._said.get(path, (0, 0, None))
        if inode == status.st_ino and (file is not None or size == status.st_size):
            return inode, size, file
        return status.st_ino, status.st_size, _identify(path)


def _identify(path: Path) -> TraceFile | None:
    """Read whose run a file is part of from its first event that can be read."""
    for length in _HEADS:
        try:
            lines = read_head(path, length).split(b"\n")
        except OSError:
            return None
        for line in lines:
            try:
                header, _ = read_header(line)
            except LineError:
                continue
            if header.session:
                return TraceFile(path, header.session, header.ts)
    return None
