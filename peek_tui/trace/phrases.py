"""Headers as phrases and numbers in turn, many lines at once.

`"search","duration_ms":` 12.5 `,"agent":"planner","data":` is all that most lines say between the key of their name
and their payload. A phrase goes up to the first value that is no string. A trace has few of them, so each is
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
"""Bytes of the longest phrase, and of what most phrases fit into; each and one more."""
_FEW, _MOST = 1024, 1 << 14
"""Phrases that are remembered; a trace that has more is one of unique names, whose lines are decoded one by one."""
_SLOT_BITS = 16

_Codes = NDArray[np.integer[Any]]

_NUMBERS = tuple(kind for kind in Next if kind < Next.DATA)
"""What stands between phrases, as `capture` orders it."""
_COUNTED = frozenset(COUNTS.values())
_AFTER = {kind: After.COUNT if kind in _COUNTED else After.NUMBER for kind in _NUMBERS} | {Next.USAGE: After.USAGE}
"""Behind what the phrase stands that follows what another one leads to."""
_NEVER = b"\n"
"""What stands in no line."""


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
    """What headers say from their names on, a value a line; rubbish where a line does not fit."""

    name: NDArray[np.int64]
    agent: NDArray[np.int64]
    duration: NDArray[np.float64]
    spent: Spent
    payload: Positions
    """Where the payload begins."""


class PhraseReader:
    """Reads what headers say from `"name":` up to their payloads."""

    def __init__(self, names: Words, agents: Words) -> None:
        self._no_agent = agents.code("")
        self._phrases = _Phrases(PhraseParser(names, agents))

    def read(self, block: Windows, at: Positions, fits: Fits) -> Said:
        """Read the lines whose names stand at these positions; one that says anything else does not fit."""
        said = self._phrases
        phrase, at = said.read_short(block, at)
        fits &= said.after.take(phrase) == After.TYPE.value
        next, agent = said.next.take(phrase), np.maximum(said.agent.take(phrase), self._no_agent)
        lines = np.flatnonzero(fits & (next != Next.DATA.value))
        numbers, at[lines] = self._read_numbers(block, at.take(lines), lines, next.take(lines), fits, agent)
        duration = np.full(len(fits), np.nan)
        duration[lines] = numbers[Next.DURATION]
        return Said(said.name.take(phrase), agent, duration, _spent(lines, numbers, fits), at)

    def _read_numbers(
        self, block: Windows, at: Positions, lines: Positions, next: _Codes, fits: Fits, agent: _Codes
    ) -> tuple[NDArray[np.float64], Positions]:
        """Read on behind phrases that lead to numbers or usages, as long as there are more.

        Return the numbers by kind, and where the last phrases end.

        All numbers of a kind are read together, one kind after the other as `capture` writes them. A line that has them
        in another order does not fit.
        """
        said = self._phrases
        numbers = np.full((Next.DATA, len(lines)), np.nan)
        for kind in _NUMBERS:
            here = np.flatnonzero(next == kind.value)
            if not len(here):
                continue
            value, usable, end = _read_values(block, at.take(here), kind)
            phrase, at[here] = said.read_behind(kind, block, end)
            usable &= said.after.take(phrase) == _AFTER[kind].value
            numbers[kind][here] = value
            next[here] = np.where(usable, said.next.take(phrase), -1)
            named = said.agent.take(phrase)
            owned = np.flatnonzero(named >= 0)
            agent[lines[here[owned]]] = named[owned]
        fits[lines[next != Next.DATA.value]] = False
        return numbers, at


class _Phrases:
    """What the phrases of a trace say, by their bytes."""

    def __init__(self, parser: PhraseParser) -> None:
        self._parser = parser
        self._codes = {b"": 0}
        self._slots = np.zeros(1 << _SLOT_BITS, np.int64)
        """The code of a phrase with this hash: the one seen last, where there are several."""
        self._texts = {size: np.zeros((_FEW, size // 8), np.uint64) for size in (_SHORT, _SIZE)}
        """Their bytes, as many as there are in a window of each size."""
        self._lengths = np.zeros(_FEW, np.int64)
        self._usual: dict[Next, tuple[int, bytes]] = dict.fromkeys(_NUMBERS, (0, _NEVER))
        """The phrase that stood behind a number of each kind the last time, and by what it is known again."""
        self.after, self.next, self.name, self.agent = (np.full(_FEW, value) for value in Phrase())
        """The fields of `Phrase`, by code."""

    def read_behind(self, kind: Next, block: Windows, at: Positions) -> tuple[_Codes, Positions]:
        """Read phrases behind numbers of a kind, which mostly are the one that stood there the last time."""
        if kind is Next.DURATION:  # whose event it is stands here: from line to line another agent's
            return self.read_short(block, at)
        usual, text = self._usual[kind]
        missed = np.flatnonzero(~block.holds(at, text))
        code, end = np.full(len(at), usual), at + self._lengths[usual]
        if len(missed):
            code[missed], end[missed] = self.read_short(block, at[missed])
            self._expect(kind, int(code[missed[-1]]))
        return code, end

    def _expect(self, kind: Next, code: int) -> None:
        """Note that a phrase follows numbers of a kind. Behind one that leads to an object, this must begin."""
        text = self._texts[_SIZE][code].tobytes()[: self._lengths[code]]
        self._usual[kind] = code, text + b"{" * (self.next[code] in (Next.USAGE, Next.DATA))

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
        text = block.texts(at, size)
        length = _lengths(text.view(np.uint8), size)
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
        self._lengths[first:end] = list(map(len, texts))
        columns = zip(*map(self._parser.parse, texts), strict=True)
        for field, values in zip(Phrase._fields, columns, strict=True):
            getattr(self, field)[first:end] = values

    def _make_room(self, size: int) -> None:
        self._texts = {width: np.resize(known, (size, width // 8)) for width, known in self._texts.items()}
        for field in ("_lengths", *Phrase._fields):
            setattr(self, field, np.resize(getattr(self, field), size))


def _differ(text: NDArray[np.uint64], other: NDArray[np.uint64]) -> Fits:
    """Return which rows are not the same."""
    differ = (text != other).view(np.uint64)
    some: Fits = (differ[:, 0] | differ[:, -1]) != 0
    return some


_MASKS = {size: np.tril(np.full((size + 1, size), 255, np.uint8), -1).view(np.uint64) for size in (_SHORT, _SIZE)}
"""What is left of a window by the length of the phrase in it."""
_FACTORS = np.array([secrets.randbits(64) | 1 for _ in range(_SIZE // 8)], np.uint64)
"""Of a hash that nobody can foresee: phrases that have the same are told apart, but one by one."""


def _lengths(text: NDArray[np.uint8], size: int) -> Positions:
    """Return for each window how long the phrase in it is: up to the first `":` with no string behind it, or 0."""
    quotes, colons = (np.packbits(text == ord(sign), bitorder="little").view(np.uint64) for sign in '":')
    ends = (quotes & _bits_ahead(colons, 1) & ~_bits_ahead(quotes, 2)).reshape(-1, size // 64)
    ends[:, -1] &= _UP_TO_62
    place = first_set(ends[:, 0])
    for word in range(1, size // 64):
        further = np.flatnonzero(place == 64 * word)
        place[further] += first_set(ends[further, word])
    return np.where(place < size, place + 2, 0)


def _bits_ahead(bits: NDArray[np.uint64], places: int) -> NDArray[np.uint64]:
    """Return of each bit the one that stands some places further on."""
    ahead = bits >> np.uint64(places)
    ahead[:-1] |= bits[1:] << np.uint64(64 - places)
    return ahead


_UP_TO_62 = np.uint64((1 << 62) - 1)
"""What a last byte but one is, nobody can tell without the byte behind the window."""


def _read_values(block: Windows, at: Positions, kind: Next) -> tuple[NDArray[np.float64], Fits, Positions]:
    """Return the numbers of a kind at these places, which are no odd ones, and where they end.

    A usage is taken for a 0 that takes no place: the brace that opens it belongs to the phrase behind.
    """
    if kind is Next.USAGE:
        return np.zeros(len(at)), np.ones(len(at), np.bool_), at
    number = read_numbers(block, at)
    return number.value, number.plain & number.whole if kind in _COUNTED else number.plain, number.end


def _spent(lines: Positions, numbers: NDArray[np.float64], fits: Fits) -> Spent:
    cost, importance = numbers[Next.COST], numbers[Next.IMPORTANCE]
    stated = ~np.isnan(numbers[Next.USAGE])
    some = np.flatnonzero((stated | ~np.isnan(cost) | ~np.isnan(importance)) & fits[lines])
    counts = numbers[Next.INPUT : Next.REASONING + 1, some]
    counts[np.isnan(counts)] = 0
    counts[:, ~stated[some]] = -1
    return Spent(lines[some], counts.T.astype(np.int64), cost[some], importance[some])
