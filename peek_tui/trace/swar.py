"""Bytes eight at a time: as 64-bit words, many lines at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fits", "Numbers", "Positions", "Windows", "eight_digits", "first_set", "newlines", "read_numbers"]

Positions = NDArray[np.int64]
"""Where something stands in a block, a line each."""
Fits = NDArray[np.bool_]
"""Of which lines something is true."""
_Words = NDArray[np.uint64]

_LONGEST = 136
"""Bytes of the widest window there is."""
_PIECE = 256 * 1024
"""Bytes looked through at once for newlines: they and what is worked out from them stay in the processor's cache."""

_ONE = np.uint64(1)
_EIGHT = np.uint64(8)
_EVERY_BYTE = np.uint64(0x0101010101010101)
_HIGH_BITS = _EVERY_BYTE << np.uint64(7)
_ZEROS = _EVERY_BYTE * np.uint64(ord("0"))
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


class Windows:
    """The lines of a block, for looking at them in windows."""

    def __init__(self, lines: bytes) -> None:
        self._bytes = lines.ljust(_LONGEST)
        self.reach = len(self._bytes) - _LONGEST
        """Behind this, windows show what stands before: lines that end there cannot be read."""

    def windows(self, at: Positions, kind: np.dtype[Any]) -> NDArray[Any]:
        """Return the bytes at these positions as records of a kind: one copy a line."""
        every = np.ndarray(self.reach + 1, f"V{kind.itemsize}", self._bytes, strides=(1,))
        return every[np.minimum(at, self.reach)].view(kind)  # not `take`, which would first copy every window there is

    def words(self, at: Positions) -> _Words:
        """Return the 64-bit words at these positions."""
        return self.windows(at, _WORD)

    def holds(self, at: Positions, text: bytes) -> Fits:
        """Return at which of these positions a text of eight bytes at the most stands."""
        same: Fits = (self.words(at) & _LOW_BYTES[len(text)]) == int.from_bytes(text, "little")
        return same


_WORD = np.dtype(np.uint64)


def newlines(lines: bytes) -> Positions:
    """Return where the newlines of a block stand.

    They are found in bits, 64 bytes a word: few words have one, and hardly any a second one.
    """
    codes = np.frombuffer(lines, np.uint8)
    bits = np.zeros(-(-len(codes) // 64) * 8, np.uint8)
    for start in range(0, len(codes), _PIECE):
        piece = np.packbits(codes[start : start + _PIECE] == ord("\n"), bitorder="little")
        bits[start // 8 : start // 8 + len(piece)] = piece
    words = bits.view(np.uint64)
    places = np.flatnonzero(words != 0)
    left = words[places]
    found = []
    while len(places):
        found.append(64 * places + first_set(left))
        left = left & (left - _ONE)
        more = left != 0
        places, left = places[more], left[more]
    return found[0] if len(found) == 1 else np.sort(np.concatenate([np.empty(0, np.int64), *found]))


def first_set(bits: _Words) -> NDArray[np.int64]:
    """Return the place of the lowest bit that is set; 64 where none is."""
    return np.bitwise_count(~bits & (bits - _ONE)).astype(np.int64)


def eight_digits(text: _Words) -> tuple[NDArray[np.int64], Fits]:
    """Return the number that eight ASCII digits make, and where they are digits."""
    values = text ^ _ZEROS
    return _join_digits(values), _others(values) == 0


def _others(values: _Words) -> _Words:
    """Return the high bit of every byte that is no digit, of bytes from which `0` was taken off."""
    return ((values & ~_HIGH_BITS) + _EVERY_BYTE * np.uint64(0x76) | values) & _HIGH_BITS


def _join_digits(values: _Words) -> NDArray[np.int64]:
    """Return the number that eight digits make, the first of them in the lowest byte."""
    pairs = (values * np.uint64(10) + (values >> _EIGHT)) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    eight = (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return eight.astype(np.int64)


class Numbers(NamedTuple):
    """Decimal numbers that were read."""

    value: NDArray[np.float64]
    plain: Fits
    """Where there was one without a sign or an exponent, of seven digits at the most before and after its point."""
    whole: Fits
    """Where it has no point."""
    end: Positions
    """Where the first byte stands that is no longer part of it."""


def read_numbers(block: Windows, at: Positions) -> Numbers:
    """Read the numbers that begin at these positions."""
    values = block.words(at) ^ _ZEROS
    digits = first_set(_others(values)) >> 3
    above = _join_digits(values << (_EIGHT * (_EIGHT - digits.astype(np.uint64))))
    plain = (digits > 0) & (digits < 8)
    plain &= (digits == 1) | ((values & _LOW_BYTES[1]) != 0)  # JSON has no leading zeros
    end = at + digits
    text = block.words(end)
    whole = (text & _LOW_BYTES[1]) != ord(".")
    value = above.astype(np.float64)
    pointed = np.flatnonzero(~whole)
    if len(pointed):  # counts have no point, and most numbers are counts
        below, places = _read_fractions(text[pointed] >> _EIGHT)
        plain[pointed] &= places > 0
        end[pointed] += places + 1
        # Both are integers below 10¹⁵, so that one division rounds as reading the decimal does.
        value[pointed] = (above[pointed] * 100_000_000 + below) / 100_000_000
    return Numbers(value, plain, whole, end)


def _read_fractions(text: _Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read up to seven digits behind a point, which a NUL ends: in hundred millionths, and how many there are."""
    digits = text ^ _ZEROS
    places = first_set(_others(digits)) >> 3
    return _join_digits(digits & _LOW_BYTES.take(places)), places
