"""A file that others append to, and what else they may do to it: cut it, rewrite it, put another one in its place.

Reads with `pread` and never maps: a mapped file that is truncated kills the reader. Positions are absolute.

A file that others wrote to is known by what was its beginning and its end, and by samples between them: so it is
noticed that bytes moved, or that a larger part was written over; not that a few bytes far from a sample were.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from peek_tui.errors import InputError, NoTraceError

from .locks import writer_lives
from .samples import SAMPLE, Samples

__all__ = ["PATH_LOOKS", "GrowingFile"]

PATH_LOOKS = 0.25
"""Seconds between two looks at which file the path names now: on a network each one is a question to the server."""
_SETTLED = 1_000_000_000
"""Nanoseconds after which a change would have another time: a file's clock may tick as slowly as this."""


class GrowingFile:
    """Reads one file from its beginning on. Raises `InputError` when it cannot be opened or is no regular file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = _open(path)
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            os.close(self._fd)
            raise InputError(f"{path} is not a regular file; to read a pipe, give - and pipe into peek")
        self._position = 0
        self._samples = Samples()
        self._last = b""
        """Samples of what was read, and its last bytes: they tell whether the file is still the same."""
        self._known: tuple[int, int] | None = None
        """The size and time of the file when these were compared, once they can be relied on."""
        self._changed: str | None = None
        self._failure: str | None = None
        self._next_look = 0.0
        self.gone = False
        """Whether the path names no file any more; the open one can still be read."""

    @property
    def trouble(self) -> str | None:
        """What keeps the file from being read, or None."""
        return f"the file cannot be read ({self._failure})" if self._failure else None

    def next(self, length: int) -> bytes:
        """Return up to so many bytes that were not read yet; none when there are none, or it is not the same file."""
        data = self.bytes_at(self._position, length)
        if not data:
            return b""
        if not self._has_same_ends():  # looked at after the bytes were read, so these belong to what was compared
            self._changed = self._changed or "was rewritten"
            return b""
        start, self._position = self._position, self._position + len(data)
        self._samples.see(start, len(data), lambda offset, length: data[offset - start : offset - start + length])
        self._last = (self._last + data[-SAMPLE:])[-SAMPLE:]
        return data

    def skip_to(self, offset: int) -> None:
        """Go on as if everything before had been read."""
        self._position = offset
        self._samples.see(0, offset, self.bytes_at)
        self._last = self._before(offset)

    def take_back(self, length: int) -> None:
        """Go back by so many bytes of those that were read last: they will be read again."""
        if length:
            self._position -= length
            self._samples.forget(self._position)
            self._last = self._before(self._position)

    def at_end(self) -> bool:
        """Whether nothing more can be read for now."""
        return bool(self._changed or self._failure) or self.size() <= self._position

    def size(self) -> int:
        """Return how many bytes the file holds now."""
        status = self._status()
        return self._position if status is None else status.st_size

    def head(self, length: int) -> bytes:
        """Return the first bytes, as many of them as there are."""
        return self.bytes_at(0, length)

    def bytes_at(self, offset: int, length: int) -> bytes:
        """Return bytes again. Fewer than asked for when the file was truncated, none when its disk does not answer."""
        try:
            data = os.pread(self._fd, length, offset)
        except OSError as error:
            self._failure = error.strerror
            return b""
        self._failure = None
        return data

    def changed(self) -> str | None:
        """Return in a few words why everything that was read must be read again from the path, or None."""
        self._changed = self._changed or self._rewritten() or self._replaced()
        return self._changed

    def writer_lives(self) -> bool | None:
        """Whether its writer holds our lock; None where there are no locks to ask."""
        return writer_lives(self._fd)

    def fileno(self) -> int:
        return self._fd

    def close(self) -> None:
        os.close(self._fd)

    def _status(self) -> os.stat_result | None:
        try:
            return os.fstat(self._fd)
        except OSError as error:
            self._failure = error.strerror
            return None

    def _before(self, offset: int) -> bytes:
        return self.bytes_at(max(0, offset - SAMPLE), min(SAMPLE, offset))

    def _has_same_ends(self) -> bool:
        return self._holds(0, self._samples.first) and self._holds(self._position - len(self._last), self._last)

    def _is_same(self) -> bool:
        return self._has_same_ends() and all(self._holds(place, sample) for place, sample in self._samples)

    def _holds(self, offset: int, expected: bytes) -> bool:
        found = self.bytes_at(offset, len(expected))
        return found == expected or self._failure is not None

    def _rewritten(self) -> str | None:
        status = self._status()
        if status is None:
            return None
        if status.st_size < self._position:
            return "was truncated"
        now = status.st_size, status.st_mtime_ns
        if now == self._known:
            return None
        if not self._is_same():
            return "was rewritten"
        self._known = now if time.time_ns() - status.st_mtime_ns > _SETTLED else None
        return None

    def _replaced(self) -> str | None:
        now = time.monotonic()
        if now < self._next_look:
            return None
        self._next_look = now + PATH_LOOKS
        try:
            there = self.path.stat()
        except FileNotFoundError:
            self.gone = True
            return None
        except OSError:
            return None  # its directory may be away for a while; the file says for itself whether it can be read
        self.gone = False
        mine = self._status()
        same = mine is None or (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
        return None if same else "was replaced by another file"


def _open(path: Path) -> int:
    """Open a file for reading, without waiting for the other end of a pipe."""
    flags = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
    try:
        try:
            return os.open(path, flags)
        except OSError as error:
            if error.errno != errno.EMFILE or not _allow_more_files():
                raise
            return os.open(path, flags)
    except FileNotFoundError:
        raise NoTraceError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path} cannot be opened: {error.strerror}") from None


def _allow_more_files() -> bool:
    """Ask for as many open files as this process may have: a directory of traces needs one for each."""
    try:
        import resource
    except ImportError:
        return False
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True
