"""The lines `capture` writes, read as vectors: everything before the value of `type` has a fixed width.

A block of some thousand lines is taken apart without a loop over them: windows of bytes are gathered at each line's
start and compared with the template as 64-bit words; digits and words are decoded eight bytes at a time. A line that
does not fit in every byte that matters is left to the JSON decoder: this decides about speed, never about meaning.
"""

from __future__ import annotations

import re
from binascii import Error as NotHexError
from binascii import unhexlify
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Words
from .model import read_number

__all__ = ["FixedHeaders", "FixedReader"]

Positions = NDArray[np.int64]
Fits = NDArray[np.bool_]

_FREE = b"\0"
_PIECES = (b'{"v":1,"ts":', 19, b',"id":"', 16, b'","parent":"', 16, b'","session":"', 32, b'","type":"')
_TEMPLATE = b"".join(piece * _FREE if isinstance(piece, int) else piece for piece in _PIECES)
_WIDTH = -(-len(_TEMPLATE) // 8) * 8
_HEADER = np.dtype(
    {
        "names": ["words", "ts_high", "ts_middle", "ts_low", "id", "parent"],
        "formats": [(np.uint64, _WIDTH // 8), (np.uint8, 3), "<u8", "<u8", "S16", "S16"],
        "offsets": [0, 12, 15, 23, 38, 66],
        "itemsize": _WIDTH,
    }
)
_SESSION = 95
_NAME_KEY = b'","name":"'
_DURATION_KEY = b',"duration_ms":'
_AGENT_KEY = b',"agent":"'
_DATA_KEY = b',"data":{'
_END = b"}}\n"
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=,)")

_LONGEST_WORD = 40
_LONGEST_TYPE = 24
_MARGIN = bytes(_WIDTH + _LONGEST_WORD)
"""Behind the last line, so that a window may begin anywhere in it."""

_EVERY_BYTE = np.uint64(0x0101010101010101)
_HIGH_BITS = _EVERY_BYTE << np.uint64(7)
_QUOTES = _EVERY_BYTE * np.uint64(ord('"'))
_ZEROS = _EVERY_BYTE * np.uint64(ord("0"))


class FixedHeaders(NamedTuple):
    """What the lines of a block say, a value a column; rubbish where a line does not fit."""

    fits: Fits
    ts: NDArray[np.int64]
    id: NDArray[np.uint64]
    parent: NDArray[np.uint64]
    session: NDArray[np.int64]
    type: NDArray[np.int64]
    name: NDArray[np.int64]
    agent: NDArray[np.int64]
    duration: NDArray[np.float64]
    rest: Positions
    """Where the comma before the header's rarer keys stands; 0 for a line that has none of them."""


class FixedReader:
    """Reads blocks of one trace; the words it meets are put into the vocabularies it is given."""

    def __init__(self, sessions: Words, types: Words, names: Words, agents: Words) -> None:
        self._sessions = _WordReader(sessions)
        self._types = _WordReader(types, _LONGEST_TYPE)
        self._names = _WordReader(names)
        self._agents = _WordReader(agents)
        self._no_agent = agents.code("")

    def read(self, lines: bytes, starts: Positions, ends: Positions) -> FixedHeaders:
        """Read the lines that begin at `starts` and whose newlines are at `ends`."""
        block = _Block(lines)
        header = block.windows(starts, _HEADER)
        fits = _matches_template(header["words"])
        fits &= block.holds(np.maximum(ends - 2, 0), _END)
        ts = _read_ts(header, fits)
        id = _read_ids(header["id"], fits)
        parent = _read_ids(header["parent"], fits)
        session = self._read_sessions(block, starts + _SESSION, fits)
        type = self._types.read(block, starts + len(_TEMPLATE), fits)
        at = type.end
        fits &= block.holds(at, _NAME_KEY)
        name = self._names.read(block, at + len(_NAME_KEY), fits)
        at = name.end + 1
        duration, at = _read_durations(block, at, fits)
        agent, at = self._read_agents(block, at, fits)
        rest = np.where(block.holds(at, _DATA_KEY), 0, at)
        return FixedHeaders(fits, ts, id, parent, session, type.code, name.code, agent, duration, rest)

    def _read_sessions(self, block: _Block, at: Positions, fits: Fits) -> NDArray[np.int64]:
        """Read the sessions: nearly always all are the same, which is seen without telling one from another."""
        text = block.words(at, 4)
        if len(text) and (text == text[0]).all():
            first = np.ones(1, np.bool_)
            one = self._sessions.read(block, at[:1], first)
            fits &= first & (one.length == 32)
            return np.repeat(one.code, len(at))
        session = self._sessions.read(block, at, fits)
        fits &= session.length == 32
        return session.code

    def _read_agents(self, block: _Block, at: Positions, fits: Fits) -> tuple[NDArray[np.int64], Positions]:
        code = np.full(len(at), self._no_agent)
        owned = np.flatnonzero(block.holds(at, _AGENT_KEY))
        ok = fits[owned]
        agent = self._agents.read(block, at[owned] + len(_AGENT_KEY), ok)
        fits[owned] = ok
        code[owned] = agent.code
        at[owned] = agent.end + 1
        return code, at


class _Block:
    """The lines of a block, for looking at them in windows."""

    def __init__(self, lines: bytes) -> None:
        self.bytes = lines + _MARGIN
        self._last = len(lines)

    def windows(self, at: Positions, kind: np.dtype[Any]) -> NDArray[Any]:
        """Return the bytes at these positions as records of a kind: one copy a line; zeros behind the last line."""
        size = kind.itemsize
        every = np.ndarray(self._last + 1, np.dtype((np.void, size)), self.bytes, strides=(1,))
        # A line too short for a header is asked for what follows one. Not `take`: it would first copy every window.
        return every[np.minimum(at, self._last)].view(kind)

    def words(self, at: Positions, count: int) -> NDArray[np.uint64]:
        """Return so many 64-bit words at these positions."""
        return self.windows(at, np.dtype((np.void, 8 * count))).view(np.uint64).reshape(-1, count)

    def holds(self, at: Positions, text: bytes) -> Fits:
        """Return at which of these positions a text of 16 bytes at the most stands."""
        count = -(-len(text) // 8)
        expected = np.frombuffer(text.ljust(8 * count, b"\0"), np.uint64)
        bits = np.frombuffer((len(text) * b"\xff").ljust(8 * count, b"\0"), np.uint64)
        found = self.words(at, count)
        same: Fits = (found[:, 0] & bits[0]) == expected[0]
        if count > 1:
            same &= (found[:, 1] & bits[1]) == expected[1]
        return same


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


class _WordReader:
    """Reads words up to their closing quotes; those it has seen before it knows by their bytes, in a hash table."""

    def __init__(self, words: Words, longest: int = _LONGEST_WORD) -> None:
        self._words = words
        self._parts = longest // 8
        self._lay_out(_FEWEST_SLOTS)
        size = 8 * self._parts
        # The closing quotes are kept, which tell a word from one with NULs at its end.
        masks = b"".join((min(length + 1, size) * b"\xff").ljust(size, b"\0") for length in range(size + 1))
        self._masks = np.frombuffer(masks, np.uint64).reshape(-1, self._parts)

    def read(self, block: _Block, at: Positions, fits: Fits) -> _Read:
        """Read the words that begin at these positions; a line whose word does not stand for itself does not fit."""
        text = block.words(at, self._parts)
        length = _length(text)
        text &= self._masks[length]
        slot = _hash(text, self._bits)
        code = np.where(_same(self._text[slot], text), self._code[slot], _UNKNOWN)
        missed = np.flatnonzero((code == _UNKNOWN) & fits)
        if len(missed):
            code[missed] = self._learn(text[missed], length[missed])
        fits &= code >= 0
        return _Read(code, length, at + length)

    def _learn(self, text: NDArray[np.uint64], length: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the codes of words that are not in the table, and put them there."""
        words = text.view(f"S{8 * self._parts}")[:, 0]
        _, first, same = np.unique(words, return_index=True, return_inverse=True)
        codes = np.empty(len(first), np.int64)
        for place in np.argsort(first).tolist():  # words are numbered as they appear, not as they sort
            at = first[place]
            codes[place] = self._number(words[at][:-1], int(length[at]))
            self._put(text[at : at + 1], codes[place])
        return codes[same]

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
        if length == 8 * self._parts or b"\\" in word or min(word, default=0x20) < 0x20:
            return _UNFIT
        try:
            return self._words.code(word.decode())
        except UnicodeDecodeError:
            return _UNFIT


_EXPECTED = np.frombuffer(_TEMPLATE.ljust(_WIDTH, b"\0"), np.uint64)
_FIXED_BITS = np.frombuffer(bytes(255 if byte else 0 for byte in _TEMPLATE).ljust(_WIDTH, b"\0"), np.uint64)


def _matches_template(words: NDArray[np.uint64]) -> Fits:
    wrong = np.zeros(len(words), np.uint64)
    for at in np.flatnonzero(_FIXED_BITS).tolist():
        wrong |= (words[:, at] & _FIXED_BITS[at]) ^ _EXPECTED[at]
    same: Fits = wrong == 0
    return same


def _read_ts(header: NDArray[Any], fits: Fits) -> NDArray[np.int64]:
    high = header["ts_high"] - np.uint8(ord("0"))
    middle, middle_fits = _eight_digits(header["ts_middle"].copy())
    low, low_fits = _eight_digits(header["ts_low"].copy())
    fits &= (high < 10).all(axis=1) & middle_fits & low_fits
    fits &= (high[:, 0] > 0) & (high[:, 0] < 9)  # JSON has no leading zeros; 9·10¹⁸ is near the end of 64 bits
    top = high[:, 0] * np.int64(100) + high[:, 1] * np.int64(10) + high[:, 2]
    return (top * 100_000_000 + middle) * 100_000_000 + low


def _eight_digits(text: NDArray[np.uint64]) -> tuple[NDArray[np.int64], Fits]:
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


def _read_ids(text: NDArray[np.bytes_], fits: Fits) -> NDArray[np.uint64]:
    """Decode 16 lower-case hex digits each; FORMAT.md's id of no writer is all zeros, so others of it do not fit."""
    digits = text.tobytes()
    try:
        if digits != digits.lower():
            raise NotHexError
        numbers = np.frombuffer(unhexlify(digits), ">u8").astype(np.uint64)
    except NotHexError:
        numbers = np.zeros(len(text), np.uint64)
        known = [_IS_ID(id) is not None for id in text.tolist()]
        fits &= known
        numbers[known] = [int(id, 16) for id in text[known].tolist()]
    fits &= (numbers == 0) | (numbers >> np.uint64(32) != 0)
    return numbers


_IS_ID = re.compile(rb"[0-9a-f]{16}").fullmatch


def _read_durations(block: _Block, at: Positions, fits: Fits) -> tuple[NDArray[np.float64], Positions]:
    duration = np.full(len(at), np.nan)
    timed = np.flatnonzero(block.holds(at, _DURATION_KEY) & fits)
    begin = at[timed] + len(_DURATION_KEY)
    whole, digits = _leading_digits(block.words(begin, 1)[:, 0])
    point = begin + digits
    fraction, places = _leading_digits(block.words(point + 1, 1)[:, 0])
    plain = (digits > 0) & (digits < 8) & (places > 0) & block.holds(point, b".")
    plain &= (digits == 1) | ~block.holds(begin, b"0")  # JSON has no leading zeros
    # Both are integers below 10¹⁵, so that one division rounds as reading the decimal does.
    duration[timed] = (whole * 100_000_000 + fraction * _POWERS[places]) / 100_000_000
    at[timed] = point + 1 + places
    plain &= block.holds(at[timed], b",")
    for other in np.flatnonzero(~plain).tolist():
        line = timed[other]
        number = _NUMBER.match(block.bytes, int(begin[other]))
        known = read_number(float(number[0])) if number else None
        duration[line] = np.nan if known is None else known
        at[line] = number.end() if number else 0
        fits[line] &= number is not None
    return duration, at


_POWERS = 10 ** np.arange(8, -1, -1)


def _leading_digits(text: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the number that the digits at the beginning of eight bytes make, and how many they are."""
    values = text ^ _ZEROS
    other = ((values & ~_HIGH_BITS) + _EVERY_BYTE * np.uint64(0x76) | values) & _HIGH_BITS
    digits = np.where(other, _byte(other), 8)
    shift = np.minimum(64 - 8 * digits, 63).astype(np.uint64)
    return np.where(digits, _join_digits(values << shift), 0), digits


def _length(text: NDArray[np.uint64]) -> NDArray[np.int64]:
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
