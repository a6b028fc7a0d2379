"""Whether payloads can be read: put off while only headers are, since it costs as much as all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from .at_once import REFUSED, decode_at_once, is_text
from .columns import Columns
from .imported import AnyTail

__all__ = ["doubtful_lines", "is_sound"]

_AT_ONCE = 512 * 1024
"""Bytes looked at together."""


class _Object(msgspec.Struct, frozen=True, gc=False):
    """Any JSON object."""


class _Payload(msgspec.Struct, frozen=True, gc=False):
    """A line, passed over but for the kind of its payload."""

    data: _Object = _Object()


_decoder = msgspec.json.Decoder(_Payload)


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
            begins = (offsets[first:stop] - offsets[first]).astype(np.int64)
            ends = begins + lengths[first:stop]
            text = tails[files[first]].bytes_at(int(offsets[first]), int(ends[-1]))
            whole = len(text) == ends[-1] and is_text(text)
            if not whole or decode_at_once(_decoder, text, begins, ends) is None:
                lines = [text[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
                yield from ((start + at, line) for at, line in enumerate(lines, first) if not is_sound(line))
            first = stop


def is_sound(line: bytes) -> bool:
    """Return whether a line is JSON in UTF-8, with an object for a payload."""
    try:
        _decoder.decode(line)
    except REFUSED:
        return False
    return is_text(line)
