"""A trace file: appended to, one `write` a line, locked while its writer lives.

Mode `direct`: an acknowledged event is in the kernel, so a `kill -9` of the process loses none. Measured on lines of
600 bytes: 1.4 µs with orjson; a queue in front loses 6 to 137 events at a kill.
"""

from __future__ import annotations

import errno
import os
import re
import time
from pathlib import Path
from typing import Self

from ..interrupts import from_signal_handler
from .held import (
    FIRST_PAUSE,
    LONG_STALL,
    LONGEST,
    MANY_STALLS,
    STALLED,
    HeldWrite,
    Numbers,
    held_write,
    others,
)

__all__ = ["FileSink", "beside"]

_OWN_WRITER = re.compile(r"(?<=-[0-9a-f]{8})-[0-9a-f]{8}$")
"""The writer at the end of a name we chose, behind the session."""
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""Not blocking matters to a pipe that nobody reads: what it has no room for is lost, and the host goes on."""
_STDERR = 2
_LOCK_ATTEMPTS = 20
_LOCK_PAUSE = 0.001
_REOPEN_AFTER = 1.0
_LOOK_AFTER = 1.0
"""Seconds after which a write first sees whether the file is still there; to look costs two thirds of a write."""
_HEX = [f"{number:02x}".encode() for number in range(256)]


class FileSink:
    """Appends lines to `path`; the file and its directories are made at the first write, for the user alone.

    If a writer has it open already, and there is an `aside`, they go there instead.
    """

    def __init__(self, path: Path, aside: Path | None = None) -> None:
        self.path = path
        self._aside = aside
        self._fd = -1
        self._torn = False
        self._failure: OSError | None = None
        self._retry_at = 0.0
        self._look_at = 0.0
        self._held: HeldWrite | None = None
        """A `write` that keeps the interpreter's lock, looked for once there are other threads."""
        self._looked = False
        self._hold_from = 0.0
        self._pause = FIRST_PAUSE
        self._stalls = 0

    def write(self, line: bytes) -> None:
        if self._fd < 0:
            self._open()
        elif time.monotonic() >= self._look_at:
            self._look()
        torn = self._torn
        if torn:
            line = b"\n" + line
        try:
            written = os.write(self._fd, line) if others() == 0 else self._write_beside_others(line)
            if written != len(line):
                raise OSError(errno.ENOSPC, f"wrote {written} of {len(line)} bytes", str(self.path))
        except BaseException:  # a signal handler's too: nobody can tell how much of the line is there
            self._torn = True
            raise
        if torn:
            self._torn = False

    def _write_beside_others(self, line: bytes) -> int:
        """Write while other threads are there: with the interpreter's lock kept, as long as that is quick."""
        if not self._looked:
            self._held = held_write(self._fd)
            self._looked = True
        begin = time.monotonic()
        if self._held is None or len(line) > LONGEST or begin < self._hold_from:
            return os.write(self._fd, line)
        written = self._held(self._fd, line)
        self._took(time.monotonic() - begin)
        return written

    def _took(self, seconds: float) -> None:
        """Have the lock given away for a while when the disk stalls, and not when the process was only put aside."""
        if seconds <= STALLED:
            self._stalls = 0
            return
        self._stalls += 1
        if self._stalls >= MANY_STALLS or seconds > LONG_STALL:
            self._hold_from = time.monotonic() + self._pause
            self._pause *= 2

    def write_next(self, numbers: Numbers, start: bytes, rest: bytes) -> tuple[int, OSError | None] | None:
        """Write the line of the next number, which stands in it as 8 hex digits between `start` and `rest`. Return the
        number, and why its line is not there if it is not; or None when the line has to be written the other way.

        For threads, instead of a lock of ours. One who waits for such a lock is given it before it has the
        interpreter's, and while it waits for that, everybody waits. Here no two lines change places because nothing
        gives the interpreter's lock away between taking the number and the end of the write: CPython does so after a
        call, at the beginning of a function and in loops only (a test makes 8 threads try).
        """
        begin, held = time.monotonic(), self._held
        if held is None or begin < self._hold_from or begin >= self._look_at or len(rest) > LONGEST:
            return None
        write, length = held.function, len(start) + 8 + len(rest)
        number, fd = numbers.next, self._fd  # from here on
        if numbers.busy or self._torn or fd < 0:
            return None
        numbers.next = number + 1
        digits = _HEX[number >> 24 & 255] + _HEX[number >> 16 & 255] + _HEX[number >> 8 & 255] + _HEX[number & 255]
        written = write(fd, start + digits + rest, length)  # to here
        seconds = time.monotonic() - begin
        if self._stalls or seconds > STALLED:
            self._took(seconds)
        if written == length:
            return number, None
        self._torn = True
        return number, held.failure() if written < 0 else OSError(errno.ENOSPC, f"wrote {written} of {length} bytes")

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)  # which also lets go of the lock

    def forked(self, writer: str) -> Self:
        self.close()
        return type(self)(beside(self.path, writer))

    def _open(self) -> None:
        """Open the file, or raise the last failure again while it is too young to try anew."""
        if self._failure is not None and time.monotonic() < self._retry_at:
            raise self._failure.with_traceback(None)  # or it would grow with every event that is lost
        try:
            _make_private(self.path.parent)
            self._fd = _out_of_the_way(os.open(self.path, _FLAGS, 0o600))
            self._torn = _ends_in_half_a_line(self._fd)
        except OSError as error:
            if not from_signal_handler(error):
                self._failure = error
                self._retry_at = time.monotonic() + _REOPEN_AFTER
            raise
        self._failure = None
        self._look_at = time.monotonic() + _LOOK_AFTER
        if not _lock(self._fd) and self._aside is not None and _has_writer(self._fd):
            self.close()
            self.path, self._aside = self._aside, None
            self._open()

    def _look(self) -> None:
        """Let go of a file that has been deleted: nobody can read what it takes. The next write makes a new one."""
        self._look_at = time.monotonic() + _LOOK_AFTER
        if os.fstat(self._fd).st_nlink == 0:
            self.close()
            raise FileNotFoundError(errno.ENOENT, "the trace file was deleted, with all it held", str(self.path))


