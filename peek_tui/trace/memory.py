"""What the C library does with memory that is freed."""

from __future__ import annotations

import ctypes
from contextlib import suppress

__all__ = ["give_back_freed_memory", "keep_freed_memory"]

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Parameters of `mallopt(3)`."""
_KEPT_BLOCK = 32 * 1024 * 1024
"""Bytes, as many as glibc allows: more than what is made and freed again while a slice is read or a tree built."""
_KEPT = 32 * 1024 * 1024


def keep_freed_memory() -> None:
    """Let the C library keep what is freed between two slices, which otherwise costs a third of the time.

    glibc has large blocks from the kernel and gives them back page by page. What is larger still, and stays for long,
    should go back at once when it is freed. Another C library does as it likes.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _KEPT_BLOCK)
        mallopt(_TRIM_THRESHOLD, _KEPT)


def give_back_freed_memory() -> None:
    """Give back what the C library keeps, once much was done that will not be done again soon."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
