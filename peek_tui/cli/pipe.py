"""What can be read only once, copied into a file that grows with it: stdin, a FIFO, what `<(…)` of a shell gives."""

from __future__ import annotations

import os
import re
import select
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from peek_tui.errors import InputError, UsageError
from peek_tui.trace.locks import lock_as_writer
from peek_tui.trace.spool import spool_directory

__all__ = ["STDIN", "Pipe", "is_pipe", "is_stdin", "open_pipe", "take_keys"]

STDIN = "-"
_STDIN_FD = 0
_STDIN_NAMES = (STDIN, "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
_OPENED = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
"""A pipe that the shell has opened for us."""
_BLOCK = 1 << 16
_TURN_MS = 500


def is_stdin(source: str) -> bool:
    return source in _STDIN_NAMES


def is_pipe(source: str) -> bool:
    """Whether a SRC can be read only once."""
    if is_stdin(source):
        return True
    try:
        mode = Path(source).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def open_pipe(source: str) -> Iterator[Pipe]:
    """Give a pipe that can be copied, and remove the copy when it is not needed any more. Raises `InputError`."""
    with tempfile.TemporaryDirectory(prefix="peek-", dir=spool_directory()) as directory:
        yield Pipe(source, Path(directory))


def take_keys() -> None:
    """Make stdin the terminal; a pipe that was opened before still reads what it was.

    Raises `UsageError` when there is no terminal to read keys from, or stdin is the terminal itself.
    """
    try:
        keys = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        message = "the debugger needs a terminal to read keys from; `peek events SRC` and `peek stats SRC` do without"
        raise UsageError(message) from None
    if os.isatty(_STDIN_FD):
        raise UsageError("stdin is the terminal, which the keys come from: pipe a trace into peek, or name its file")
    os.dup2(keys, _STDIN_FD)
    os.close(keys)


class Pipe:
    """A pipe, and the file it is copied into; that one is locked, which says *running*, as long as more may come."""

    def __init__(self, source: str, directory: Path) -> None:
        self.trouble: str | None = None
        """What ended the copy before the pipe did, or None."""
        self.ended = False
        """Whether all there will ever be is in the copy."""
        self._news = threading.Event()
        self.path = directory / ("stdin.jsonl" if is_stdin(source) else "pipe.jsonl")
        self._source = source
        self._fd = _inherited(source)
        self._copy = self.path.open("xb")
        lock_as_writer(self._copy.fileno())

    def copy(self) -> None:
        """Copy everything to the pipe's end. A FIFO that nobody writes to is waited for."""
        try:
            fd = os.open(self._source, os.O_RDONLY) if self._fd is None else self._fd
            while block := _read(fd):
                self._copy.write(block)
                self._copy.flush()
                self._news.set()
            os.close(fd)
        except OSError as error:
            self.trouble = f"{self._source} was not read to its end: {error.strerror}"
        finally:
            with suppress(OSError):  # of what could not be written either, and `trouble` says so
                self._copy.close()
            self.ended = True
            self._news.set()

    def wait(self) -> None:
        """Wait until more has come since the last call, or the end; in turns, as `_read` does."""
        while not self._news.wait(_TURN_MS / 1000):
            pass
        self._news.clear()

    def start(self) -> None:
        """Copy it beside what else this process does; the process may end before the pipe."""
        threading.Thread(target=self.copy, daemon=True).start()


def _inherited(source: str) -> int | None:
    """Return a descriptor of our own for what is open already, or None for a FIFO that is opened by its name."""
    opened = _OPENED.fullmatch(source)
    try:
        if is_stdin(source):
            return os.dup(_STDIN_FD)
        if opened is not None:
            return os.dup(int(opened[1]))
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}") from None
    if not os.access(source, os.R_OK):
        raise InputError(f"{source} cannot be opened: Permission denied")
    return None


def _read(fd: int) -> bytes:
    """Read what comes next, also when whoever shares the pipe has made it one that does not wait.

    It is waited for in turns: a Ctrl-C that strikes just before a call waits does not interrupt it.
    """
    ready = select.poll()
    ready.register(fd, select.POLLIN)
    while True:
        with suppress(BlockingIOError):
            if ready.poll(_TURN_MS):
                return os.read(fd, _BLOCK)
