"""Whether payloads can be read: put off while only headers are, since it costs more than all the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from .columns import Columns
from .imported import AnyTail

__all__ = ["is_sound", "unchecked_lines"]

_AT_ONCE = 2 * 1024 * 1024
"""Bytes read at once."""


class _Payload(msgspec.Struct):
    """A line, passed over but for the kind of its payload."""

    data: _Object


class _Object(msgspec.Struct, frozen=True):
    """Any JSON object."""


_decode = msgspec.json.Decoder(_Payload).decode


def is_sound(line: bytes) -> bool:
    """Return whether a line is JSON with an object for a payload. A line that is not may still be: the JSON
    library has the last word.
    """
    try:
        if not line.isascii():
            line.decode()
        _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


def unchecked_lines(columns: Columns, tails: Sequence[AnyTail], start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the events with handles from `start` up to `end`, each with its line, read many at once."""
    if start >= end:
        return
    files, offsets, lengths = (
        column.vector(end)[start:].tolist() for column in (columns.file, columns.offset, columns.length)
    )
    block, block_file, block_start = b"", -1, 0
    for handle, (file, offset, length) in enumerate(zip(files, offsets, lengths, strict=True), start):
        at = offset - block_start
        if file != block_file or at < 0 or at + length > len(block):
            block = tails[file].bytes_at(offset, max(length, _AT_ONCE))
            block_file, block_start, at = file, offset, 0
        yield handle, block[at : at + length]
