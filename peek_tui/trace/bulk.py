"""The lines of many events, read in long pieces: to ask the file for each one costs more than what is done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .columns import Columns
from .imported import AnyTail

__all__ = ["read_lines"]

_AT_ONCE = 1024 * 1024
"""Bytes read together at the most, unless one line is longer."""
_GAP = 32 * 1024
"""Bytes nobody asked for that are read rather than the file asked again."""


def read_lines(columns: Columns, tails: Sequence[AnyTail], handles: Sequence[int]) -> Iterator[bytes]:
    """Yield the lines of these events, without their newlines, in the order of the handles."""
    import numpy as np

    at = np.asarray(handles, np.int64)
    length = len(columns)
    files = columns.file.vector(length)[at].tolist()
    begins = columns.offset.vector(length)[at].tolist()
    ends = [begin + size for begin, size in zip(begins, columns.length.vector(length)[at].tolist(), strict=True)]
    first = 0
    while first < len(files):
        file, start = files[first], begins[first]
        last = first + 1
        while (
            last < len(files)
            and files[last] == file
            and ends[last - 1] < begins[last] < ends[last - 1] + _GAP
            and ends[last] - start <= _AT_ONCE
        ):
            last += 1
        text = tails[file].bytes_at(start, ends[last - 1] - start)
        for one in range(first, last):
            yield text[begins[one] - start : ends[one] - start]
        first = last
