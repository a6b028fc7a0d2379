"""A `write` that keeps the interpreter's lock.

`os.write` gives the lock away, and beside 16 busy threads the way back to it takes 11 ms in one of a hundred calls;
with the lock kept that is 14 µs. The price: while the disk stalls, so does every thread. So only lines that are short
go this way, to regular files on disks of this machine, and none for a while once the disk has stalled, twice as long
after each time.
"""

from __future__ import annotations

import os
import stat
import sys
from _thread import _count as others
from pathlib import Path

from ..interrupts import from_signal_handler

__all__ = ["FIRST_PAUSE", "LONGEST", "STALLED", "HeldWrite", "held_write", "others"]

LONGEST = 64 * 1024
"""Bytes of the longest line that is written with the lock kept: it is a copy into the page cache of some µs."""
STALLED = 0.005
"""Seconds that a write takes only if the disk stalls, or the process is put aside,"""
MANY_STALLS = 3
"""which does not happen to it so many times in a row,"""
LONG_STALL = 0.1
"""nor for so many seconds."""
FIRST_PAUSE = 0.1
"""Seconds without such writes after the disk has stalled for the first time."""
_LOCAL = frozenset(["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "ramfs", "tmpfs", "xfs", "zfs"])


def held_write(fd: int) -> HeldWrite | None:
    """Return what writes to a file with the lock kept, or None for one that may keep a writer waiting."""
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode) or _filesystem(status.st_dev) not in _LOCAL:
            return None
        return HeldWrite()
    except (OSError, ImportError, AttributeError) as error:
        if from_signal_handler(error):
            raise
        return None


class Numbers:
    """Counts the lines of a file that several threads write."""

    __slots__ = ("busy", "next")

    def __init__(self, first: int) -> None:
        self.next = first
        self.busy = 0
        """Whether somebody took a number and has not written its line yet."""


class HeldWrite:
    """`os.write` with the interpreter's lock kept."""

    def __init__(self) -> None:
        import ctypes  # 2 ms that only a program with threads pays

        # Without `argtypes`, which cost as much as the write: a short line's length is the same as an `int`.
        self.function = ctypes.PyDLL(None, use_errno=True).write
        self.function.restype = ctypes.c_ssize_t
        self._errno = ctypes.get_errno

    def __call__(self, fd: int, line: bytes) -> int:
        written: int = self.function(fd, line, len(line))
        if written < 0:
            raise self.failure()
        return written

    def failure(self) -> OSError:
        """Return why the last write wrote nothing."""
        return OSError(self._errno(), os.strerror(self._errno()))


def _filesystem(device: int) -> str:
    """Return the name of the filesystem on a device; empty when nobody says."""
    if sys.platform != "linux":
        return ""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for mount in Path("/proc/self/mountinfo").read_text(errors="replace").splitlines():
        fields, _, rest = mount.partition(" - ")
        if fields.split()[2:3] == [wanted]:
            return rest.split()[0]
    return ""
