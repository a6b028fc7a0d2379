"""What a SRC on the command line means: a file, a directory, `latest`, or a session by the start of its id."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from capture.errors import LineError
from peek_tui.errors import InputError, NoTraceError, UsageError

from .header import read_header
from .importers.subagents import subagent_files

__all__ = ["TraceFile", "group_sessions", "resolve", "trace_files"]

_FIRST = 64 * 1024


class TraceFile(NamedTuple):
    """A file in the trace directory, and whose run it is part of."""

    path: Path
    session: str
    start: int
    """The time of its first event, nanoseconds since 1970 UTC."""


def resolve(source: str, directory: Path) -> list[Path]:
    """Return the files that `source` means. `directory` holds the traces nobody named a path for.

    Raises `NoTraceError` when there is nothing of that name, `UsageError` when it could mean several sessions, and
    `InputError` when it cannot be looked at.
    """
    try:
        return _resolve(source, directory)
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from None


def _resolve(source: str, directory: Path) -> list[Path]:
    path = Path(source)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix == ".jsonl")
        if not files:
            raise NoTraceError(f"{source} holds no traces: there is no .jsonl file in it")
        return [file for path in files for file in (path, *subagent_files(path))]
    if path.exists() or "/" in source or path.suffix == ".jsonl":
        return [path, *subagent_files(path)]  # opening it says best what is wrong with it
    sessions = group_sessions(trace_files(directory))
    if source == "latest":
        if not sessions:
            raise NoTraceError(f"there are no traces yet in {directory}; `peek demo` makes one")
        return [file.path for file in next(iter(sessions.values()))]
    matches = [session for session in sessions if session.startswith(source.lower())]
    if not matches:
        raise NoTraceError(f"{source}: there is no such file, and no session in {directory} begins so")
    if len(matches) > 1:
        raise UsageError(f"{source} is the beginning of {len(matches)} sessions: give more of {matches[0]}")
    return [file.path for file in sessions[matches[0]]]


def trace_files(directory: Path) -> list[TraceFile]:
    """Return the trace files of a directory, the newest first; what is no trace is left out."""
    try:
        paths = [path for path in directory.iterdir() if path.suffix == ".jsonl" and path.is_file()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{directory} cannot be read: {error.strerror}") from None
    files = [file for path in paths if (file := _identify(path)) is not None]
    return sorted(files, key=_age, reverse=True)


def group_sessions(files: Iterable[TraceFile]) -> dict[str, list[TraceFile]]:
    """Return the files of each session, the one that began first in front; sessions in the order they appear in."""
    sessions: dict[str, list[TraceFile]] = {}
    for file in files:
        sessions.setdefault(file.session, []).append(file)
    return {session: sorted(parts, key=_age) for session, parts in sessions.items()}


def _age(file: TraceFile) -> tuple[int, str]:
    return file.start, file.path.name


def _identify(path: Path) -> TraceFile | None:
    """Read whose run a file is part of from its first event that can be read."""
    try:
        with path.open("rb") as stream:
            lines = stream.read(_FIRST).splitlines()
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
