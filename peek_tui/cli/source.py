"""The SRC of a command, opened."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from peek_tui.errors import InputError
from peek_tui.paths import trace_directory
from peek_tui.trace.model import DAMAGED
from peek_tui.trace.sources import resolve
from peek_tui.trace.store import Snapshot, Store

__all__ = ["SRC_HELP", "loaded", "paths_of"]

SRC_HELP = "A file, a directory, - for stdin, a session's id or its beginning, or latest."


def paths_of(sources: Sequence[str]) -> list[Path]:
    """Return the files that the SRCs of a command mean. Raises `PeekError`."""
    return [path for source in sources for path in resolve(source, trace_directory())]


@contextmanager
def loaded(source: str) -> Iterator[Snapshot]:
    """Read all of SRC. Raises `InputError` when nothing in it can be read as an event."""
    with _spooled() if source == "-" else _named(source) as paths:
        store = Store.load(paths)
        try:
            snapshot = store.snapshot()
            check_readable(snapshot, source)
            yield snapshot
        finally:
            store.close()


def check_readable(snapshot: Snapshot, source: str) -> None:
    """Refuse what is no trace at all; a damaged trace is read as far as it goes."""
    if len(snapshot) and snapshot.types()[DAMAGED] == len(snapshot):
        damage = snapshot.event(0).damage
        assert damage is not None
        raise InputError(f"{source} is not a trace Peek can read: line {damage.line} is {damage.reason}")


@contextmanager
def _named(source: str) -> Iterator[list[Path]]:
    yield paths_of([source])


@contextmanager
def _spooled() -> Iterator[list[Path]]:
    """Keep what comes through the pipe in a file that has no name any more once it is open."""
    with tempfile.TemporaryDirectory(prefix="peek-") as directory:
        path = Path(directory) / "stdin.jsonl"
        with path.open("wb") as spool:
            while block := os.read(sys.stdin.fileno(), 1 << 20):
                spool.write(block)
        yield [path]
