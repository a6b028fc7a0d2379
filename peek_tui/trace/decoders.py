"""Compressed bytes, a piece at a time: one member of a gzip stream or one frame of a zstd stream.

No piece gives more than `MOST` bytes, however hostile it is, and everything before damage comes out.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Generator
from typing import Protocol

__all__ = ["MOST", "DamagedError", "Decoder", "compression", "decoder_for", "may_begin"]

MOST = 1 << 20
"""Bytes that come out at once at the most."""

_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPED = b"\x2a\x4d\x18"
"""What follows the first byte, 0x50 to 0x5f, of a zstd frame that holds no data."""
_SKIPPED_AT_ONCE = 1 << 12


class DamagedError(Exception):
    """A stream that cannot be read on, and what its last piece still gave."""

    def __init__(self, reason: str, before: bytes) -> None:
        super().__init__(reason)
        self.before = before


class Decoder(Protocol):
    """Reads one member of a stream."""

    done: bool
    """Whether the member has ended."""

    def take(self, data: bytes, at: int) -> tuple[bytes, int]:
        """Return what comes of the bytes from `at` on, and where to go on. Raises `DamagedError`.

        When nothing comes and nothing was taken, more bytes are needed.
        """


def compression(head: bytes) -> str | None:
    """Return `gzip` or `zstd` when a file begins like one, told by its first four bytes."""
    if head.startswith(_GZIP):
        return "gzip"
    return "zstd" if head.startswith(_ZSTD) or _is_skipped(head) else None


def may_begin(head: bytes) -> bool:
    """Whether a member may begin so, given more bytes."""
    if any(magic.startswith(head) for magic in (_GZIP, _ZSTD)):
        return True
    return head[0] & 0xF0 == 0x50 and _SKIPPED.startswith(head[1:4])


def decoder_for(head: bytes) -> Decoder | None:
    """Return what reads a member that begins so, or None when it is none."""
    match compression(head):
        case "gzip":
            return _Gzip()
        case "zstd":
            return _Zstd()
    return None


def _is_skipped(head: bytes) -> bool:
    return head[1:4] == _SKIPPED and head[0] & 0xF0 == 0x50


class _Gzip:
    """A gzip member, with its checksum."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=31)
        self.done = False

    def take(self, data: bytes, at: int) -> tuple[bytes, int]:
        before = self._decoder.copy()
        try:
            given = self._decoder.decompress(memoryview(data)[at:], MOST)
        except zlib.error as error:
            raise _damaged(error, before, data[at:]) from None
        self.done = self._decoder.eof
        left = self._decoder.unused_data if self.done else self._decoder.unconsumed_tail
        return given, len(data) - len(left)


def _damaged(error: zlib.error, before: zlib._Decompress, data: bytes) -> DamagedError:
    """Read up to the byte that is wrong: the decoder keeps back what it had read before it in the same piece."""
    given = bytearray()
    try:
        for at in range(len(data)):
            given += before.decompress(data[at : at + 1])
    except zlib.error:
        pass
    reason = str(error).rpartition(": ")[2]
    return DamagedError(reason, bytes(given))


class _Zstd:
    """A zstd frame, with its checksum; given to the decoder block by block, for one gives 128 KiB at the most."""

    def __init__(self) -> None:
        self._decompress, self._error = _zstd()
        self._pieces = _pieces()
        self._need = next(self._pieces)
        self.done = False

    def take(self, data: bytes, at: int) -> tuple[bytes, int]:
        piece = data[at : at + self._need]
        if len(piece) < self._need:
            return b"", at
        try:
            given = self._decompress(piece)
        except self._error as error:
            raise DamagedError(str(error).rpartition(": ")[2], b"") from None
        try:
            self._need = self._pieces.send(piece)
        except StopIteration:
            self.done = True
        return given, at + len(piece)


def _pieces() -> Generator[int, bytes, None]:
    """Yield how long each piece of a frame is, given the one before (RFC 8878, section 3.1)."""
    start = yield 5
    if not start.startswith(_ZSTD):
        left = int.from_bytes(start[4:] + (yield 3), "little")
        while left:
            left -= len((yield min(left, _SKIPPED_AT_ONCE)))
        return
    descriptor = start[4]
    single = descriptor >> 5 & 1
    yield (1 - single) + (0, 1, 2, 4)[descriptor & 3] + (single, 2, 4, 8)[descriptor >> 6]
    last = 0
    while not last:
        block = int.from_bytes((yield 3), "little")
        last, repeats = block & 1, block >> 1 & 3 == 1
        if size := 1 if repeats else block >> 3:
            yield size
    if descriptor & 4:
        yield 4


def _zstd() -> tuple[Callable[[bytes], bytes], type[Exception]]:
    """Return what decompresses the pieces of one frame, and what it raises."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError

        return ZstdDecompressor().decompress, ZstdError
    from zstandard import ZstdDecompressor, ZstdError

    return ZstdDecompressor().decompressobj().decompress, ZstdError
