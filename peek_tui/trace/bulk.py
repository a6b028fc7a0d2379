"""The lines of many events, read in long pieces: to ask the file for each one costs more than what is done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from .columns import Columns
from .imported import AnyTail

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Stretch", "read_lines", "read_stretches"]

_AT_ONCE = 512 * 1024
"""Bytes read together: what begins in one such stretch of a file."""
_GAP = 64 * 1024
"""Bytes nobody asked for that are read rather than the file asked again: to ask costs as much as so many."""


class Stretch(NamedTuple):
    """A part of a file with lines in it that somebody wants."""

    text: bytes
    begins: NDArray[np.int64]
    """Where each of the lines begins in it."""
    payloads: NDArray[np.int64]
    """Where the payload of each begins, which ends with the line but for a brace; where the line does, if unknown."""
    ends: NDArray[np.int64]
    """Where each of them ends, without its newline."""

    def lines(self) -> list[bytes]:
        text = self.text
        return [text[begin:end] for begin, end in zip(self.begins.tolist(), self.ends.tolist(), strict=True)]


def read_lines(columns: Columns, tails: Sequence[AnyTail], handles: Sequence[int] | NDArray[Any]) -> Iterator[bytes]:
    """Yield the lines of these events, without their newlines, in the order of the handles."""
    return chain.from_iterable(map(Stretch.lines, read_stretches(columns, tails, handles)))


def read_stretches(
    columns: Columns, tails: Sequence[AnyTail], handles: Sequence[int] | NDArray[Any]
) -> Iterator[Stretch]:
    """Yield the lines of these events where they stand, in the order of the handles: for who needs but a part of each.

    What is done with a stretch before the next one is read, is done while the processor has it at hand.
    """
    import numpy as np

    at = np.asarray(handles, np.int64)
    if not len(at):
        return
    length = len(columns)
    files, begins = columns.file.vector(length)[at], columns.offset.vector(length)[at].astype(np.int64)
    payloads, ends = (begins + column.vector(length)[at] for column in (columns.payload, columns.length))
    gaps = begins[1:] - ends[:-1]
    apart = (files[1:] != files[:-1]) | (gaps < 0) | (gaps > _GAP) | (begins[1:] // _AT_ONCE != begins[:-1] // _AT_ONCE)
    firsts = [0, *(np.flatnonzero(apart) + 1).tolist()]
    for first, last in zip(firsts, [*firsts[1:], len(at)], strict=True):
        start = int(begins[first])
        text = tails[files[first]].bytes_at(start, int(ends[last - 1]) - start)
        yield Stretch(text, *(places[first:last] - start for places in (begins, payloads, ends)))
