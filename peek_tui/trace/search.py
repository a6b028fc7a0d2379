"""Which lines of a file hold a text: slice by slice, so that an interface stays alive, and without any index.

A slice is passed over at 3 GB/s, with or without regard to case: `numpy` makes both sides lower case by `| 0x20`, into
the same buffer each time, which costs a tenth of what `find` does. A regular expression is passed over as fast when
it has a plain word in it, and else at the speed at which events are read.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from .content import FIXED_HEADER
from .needle import Needle
from .spelling import ESCAPED

__all__ = ["FIRST_SLICE", "SLICE", "Found", "search"]

FIRST_SLICE = 64 * 1024
"""Bytes that are looked through before anything is yielded, so that the nearest line is there at once."""
SLICE = 2 * 1024 * 1024
"""What slices double to. Letting other threads run costs 50 µs: a tenth of what a slice takes."""

_CASE = 0x20
"""The bit that tells `a` from `A`; without it some signs look alike too, which the needle then tells apart."""

_FOLDED_ESCAPE = re.compile(re.escape(bytes(byte | _CASE for byte in rb"\u00")) + b"[2-7]")
"""`ESCAPED` in such a block."""

Probe = bytes | re.Pattern[bytes]
Read = Callable[[int, int], bytes]


class Found(NamedTuple):
    """What one slice held."""

    lines: list[int]
    """The offset of every line that holds the text, in the order of the search."""
    position: int
    """How far the search has come: everything before this offset is done, or after it when it runs backwards."""


def search(
    read: Read, start: int, stop: int, needle: Needle, *, reverse: bool = False, escaping: bool = False
) -> Generator[Found, None, None]:
    """Look for a text in the lines of a file from `start` up to `stop`, and yield what each slice held.

    `read(offset, length)` reads the file, as `os.pread` does; `start` is where a line begins, `stop` where one ended or
    the file does. `reverse` begins with the last line; `escaping` says that signs of ASCII may be escapes in the file,
    so that lines with an escape are looked at, too. What is yielded is also how far the search has come and a
    chance to end it, by closing the iterator; each slice lets other threads run.
    """
    slices = _backwards(read, start, stop) if reverse else _forwards(read, start, stop)
    fold = _Fold(needle) if needle.ignore_case and needle.probes else None
    more = (ESCAPED if fold is None else _FOLDED_ESCAPE,) if escaping and needle.probes else ()
    for offset, block, begin, end in slices:
        haystack, probes = (block, needle.probes) if fold is None else (fold(block), fold.probes)
        places = _Places(haystack, end, (*probes, *more))
        lines = [offset + line for line in _lines(block, begin, end, places, needle)]
        yield Found(lines[::-1], offset + begin) if reverse else Found(lines, offset + end)
        time.sleep(0)


Slice = tuple[int, bytes, int, int]
"""Where a block of the file begins, its bytes, and from where to where whole lines stand in it."""


def _forwards(read: Read, start: int, stop: int) -> Iterator[Slice]:
    size = FIRST_SLICE
    while start < stop:
        block = read(start, min(size, stop - start))
        if not block:
            return  # the file was cut meanwhile
        end = len(block) if start + len(block) >= stop else block.rfind(b"\n") + 1
        if end:
            yield start, block, 0, end
            start, size = start + end, min(2 * size, SLICE)
        elif len(block) < size:
            stop = start + len(block)
        else:
            size *= 2  # a line longer than that


def _backwards(read: Read, start: int, stop: int) -> Iterator[Slice]:
    size = FIRST_SLICE
    while start < stop:
        offset = max(start, stop - size)
        block = read(offset, stop - offset)
        if not block:  # the file was cut meanwhile: look at what is left
            stop = offset
            continue
        begin = 0 if offset == start else block.find(b"\n", 0, len(block) - 1) + 1
        if begin or offset == start:
            yield offset, block, begin, len(block)
            stop, size = offset + begin, min(2 * size, SLICE)
        else:
            size *= 2


def _lines(block: bytes, begin: int, end: int, places: _Places, needle: Needle) -> Iterator[int]:
    """Yield where the lines begin that hold the text."""
    line = place = begin
    while (found := places.next(place)) < end:
        line = block.rfind(b"\n", line, found) + 1 or line
        header = FIXED_HEADER.match(block, line, end) if needle.probes else None
        if header and found < header.end():
            place = header.end()
            continue
        place = block.find(b"\n", found, end) + 1 or end
        if needle.confirmed_in(block[line:place]):
            yield line
        line = place


class _Places:
    """Where any of the probes stands next in a block as they are spelled; without probes that is everywhere."""

    def __init__(self, haystack: bytes | bytearray, end: int, probes: tuple[Probe, ...]) -> None:
        self._haystack = haystack
        self._end = end
        self._known = dict.fromkeys(probes, -1)

    def next(self, place: int) -> int:
        """Return the nearest place from this one on, or the end."""
        for probe, known in self._known.items():
            if known < place:
                self._known[probe] = self._find(probe, place)
        return min(self._known.values(), default=place)

    def _find(self, probe: Probe, place: int) -> int:
        if isinstance(probe, bytes):
            found = self._haystack.find(probe, place, self._end)
            return found if found >= 0 else self._end
        match = probe.search(self._haystack, place, self._end)
        return match.start() if match else self._end


class _Fold:
    """Blocks as the probes of a needle stand in them when case is ignored."""

    def __init__(self, needle: Needle) -> None:
        self.probes = tuple(bytes(byte | _CASE for byte in probe) for probe in needle.probes)
        self._buffer = bytearray(SLICE)

    def __call__(self, block: bytes) -> bytearray:
        """Return a buffer that begins with the folded block; the next call writes it anew."""
        import numpy as np

        if len(self._buffer) < len(block):
            self._buffer = bytearray(len(block))
        folded = np.frombuffer(self._buffer, np.uint8, len(block))
        np.bitwise_or(np.frombuffer(block, np.uint8), _CASE, out=folded)
        return self._buffer
