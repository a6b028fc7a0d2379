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
from .swar import Fits, Positions, Windows, eight_digits, leading_digits
from .word_reader import WordReader

__all__ = ["FixedHeaders", "FixedReader", "Spent"]

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

_COST_KEY = b',"cost_usd":'
_USAGE_KEY = b',"usage":{'
_POWERS = 10 ** np.arange(8, -1, -1)
_COUNT_KEYS = (
    b'"input_tokens":', b'"output_tokens":', b'"cache_read_tokens":', b'"cache_write_tokens":', b'"reasoning_tokens":',
)  # fmt: skip


class Spent(NamedTuple):
    """What the lines of some events say that they used up."""

    at: Positions
    """Which lines."""
    counts: NDArray[np.int64]
    """Their tokens: five columns, those of `model.Usage`; -1 in each where none are stated."""
    cost: NDArray[np.float64]
    """Dollars; NaN where none are stated."""


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
    spent: Spent
    rest: Positions
    """Where the comma before the header's rarer keys stands; 0 for a line that has none of them."""


class FixedReader:
    """Reads blocks of one trace; the words it meets are put into the vocabularies it is given."""

    def __init__(self, sessions: Words, types: Words, names: Words, agents: Words) -> None:
        self._sessions = WordReader(sessions)
        self._types = WordReader(types)
        self._names = WordReader(names)
        self._agents = WordReader(agents)
        self._no_agent = agents.code("")

    def read(self, lines: bytes, starts: Positions, ends: Positions) -> FixedHeaders:
        """Read the lines that begin at `starts` and whose newlines are at `ends`."""
        block = Windows(lines)
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
        duration = _read_decimals(block, at, fits, _DURATION_KEY)
        agent = self._read_agents(block, at, fits)
        rest = np.where(block.holds(at, _DATA_KEY), 0, at)
        spent = _read_spent(block, rest, fits)
        return FixedHeaders(fits, ts, id, parent, session, type.code, name.code, agent, duration, spent, rest)

    def _read_sessions(self, block: Windows, at: Positions, fits: Fits) -> NDArray[np.int64]:
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

    def _read_agents(self, block: Windows, at: Positions, fits: Fits) -> NDArray[np.int64]:
        """Read the agents of the lines that name one next, and move those on behind it."""
        code = np.full(len(at), self._no_agent)
        owned = np.flatnonzero(block.holds(at, _AGENT_KEY))
        ok = fits[owned]
        agent = self._agents.read(block, at[owned] + len(_AGENT_KEY), ok)
        fits[owned] = ok
        code[owned] = agent.code
        at[owned] = agent.end + 1
        return code


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
    middle, middle_fits = eight_digits(header["ts_middle"].copy())
    low, low_fits = eight_digits(header["ts_low"].copy())
    fits &= (high < 10).all(axis=1) & middle_fits & low_fits
    fits &= (high[:, 0] > 0) & (high[:, 0] < 9)  # JSON has no leading zeros; 9·10¹⁸ is near the end of 64 bits
    top = high[:, 0] * np.int64(100) + high[:, 1] * np.int64(10) + high[:, 2]
    return (top * 100_000_000 + middle) * 100_000_000 + low


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


def _read_decimals(block: Windows, at: Positions, fits: Fits, key: bytes) -> NDArray[np.float64]:
    """Read the numbers of the lines that have this key next, and move those on behind it; NaN for the others."""
    numbers = np.full(len(at), np.nan)
    lines = np.flatnonzero(block.holds(at, key) & fits)
    begin = at[lines] + len(key)
    whole, digits = leading_digits(block, begin)
    point = begin + digits
    fraction, places = leading_digits(block, point + 1)
    plain = (digits > 0) & (digits < 8) & (places > 0) & block.holds(point, b".")
    plain &= (digits == 1) | ~block.holds(begin, b"0")
    # Both are integers below 10¹⁵, so that one division rounds as reading the decimal does.
    numbers[lines] = (whole * 100_000_000 + fraction * _POWERS[places]) / 100_000_000
    at[lines] = point + 1 + places
    plain &= block.holds(at[lines], b",")
    for other in np.flatnonzero(~plain).tolist():
        line = lines[other]
        number = _NUMBER.match(block.bytes, int(begin[other]))
        numbers[line] = read_number(float(number[0])) if number else np.nan  # None becomes NaN
        at[line] = number.end() if number else 0
        fits[line] &= number is not None
    return numbers


def _read_spent(block: Windows, rest: Positions, fits: Fits) -> Spent:
    """Read usages and costs where nothing but those is left of the header; such a line has no rest any more."""
    lines = np.flatnonzero((rest > 0) & fits & (block.holds(rest, _USAGE_KEY) | block.holds(rest, _COST_KEY)))
    at, whole = rest[lines], np.ones(len(lines), np.bool_)
    counts = _read_counts(block, at, whole)
    cost = _read_decimals(block, at, whole, _COST_KEY)
    whole &= block.holds(at, _DATA_KEY)
    rest[lines[whole]] = 0
    return Spent(lines[whole], counts[whole], cost[whole])


def _read_counts(block: Windows, at: Positions, whole: Fits) -> NDArray[np.int64]:
    """Read the tokens of the lines that have a usage next, and move those on behind it."""
    used = np.flatnonzero(block.holds(at, _USAGE_KEY))
    cursor, fits = at[used] + len(_USAGE_KEY) - 1, np.ones(len(used), np.bool_)  # at its brace
    counts = np.zeros((len(used), len(_COUNT_KEYS)), np.int64)
    begun = np.zeros(len(used), np.bool_)
    for column, key in enumerate(_COUNT_KEYS):
        stated = np.flatnonzero(block.holds(cursor + 1, key) & (~begun | block.holds(cursor, b",")))
        begun[stated] = True
        begin = cursor[stated] + 1 + len(key)
        counts[stated, column], digits = leading_digits(block, begin)
        fits[stated] &= (digits > 0) & (digits < 8) & ((digits == 1) | ~block.holds(begin, b"0"))
        cursor[stated] = begin + digits
    fits &= block.holds(cursor, b"}")
    every = np.full((len(at), len(_COUNT_KEYS)), -1, np.int64)
    every[used] = counts
    at[used], whole[used] = cursor + 1, fits
    return every
