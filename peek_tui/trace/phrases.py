"""Headers as phrases and numbers in turn, many lines at once.

`"type":"tool_result","name":"search","duration_ms":` 12.5 `,"agent":"planner","data":` is all that most lines say
before their payloads. A phrase goes up to the first value that is no string. A trace has few of them, so each is
parsed once, and known again by its bytes; the numbers between them are read as vectors.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Words
from .phrase import COUNTS, After, Next, Phrase, PhraseParser
from .swar import Fits, Positions, Windows, first_set, read_numbers

__all__ = ["PhraseReader", "Said", "Spent"]

_SIZE, _SHORT = 128, 64
"""Bytes of the longest phrase, and of what most phrases between two numbers fit into; each and one more."""
_WINDOWS = {size: np.dtype((np.void, size)) for size in (_SHORT, _SIZE)}
_FEW, _MOST = 1024, 1 << 14
"""Phrases that are remembered; a trace that has more is one of unique names, whose lines are decoded one by one."""
_SLOT_BITS = 16

_Codes = NDArray[np.integer[Any]]

_IS_COUNT = np.array([kind in COUNTS.values() for kind in Next])
_AFTER = np.where(_IS_COUNT, After.COUNT, After.NUMBER)
"""Behind what the phrase stands that follows what another one leads to."""
_AFTER[Next.USAGE] = After.USAGE


class Spent(NamedTuple):
    """What the lines of some events say that they used up, and how important they are."""

    at: Positions
    """Which lines."""
    counts: NDArray[np.int64]
    """Their tokens: five columns, those of `model.Usage`; -1 in each where none are stated."""
    cost: NDArray[np.float64]
    """Dollars; NaN where none are stated."""
    importance: NDArray[np.float64]
    """NaN where it is not stated."""


class Said(NamedTuple):
    """What headers say from their types on, a value a line; rubbish where a line does not fit."""

    type: NDArray[np.int64]
    name: NDArray[np.int64]
    agent: NDArray[np.int64]
    duration: NDArray[np.float64]
    spent: Spent


class PhraseReader:
    """Reads what headers say from `"type":` up to their payloads."""

    def __init__(self, types: Words, names: Words, agents: Words) -> None:
        self._no_agent = agents.code("")
        self._phrases = _Phrases(PhraseParser(types, names, agents))

    def read(self, block: Windows, at: Positions, fits: Fits) -> Said:
        """Read the lines whose types are named at these positions; one that says anything else does not fit."""
        said = self._phrases
        phrase, at = said.read(block, at)
        fits &= said.after.take(phrase) == After.NOTHING
        next, agent = said.next.take(phrase), np.maximum(said.agent.take(phrase), self._no_agent)
        lines = np.flatnonzero(fits & (next != Next.DATA))
        numbers = self._read_numbers(block, at[lines], lines, phrase[lines], fits, agent)
        duration = np.full(len(fits), np.nan)
        duration[lines] = numbers[Next.DURATION]
        return Said(said.type.take(phrase), said.name.take(phrase), agent, duration, _spent(lines, numbers, fits))

    def _read_numbers(
        self, block: Windows, at: Positions, lines: Positions, phrase: _Codes, fits: Fits, agent: _Codes
    ) -> NDArray[np.float64]:
        """Read on behind phrases that lead to numbers or usages, as long as there are more; return numbers by kind."""
        said = self._phrases
        next = said.next.take(phrase)
        is_first = True
        numbers = np.full((Next.DATA, len(lines)), np.nan)
        going = np.arange(len(lines))
        while len(going):
            value, usable, end = _read_numbers(block, at, next)
            opened = np.flatnonzero(next == Next.USAGE)
            usable[opened] &= np.isnan(numbers[Next.USAGE, going[opened]])  # a second one replaces the first
            numbers[next, going] = value
            # Behind the first number stands whose event it is: from line to line another agent's, which none foretells.
            phrase, at = said.read_short(block, end) if is_first else said.read_next(block, end, phrase)
            is_first = False
            usable &= said.after.take(phrase) == _AFTER.take(next)
            fits[lines[going[~usable]]] = False
            named = said.agent.take(phrase)
            owned = np.flatnonzero(usable & (named >= 0))
            agent[lines[going[owned]]] = named[owned]
            next = said.next.take(phrase)
            on = np.flatnonzero(usable & (next != Next.DATA))
            going, at, next, phrase = going[on], at[on], next[on], phrase[on]
        return numbers


class _Phrases:
    """What the phrases of a trace say, by their bytes."""

    def __init__(self, parser: PhraseParser) -> None:
        self._parser = parser
        self._codes = {b"": 0}
        self._slots = np.zeros(1 << _SLOT_BITS, np.int32)
        """The code of a phrase with this hash: the one seen last, where there are several."""
        self._texts = {size: np.zeros((_FEW, size // 8), np.uint64) for size in _WINDOWS}
        """Their bytes, as many as there are in a window of each size."""
        self._lengths = np.zeros(_FEW, np.int64)
        self._next = np.zeros(_FEW, np.int64)
        """The short phrase that followed each one the last time, 0 where none did."""
        self.after, self.next, self.type, self.name, self.agent = (np.full(_FEW, value) for value in Phrase())
        """The fields of `Phrase`, by code."""

    def read_next(self, block: Windows, at: Positions, before: _Codes) -> tuple[_Codes, Positions]:
        """Read phrases that mostly are those that followed the ones before the last time: this is seen faster."""
        code = self._next.take(before)
        text = block.windows(at, _WINDOWS[_SHORT]).view(np.uint64).reshape(-1, _SHORT // 8)
        length = self._lengths.take(code)
        text &= _MASKS[_SHORT].take(length, axis=0)
        end = at + length
        others = _differ(self._texts[_SHORT].take(code, axis=0), text) | block.holds(end, b'"') | (code == 0)
        missed = np.flatnonzero(others)
        if len(missed):
            code[missed], end[missed] = self.read_short(block, at[missed])
            short = self._lengths.take(code[missed]) < _SHORT
            self._next[before[missed]] = np.where(short, code[missed], 0)
        return code, end

    def read_short(self, block: Windows, at: Positions) -> tuple[_Codes, Positions]:
        """Read phrases of which nearly all are short."""
        code, end = self.read(block, at, _SHORT)
        long = np.flatnonzero(end == at)
        if len(long):
            code[long], end[long] = self.read(block, at[long])
        return code, end

    def read(self, block: Windows, at: Positions, size: int = _SIZE) -> tuple[_Codes, Positions]:
        """Return the codes of the phrases at these positions, and where they end; of a longer one nothing is said.

        A phrase is as many bytes as it has and NULs, so that it has the same hash in windows of any size.
        """
        window = block.windows(at, _WINDOWS[size])
        length = _lengths(window.view(np.uint8), size)
        text = window.view(np.uint64).reshape(-1, size // 8)
        text &= _MASKS[size].take(length, axis=0)
        slot = (text @ _FACTORS[: size // 8]) >> np.uint64(64 - _SLOT_BITS)
        code = self._slots.take(slot.view(np.int64))
        missed = np.flatnonzero(_differ(self._texts[size].take(code, axis=0), text))
        if len(missed):
            texts = text[missed].view(f"S{size}")[:, 0].tolist()
            self._learn([text for text in dict.fromkeys(texts) if text not in self._codes])
            code[missed] = [self._codes.get(text, 0) for text in texts]
            self._slots[slot[missed]] = code[missed]
        return code, at + length

    def _learn(self, texts: list[bytes]) -> None:
        """Take phrases that were never seen, in the order in which they appear."""
        first = len(self._codes)
        texts = texts[: _MOST - first]
        if not texts:
            return
        end = first + len(texts)
        if end > len(self.after):
            self._make_room(2 * end)
        self._codes.update(zip(texts, range(first, end), strict=True))
        padded = np.array(texts, f"S{_SIZE}").view(np.uint64).reshape(-1, _SIZE // 8)
        for size, known in self._texts.items():
            known[first:end] = padded[:, : size // 8]
        self._lengths[first:end], self._next[first:end] = list(map(len, texts)), 0
        phrases = np.array(list(map(self._parser.parse, texts)), np.int64)
        for field, values in zip(Phrase._fields, phrases.T, strict=True):
            getattr(self, field)[first:end] = values

    def _make_room(self, size: int) -> None:
        self._texts = {width: np.resize(known, (size, width // 8)) for width, known in self._texts.items()}
        for field in ("_lengths", "_next", *Phrase._fields):
            setattr(self, field, np.resize(getattr(self, field), size))


def _differ(text: NDArray[np.uint64], other: NDArray[np.uint64]) -> Fits:
    """Return which rows are not the same."""
    differ = (text != other).view(np.uint64)
    some: Fits = (differ[:, 0] | differ[:, -1]) != 0
    return some


_MASKS = {size: np.tril(np.full((size + 1, size), 255, np.uint8), -1).view(np.uint64) for size in _WINDOWS}
"""What is left of a window by the length of the phrase in it."""
_FACTORS = np.array([secrets.randbits(64) | 1 for _ in range(_SIZE // 8)], np.uint64)
"""Of a hash that nobody can foresee: phrases that have the same are told apart, but one by one."""


def _lengths(text: NDArray[np.uint8], size: int) -> Positions:
    """Return for each window how long the phrase in it is: up to the first `":` with no string behind it, or 0."""
    quotes, colons = (_bits(text == ord(sign), size) for sign in '":')
    colon_follows, quote_is_next = colons >> _ONE, quotes >> _TWO
    colon_follows[:, :-1] |= colons[:, 1:] << _63
    quote_is_next[:, :-1] |= quotes[:, 1:] << _62
    ends = quotes & colon_follows & ~quote_is_next
    ends[:, -1] &= _UP_TO_62
    place = first_set(ends[:, 0])
    for word in range(1, size // 64):
        further = np.flatnonzero(place == 64 * word)
        place[further] += first_set(ends[further, word])
    return np.where(place < size, place + 2, 0)


def _bits(flags: Fits, size: int) -> NDArray[np.uint64]:
    """Return a truth value for each byte of windows as bits, 64 in a word."""
    return np.packbits(flags, bitorder="little").view(np.uint64).reshape(-1, size // 64)


_ONE, _TWO, _62, _63 = (np.uint64(number) for number in (1, 2, 62, 63))
_UP_TO_62 = (_ONE << _62) - _ONE
"""What a last byte but one is, nobody can tell without the byte behind the window."""


def _read_numbers(block: Windows, at: Positions, kind: _Codes) -> tuple[NDArray[np.float64], Fits, Positions]:
    """Return the numbers of these kinds at these places, which are no odd ones, and where they end.

    The brace that opens a usage is taken for a 0.
    """
    opens = kind == Next.USAGE
    value, usable, end = np.zeros(len(at)), block.holds(at, b"{"), at + 1
    numbers = np.flatnonzero(~opens)
    if len(numbers):  # usages begin together
        number = read_numbers(block, at[numbers])
        value[numbers], end[numbers] = number.value, number.end
        usable[numbers] = number.plain & (number.whole | ~_IS_COUNT.take(kind[numbers]))
    return value, usable, end


def _spent(lines: Positions, numbers: NDArray[np.float64], fits: Fits) -> Spent:
    cost, importance = numbers[Next.COST], numbers[Next.IMPORTANCE]
    stated = ~np.isnan(numbers[Next.USAGE])
    some = np.flatnonzero((stated | ~np.isnan(cost) | ~np.isnan(importance)) & fits[lines])
    counts = np.nan_to_num(numbers[Next.INPUT : Next.REASONING + 1, some]).astype(np.int64)
    return Spent(lines[some], np.where(stated[some], counts, -1).T, cost[some], importance[some])
