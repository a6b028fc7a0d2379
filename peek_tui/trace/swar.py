"""Bytes eight at a time: as 64-bit words, many lines at once."""

from __future__ import annotations

from functools import reduce
from operator import ior
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Fits",
    "Numbers",
    "Pattern",
    "Positions",
    "Windows",
    "eight_digits",
    "first_set",
    "newlines",
    "read_numbers",
]

Positions = NDArray[np.int64]
"""Where something stands in a block, a line each."""
Fits = NDArray[np.bool_]
"""Of which lines something is true."""
_Words = NDArray[np.uint64]

_LONGEST = 176
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

    def texts(self, at: Positions, size: int) -> _Words:
        """Return the bytes at these positions, as many as make whole words, a row of words each."""
        return self.windows(at, np.dtype((np.void, size))).view(np.uint64).reshape(-1, size // 8)

    def holds(self, at: Positions, text: bytes) -> Fits:
        """Return at which of these positions a text stands."""
        pattern = Pattern(text, b"\xff" * len(text))
        return pattern.fits(self.texts(at, pattern.size))


class Pattern:
    """A text that is looked for in windows, as far as the bits of a mask go."""

    def __init__(self, text: bytes, mask: bytes) -> None:
        self.size = -(-len(text) // 8) * 8
        """Bytes of the windows it is compared with."""
        expected, bits = (np.frombuffer(some.ljust(self.size, b"\0"), np.uint64) for some in (text, mask))
        self._words = [(at, bits[at], expected[at] & bits[at]) for at in np.flatnonzero(bits).tolist()]

    def fits(self, texts: _Words) -> Fits:
        """Return which windows hold it."""
        fits: Fits = reduce(ior, ((texts[:, at] & bits) ^ expected for at, bits, expected in self._words)) == 0
        return fits


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
    pairs = values * _TEN + (values >> _EIGHT)
    higher, lower = pairs & _TWO_BYTES, (pairs >> _SIXTEEN) & _TWO_BYTES
    eight = (higher * _TO_MILLIONS + lower * _TO_UNITS) >> _HALF
    return eight.view(np.int64)


_TEN, _SIXTEEN, _HALF = np.uint64(10), np.uint64(16), np.uint64(32)
_TWO_BYTES = np.uint64(0x000000FF_000000FF)
_TO_MILLIONS = np.uint64((1_000_000 << 32) + 100)
_TO_UNITS = np.uint64((10_000 << 32) + 1)
"""What pairs of digits count, in the order in which two products add up in the upper half of a word."""


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
    stop = first_set(_others(values))  # the high bit of the first byte that is no digit
    digits = stop >> 3
    above = _join_digits(values << (71 - stop).view(np.uint64))
    plain = above >= _LEAST.take(digits)
    end = at + digits
    whole = (values >> (stop - 7).view(np.uint64)) & _LOW_BYTES[1] != _POINT
    value = above.astype(np.float64)
    pointed = np.flatnonzero(~whole)
    if len(pointed):  # counts have no point, and most numbers are counts
        below, places = _read_fractions(block.words(end[pointed] + 1))
        plain[pointed] &= places > 0
        end[pointed] += places + 1
        # Both are integers below 10¹⁵, so that one division rounds as reading the decimal does.
        value[pointed] = (above[pointed] * 100_000_000 + below) / 100_000_000
    return Numbers(value, plain, whole, end)


_POINT = ord(".") ^ ord("0")
_LEAST = np.array([1, 0, *(10**digits for digits in range(1, 7)), 2**62])
"""The least number of so many digits that JSON has, where there are neither too few nor too many."""


def _read_fractions(text: _Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read up to seven digits behind a point, which a NUL ends: in hundred millionths, and how many there are."""
    digits = text ^ _ZEROS
    places = first_set(_others(digits)) >> 3
    return _join_digits(digits & _LOW_BYTES.take(places)), places
