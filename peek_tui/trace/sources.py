"""What SRCs on the command line mean: a file, a directory, `latest`, or a session by the start of its id."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from peek_tui.errors import InputError, NoTraceError, UsageError

from .directory import TraceDirectory, TraceFile, Watch, list_traces
from .names import is_trace_name, plain_name, subagent_files

__all__ = ["LOOKS", "Source", "TraceFile", "find", "find_session", "group_sessions", "resolve", "trace_files"]

LOOKS = 0.5
"""Seconds between two looks at whether there are more files."""


class _Place(Protocol):
    """Where a SRC has its files."""

    unreadable: dict[Path, str]
    """Those that cannot be opened, and why."""

    def files(self) -> list[Path]:
        """Return all files there are now, in their order. Raises OSError."""

    def changed(self) -> bool:
        """Whether there may be more of them than before."""


class Source:
    """The files that SRCs mean, each once however often it is meant, and those that are added while they are read.

    `new` is what a `Store` takes as `more`.
    """

    def __init__(self, places: Sequence[_Place]) -> None:
        self._places = places
        self._next_look = 0.0
        self.paths: list[Path] = []
        """All files so far."""
        self.paths = self._others(path for place in places for path in place.files())

    @property
    def left_out(self) -> dict[Path, str]:
        """The files of directories that cannot be opened, and why."""
        return {path: why for place in self._places for path, why in place.unreadable.items()}

    def new(self) -> list[Path]:
        """Return the files that were added since the last call; looks at most every `LOOKS` seconds."""
        now = time.monotonic()
        if now < self._next_look:
            return []
        self._next_look = now + LOOKS
        new = self._others(path for place in self._places if place.changed() for path in _there(place))
        self.paths += new
        return new

    def _others(self, paths: Iterable[Path]) -> list[Path]:
        """Return those that are not known by this name, nor by another one."""
        names = set(self.paths)
        candidates = [path for path in dict.fromkeys(paths) if path not in names]
        if not candidates:
            return []
        known = {_identity(path) for path in self.paths}
        others = []
        for path in candidates:
            identity = _identity(path)
            if identity not in known:
                others.append(path)
                known.add(identity)
        return others


def find(sources: Sequence[str], directory: Path) -> Source:
    """Return what `sources` mean together. `directory` holds the traces nobody named a path for.

    Raises `NoTraceError` when there is nothing of that name, `UsageError` when it could mean several sessions, and
    `InputError` when it cannot be looked at.
    """
    try:
        return Source([_place(source, directory) for source in sources])
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}") from None


def find_session(session: str, directory: Path) -> Source:
    """Return the files of a run: each of its processes writes one, and one may start at any time."""
    return Source([_Session(session, TraceDirectory(directory))])


def resolve(source: str, directory: Path) -> list[Path]:
    """Return the files that `source` means now. Raises as `find` does."""
    return find([source], directory).paths


def trace_files(directory: Path) -> list[TraceFile]:
    """Return the trace files of a directory, the newest first; what is no trace is left out."""
    return _sessions_in(TraceDirectory(directory))


def group_sessions(files: Iterable[TraceFile]) -> dict[str, list[TraceFile]]:
    """Return the files of each session, the one that began first in front; sessions in the order they appear in."""
    sessions: dict[str, list[TraceFile]] = {}
    for file in files:
        sessions.setdefault(file.session, []).append(file)
    return {
        session: sorted(parts, key=lambda file: (file.start, file.path.name)) for session, parts in sessions.items()
    }


class _File:
    """One file; a transcript comes with those of its subagents, and its tail knows of later ones."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.unreadable: dict[Path, str] = {}

    def files(self) -> list[Path]:
        return [self._path, *subagent_files(self._path)]

    def changed(self) -> bool:
        return False


class _Directory:
    """All traces in a directory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._watch = Watch(path)
        self._watch.changed()
        self.unreadable: dict[Path, str] = {}

    def files(self) -> list[Path]:
        listing = list_traces(self._path)
        self.unreadable = listing.unreadable
        return [
            file
            for path in listing.files
            for file in (path, *(subagent_files(path) if plain_name(path).stem in listing.folders else ()))
        ]

    def changed(self) -> bool:
        return self._watch.changed()


class _Session:
    """The files of one run in the trace directory."""

    def __init__(self, session: str, directory: TraceDirectory) -> None:
        self._session = session
        self._directory = directory
        self.unreadable: dict[Path, str] = {}

    def files(self) -> list[Path]:
        return [file.path for file in group_sessions(self._directory.files()).get(self._session, ())]

    def changed(self) -> bool:
        return self._directory.changed()


def _place(source: str, directory: Path) -> _Place:
    if not source:  # a variable of a script that is not set; as a path it would be the working directory
        raise UsageError("SRC is empty: give a file, a directory, the beginning of a session's id, or latest")
    path = Path(source)
    if path.is_dir():
        return _readable(source, _Directory(path))
    if path.exists() or "/" in source or is_trace_name(source):
        return _File(path)  # opening it says best what is wrong with it
    traces = TraceDirectory(directory)
    sessions = group_sessions(_sessions_in(traces))
    if source == "latest":
        if not sessions:
            raise NoTraceError(f"there are no traces yet in {directory}; `peek demo` makes one")
        return _Session(next(iter(sessions)), traces)
    matches = [session for session in sessions if session.startswith(source.lower())]
    if not matches:
        raise NoTraceError(f"{source}: there is no such file, and no session in {directory} begins so")
    if len(matches) > 1:
        raise UsageError(f"{source} is the beginning of {len(matches)} sessions: give more of {matches[0]}")
    return _Session(matches[0], traces)


def _readable(source: str, place: _Directory) -> _Place:
    """Refuse a directory without a trace that can be opened."""
    if place.files():
        return place
    for path, why in place.unreadable.items():
        raise InputError(f"{source} holds no trace that can be opened: {path.name}: {why}")
    raise NoTraceError(f"{source} holds no traces: there is no .jsonl file in it")


def _sessions_in(traces: TraceDirectory) -> list[TraceFile]:
    try:
        return traces.files()
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{traces.path} cannot be read: {error.strerror}") from None


def _there(place: _Place) -> list[Path]:
    """Return the files of a place that is being followed; none while it cannot be looked at."""
    try:
        return place.files()
    except OSError:
        return []


def _identity(path: Path) -> tuple[int, int] | Path:
    """Return what two names of one file have in common; a file that is not there is itself."""
    try:
        status = path.stat()
    except OSError:
        return path
    return status.st_dev, status.st_ino