def beside(path: Path, writer: str) -> Path:
    """Return where another writer of the run that `path` belongs to writes."""
    return path.with_name(f"{_OWN_WRITER.sub('', path.stem)}-{writer}{path.suffix}")


def _make_private(directory: Path) -> None:
    """Make what is missing of `directory`, every level for the user alone; `mkdir(parents=True)` guards the last."""
    missing = [level for level in (directory, *directory.parents) if not level.exists()]
    for level in reversed(missing):
        level.mkdir(mode=0o700, exist_ok=True)


def _out_of_the_way(fd: int) -> int:
    """Return another descriptor for a file that was opened as stdin, stdout or stderr, which its host had closed: what
    C libraries write there is no event.
    """
    if fd > _STDERR:
        return fd
    try:
        return _out_of_the_way(os.dup(fd))
    finally:
        os.close(fd)


def _ends_in_half_a_line(fd: int) -> bool:
    size = os.fstat(fd).st_size
    return size > 0 and os.pread(fd, 1, size - 1) != b"\n"


def _lock(fd: int) -> bool:
    """Say *running* to readers. A reader's probe may hold the lock for an instant; some filesystems have no locks.

    Return False if somebody else holds it for longer.
    """
    try:
        import fcntl
    except ImportError:  # Windows: the reader then says `unknown` instead of `running`
        return True
    for _ in range(_LOCK_ATTEMPTS):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE)
        except OSError as error:
            if from_signal_handler(error):
                raise
            return True
        else:
            return True
    return False


def _has_writer(fd: int) -> bool:
    """Whether who holds the lock is a writer, and no reader that the system keeps from letting go: readers share it."""
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False
