"""The SRC of a command, opened."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from peek_tui.errors import UsageError
from peek_tui.paths import trace_directory
from peek_tui.trace.locks import lock_as_writer
from peek_tui.trace.readable import check_readable
from peek_tui.trace.sources import resolve
from peek_tui.trace.store import Snapshot, Store

__all__ = ["STDIN", "loaded", "loaded_store", "paths_of", "piped"]

STDIN = "-"
_BLOCK = 1 << 16


def paths_of(sources: Sequence[str]) -> list[Path]:
    """Return the files that the SRCs of a command mean. Raises `PeekError`."""
    return [path for source in sources for path in resolve(source, trace_directory())]


@contextmanager
def loaded(source: str, format: str | None = None) -> Iterator[Snapshot]:
    """Read all of SRC. Raises `InputError` when nothing in it can be read as an event."""
    with loaded_store(source, format) as store:
        yield store.snapshot()


@contextmanager
def loaded_store(source: str, format: str | None = None) -> Iterator[Store]:
    """Read all of SRC, as `loaded` does, for a command that must know what the files are."""
    with _whole_stdin() if source == STDIN else _named(source) as paths:
        store = Store.load(paths, format)
        try:
            check_readable(store.snapshot(), source)
            yield store
        finally:
            store.close()


@contextmanager
def piped() -> Iterator[Path]:
    """Give a file that grows with what comes through stdin, and give stdin to the terminal's keys.

    Raises `UsageError` when there is no terminal to read keys from.
    """
    try:
        keys = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        message = "the debugger needs a terminal to read keys from; `peek events SRC` and `peek stats SRC` do without"
        raise UsageError(message) from None
    pipe = os.dup(sys.stdin.fileno())
    os.dup2(keys, sys.stdin.fileno())
    os.close(keys)
    with tempfile.TemporaryDirectory(prefix="peek-") as directory:
        path = Path(directory) / "stdin.jsonl"
        path.touch(mode=0o600)
        threading.Thread(target=_spool, args=(pipe, path), daemon=True).start()
        yield path


@contextmanager
def _named(source: str) -> Iterator[list[Path]]:
    yield paths_of([source])


@contextmanager
def _whole_stdin() -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="peek-") as directory:
        path = Path(directory) / "stdin.jsonl"
        _spool(os.dup(sys.stdin.fileno()), path)
        yield [path]


def _spool(pipe: int, path: Path) -> None:
    """Copy a pipe into a file to its end, holding the lock that says *running* as long as it is open."""
    with path.open("wb", buffering=0) as spool:
        lock_as_writer(spool.fileno())
        while block := os.read(pipe, _BLOCK):
            spool.write(block)
    os.close(pipe)
