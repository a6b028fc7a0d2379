"""Bytes eight at a time: as 64-bit words, many lines at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fits", "Positions", "Windows", "eight_digits", "leading_digits", "length_to_quote"]

Positions = NDArray[np.int64]
"""Where something stands in a block, a line each."""
Fits = NDArray[np.bool_]
"""Of which lines something is true."""

_MARGIN = bytes(512)
"""Behind the last line, so that a window may begin anywhere in it."""

_EVERY_BYTE = np.uint64(0x0101010101010101)
_HIGH_BITS = _EVERY_BYTE << np.uint64(7)
_QUOTES = _EVERY_BYTE * np.uint64(ord('"'))
_ZEROS = _EVERY_BYTE * np.uint64(ord("0"))


class Windows:
    """The lines of a block, for looking at them in windows."""

    def __init__(self, lines: bytes) -> None:
        self.bytes = lines + _MARGIN
        self._last = len(lines)

    def windows(self, at: Positions, kind: np.dtype[Any]) -> NDArray[Any]:
        """Return the bytes at these positions as records of a kind: one copy a line."""
        size = kind.itemsize
        every = np.ndarray(self._last + 1, np.dtype((np.void, size)), self.bytes, strides=(1,))
        return every[np.minimum(at, self._last)].view(kind)  # not `take`, which would first copy every window there is

    def words(self, at: Positions, count: int) -> NDArray[np.uint64]:
        """Return so many 64-bit words at these positions."""
        return self.windows(at, np.dtype((np.void, 8 * count))).view(np.uint64).reshape(-1, count)

    def holds(self, at: Positions, text: bytes) -> Fits:
        """Return at which of these positions a text of 24 bytes at the most stands."""
        count = -(-len(text) // 8)
        expected = np.frombuffer(text.ljust(8 * count, b"\0"), np.uint64)
        bits = np.frombuffer((len(text) * b"\xff").ljust(8 * count, b"\0"), np.uint64)
        found = self.words(at, count)
        same: Fits = (found[:, 0] & bits[0]) == expected[0]
        for part in range(1, count):
            same &= (found[:, part] & bits[part]) == expected[part]
        return same


def eight_digits(text: NDArray[np.uint64]) -> tuple[NDArray[np.int64], Fits]:
    """Return the number that eight ASCII digits make, and where they are digits."""
    values = text ^ _ZEROS
    digits = (((values & ~_HIGH_BITS) + _EVERY_BYTE * np.uint64(0x76) | values) & _HIGH_BITS) == 0
    return _join_digits(values), digits


def _join_digits(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the number that eight digits make, the first of them in the lowest byte."""
    pairs = (values * np.uint64(10) + (values >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100) + (pairs >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    eight = (fours * np.uint64(10_000) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return eight.astype(np.int64)


def leading_digits(block: Windows, at: Positions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers that the digits at these positions make, up to eight, and how many they are."""
    values = block.words(at, 1)[:, 0] ^ _ZEROS
    other = ((values & ~_HIGH_BITS) + _EVERY_BYTE * np.uint64(0x76) | values) & _HIGH_BITS
    digits = np.where(other, _byte(other), 8)
    shift = np.minimum(64 - 8 * digits, 63).astype(np.uint64)
    return np.where(digits, _join_digits(values << shift), 0), digits


def length_to_quote(text: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many bytes stand before the first quote; all of them where there is none."""
    differs = text ^ _QUOTES
    quotes = (differs - _EVERY_BYTE) & ~differs & _HIGH_BITS
    parts = text.shape[1]
    first, before = quotes[:, parts - 1], np.full(len(text), 8 * (parts - 1))
    for part in reversed(range(parts - 1)):
        here = quotes[:, part] != 0
        first, before = np.where(here, quotes[:, part], first), np.where(here, 8 * part, before)
    return np.where(first, before + _byte(first), 8 * parts)


def _byte(bits: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return in which byte, from the lowest, the first bit is set."""
    return np.bitwise_count((bits & (~bits + np.uint64(1))) - np.uint64(1)) >> np.uint8(3)
