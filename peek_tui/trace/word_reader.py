"""Words up to their closing quotes, many lines at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Words
from .swar import Fits, Positions, Windows, length_to_quote

__all__ = ["WordReader"]

_SHORT = 24
"""Bytes of the words that are compared at first; few words are longer."""
_LONG = 64


class _Read(NamedTuple):
    """Words that were read."""

    code: NDArray[np.int64]
    length: NDArray[np.int64]
    end: Positions
    """Where the closing quotes stand."""


_FEWEST_SLOTS = 10
_MOST_SLOTS = 16
_UNKNOWN = -1
_UNFIT = -2


class WordReader:
    """Reads words up to their closing quotes; those it has seen before it knows by their bytes, in a hash table."""

    def __init__(self, words: Words, longest: int = _SHORT) -> None:
        self._words = words
        self._parts = longest // 8
        self._longer = WordReader(words, _LONG) if longest < _LONG else None
        self._lay_out(_FEWEST_SLOTS)
        lengths = range(8 * self._parts + 1)
        masks = b"".join((length * b"\xff").ljust(8 * self._parts, b"\0") for length in lengths)
        self._masks = np.frombuffer(masks, np.uint64).reshape(-1, self._parts)

    def read(self, block: Windows, at: Positions, fits: Fits) -> _Read:
        """Read the words that begin at these positions; a line whose word does not stand for itself does not fit."""
        text = block.words(at, self._parts)
        length = length_to_quote(text)
        text &= self._masks[length]
        slot = _hash(text, self._bits)
        code = np.where(_same(self._text[slot], text), self._code[slot], _UNKNOWN)
        missed = np.flatnonzero((code == _UNKNOWN) & fits)
        if len(missed):
            code[missed] = self._learn(text[missed], length[missed])
        if self._longer is not None and (length == 8 * self._parts).any():
            long = np.flatnonzero(length == 8 * self._parts)
            other = self._longer.read(block, at[long], fits[long])
            code[long], length[long] = other.code, other.length
        fits &= code >= 0
        return _Read(code, length, at + length)

    def _learn(self, text: NDArray[np.uint64], length: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the codes of words that are not in the table, and put them there."""
        words = text.view(f"S{8 * self._parts}")[:, 0]
        _, first, same = np.unique(words, return_index=True, return_inverse=True)
        codes = [self._number(words[at], int(length[at])) for at in first.tolist()]
        for at, code in zip(first.tolist(), codes, strict=True):
            self._put(text[at : at + 1], code)
        return np.array(codes)[same]

    def _put(self, text: NDArray[np.uint64], code: int) -> None:
        slot = _hash(text, self._bits)[0]
        if self._code[slot] != _UNKNOWN and self._bits < _MOST_SLOTS:
            self._lay_out(self._bits + 1)  # no two words in one slot; the table is filled again as they come
            slot = _hash(text, self._bits)[0]
        if self._code[slot] == _UNKNOWN:
            self._code[slot], self._text[slot] = code, text[0]

    def _lay_out(self, bits: int) -> None:
        self._bits = bits
        self._text = np.zeros((1 << bits, self._parts), np.uint64)
        self._code = np.full(1 << bits, _UNKNOWN)

    def _number(self, word: bytes, length: int) -> int:
        """Return the code of a word; one with escapes, control bytes or damage in it is for the JSON decoder."""
        if length == 8 * self._parts or b"\\" in word or len(word) < length or min(word, default=0x20) < 0x20:
            return _UNFIT
        try:
            return self._words.code(word.decode())
        except UnicodeDecodeError:
            return _UNFIT


_FACTORS = [np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)]


def _same(text: NDArray[np.uint64], other: NDArray[np.uint64]) -> Fits:
    wrong = text[:, 0] ^ other[:, 0]
    for part in range(1, text.shape[1]):
        wrong |= text[:, part] ^ other[:, part]
    same: Fits = wrong == 0
    return same


def _hash(text: NDArray[np.uint64], bits: int) -> NDArray[np.int64]:
    mixed = text[:, 0] * _FACTORS[0]
    for part in range(1, text.shape[1]):
        mixed = (mixed ^ text[:, part]) * _FACTORS[part % 3]
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)
