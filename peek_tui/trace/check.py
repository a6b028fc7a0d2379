"""Whether payloads can be read: put off while only headers are, since it costs as much as all the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from .columns import Columns
from .imported import AnyTail

__all__ = ["are_sound", "doubtful_lines"]

_AT_ONCE = 1024 * 1024
"""Bytes looked at together."""


class _Object(msgspec.Struct, frozen=True, gc=False):
    """Any JSON object."""


class _Payload(msgspec.Struct, frozen=True, gc=False):
    """A line, passed over but for the kind of its payload."""

    data: _Object = _Object()


_decode = msgspec.json.Decoder(_Payload).decode


def doubtful_lines(columns: Columns, tails: Sequence[AnyTail], start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield those events with handles from `start` up to `end` whose lines may be damaged, each with its line.

    The fast decoder refuses some lines that are not: who wants to know for certain parses them.
    """
    if start >= end:
        return
    import numpy as np

    files, offsets, lengths = (column.vector(end)[start:] for column in (columns.file, columns.offset, columns.length))
    changes = [*(np.flatnonzero(files[1:] != files[:-1]) + 1).tolist(), len(files)]
    first = 0
    for change in changes:  # within a file, its lines follow each other
        while first < change:
            within = int(offsets[first:change].searchsorted(offsets[first] + np.uint64(_AT_ONCE)))
            stop = first + max(1, within)
            begins = (offsets[first:stop] - offsets[first]).tolist()
            ends = [begin + length for begin, length in zip(begins, lengths[first:stop].tolist(), strict=True)]
            text = tails[files[first]].bytes_at(int(offsets[first]), ends[-1])
            lines = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
            if not are_sound(lines):
                yield from ((start + at, line) for at, line in enumerate(lines, first) if not are_sound([line]))
            first = stop


def are_sound(lines: Sequence[bytes]) -> bool:
    """Return whether lines are JSON in UTF-8, with an object for a payload."""
    try:
        for line in lines:
            if not line.isascii():
                line.decode()
        deque(map(_decode, lines), maxlen=0)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True
