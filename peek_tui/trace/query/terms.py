"""What one term of a query asks of an event.

Each answers in two ways: `holds` of a whole event, and `on_line` of what the columns tell of it and the bytes of its
line, which are cheaper to look at than to parse. What an event does not have compares with nothing: such a term does
not hold, its negation does.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from peek_tui.trace.model import Event
from peek_tui.trace.needle import Needle

from .facts import NUMBERS
from .pattern import Pattern
from .payload import leaf_text, leaves_at

if TYPE_CHECKING:
    from .measure import Measure
    from .moment import Moment

__all__ = [
    "COMPARE",
    "UNKNOWN",
    "Bounds",
    "Failed",
    "Field",
    "FieldNumber",
    "Known",
    "Leaf",
    "Number",
    "Text",
    "Time",
    "Word",
]

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
"""What each sign means, of numbers and of columns of numbers alike."""


class Bounds(NamedTuple):
    """What can be said before all is known."""

    sure: bool
    """It holds, whatever the rest says."""
    possible: bool
    """It may hold. Whatever is sure is possible."""


UNKNOWN = Bounds(False, True)

Known = Callable[["Leaf"], Bounds]
"""Says what the columns of a row tell of a term."""


class Word(msgspec.Struct, frozen=True, dict=True):
    """`type:`, `name:`, `agent:`, `session:`: one of the patterns fits the whole word.

    A word that is not there is empty, and only the empty pattern fits it: `agent:*` are the events that have one.
    """

    key: str
    patterns: tuple[Pattern, ...]

    def fits(self, word: str) -> bool:
        """Whether a word is one of those asked for."""
        return word in self._plain or (word != "" and any(pattern.fits(word) for pattern in self._globs))

    def holds(self, event: Event, first_ts: int) -> bool:
        return self.fits(getattr(event, self.key) or "")

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        return known(self)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return frozenset(pattern.parts[0] for pattern in self.patterns if pattern.is_plain)

    @cached_property
    def _globs(self) -> list[Pattern]:
        return [pattern for pattern in self.patterns if not pattern.is_plain]

    def __str__(self) -> str:
        return f"{self.key}:{_listed(self.patterns)}"


class Failed(msgspec.Struct, frozen=True):
    """`error`: the event has one."""

    def holds(self, event: Event, first_ts: int) -> bool:
        return event.error is not None

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        return known(self)

    def __str__(self) -> str:
        return "error"


class Number(msgspec.Struct, frozen=True):
    """`dur`, `tokens`, `cost`, `importance`, `conf` and `row`: the number is greater, less or one of those given."""

    key: str
    sign: str
    """One of `COMPARE`."""
    measures: tuple[Measure, ...]
    """More than one only with `=`."""

    def holds(self, event: Event, first_ts: int) -> bool:
        value = NUMBERS[self.key](event)
        return value is not None and any(COMPARE[self.sign](value, measure.value) for measure in self.measures)

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        return known(self)

    def __str__(self) -> str:
        return f"{self.key}{_written(self.sign)}{_listed(self.measures)}"


class Time(msgspec.Struct, frozen=True):
    """`ts`: the event is later, earlier or within one of the moments."""

    sign: str
    """One of `COMPARE`."""
    moments: tuple[Moment, ...]
    """More than one only with `=`."""

    def holds(self, event: Event, first_ts: int) -> bool:
        if event.ts == 0:  # a trace that says no time
            return False
        if self.sign == "=":
            return any(moment.start(first_ts) <= event.ts < moment.end(first_ts) for moment in self.moments)
        return bool(COMPARE[self.sign](event.ts, self.moments[0].start(first_ts)))

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        return known(self)

    def __str__(self) -> str:
        return f"ts{_written(self.sign)}{_listed(self.moments)}"


class _AtPath(msgspec.Struct, frozen=True, dict=True):
    """Something about what stands at a path into the payload."""

    path: tuple[str, ...]

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        # The row of a damaged line has a payload, one level deep, whose keys its bytes do not show.
        if len(self.path) == 1 or self._key.found_in(raw):
            return UNKNOWN
        return Bounds(False, False)

    @cached_property
    def _key(self) -> Needle:
        return Needle(self.path[-1])

    @property
    def _written_path(self) -> str:
        return ".".join(("data", *self.path))


class Field(_AtPath, frozen=True):
    """`data.path.to.key:value`: one of the patterns fits a value there; numbers and the like as JSON writes them."""

    patterns: tuple[Pattern, ...]

    def holds(self, event: Event, first_ts: int) -> bool:
        texts = map(leaf_text, leaves_at(event.data, self.path))
        return any(pattern.fits(text) for text in texts for pattern in self.patterns)

    def __str__(self) -> str:
        return f"{self._written_path}:{_listed(self.patterns)}"


class FieldNumber(_AtPath, frozen=True):
    """`data.path.to.key>value`: a number there is greater or less."""

    sign: str
    """One of `COMPARE`, and not `=`."""
    measure: Measure

    def holds(self, event: Event, first_ts: int) -> bool:
        numbers = (leaf for leaf in leaves_at(event.data, self.path) if _is_number(leaf))
        return any(COMPARE[self.sign](number, self.measure.value) for number in numbers)

    def __str__(self) -> str:
        return f"{self._written_path}{self.sign}{self.measure}"


class Text(msgspec.Struct, frozen=True, dict=True):
    """`text:`, a bare word or a quoted text: one of the patterns is found in one string or number of the event."""

    patterns: tuple[Pattern, ...]
    """Without `*` at their ends, and none of them empty."""

    def holds(self, event: Event, first_ts: int) -> bool:
        return self._found_in(event.raw)

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        found = self._found_in(raw)
        return Bounds(found, found)

    def _found_in(self, raw: bytes) -> bool:
        return any(needle.found_in(raw) for needle in self._needles)

    @cached_property
    def _needles(self) -> list[Needle]:
        return [_needle(pattern) for pattern in self.patterns]

    def __str__(self) -> str:
        alone = str(self.patterns[0])
        if len(self.patterns) == 1 and _SIMPLE_WORD.fullmatch(alone) and alone not in _MEANT:
            return alone
        return f"text:{_listed(self.patterns)}"


Leaf = Word | Failed | Number | Time | Field | FieldNumber | Text

_SIMPLE_WORD = re.compile(r"[\w*]+")
_MEANT = frozenset({"error", "AND", "OR", "NOT"})
"""Words that mean something else when they stand alone."""


def _needle(pattern: Pattern) -> Needle:
    if pattern.is_plain:
        return Needle(pattern.parts[0])
    return Needle(r"[\s\S]*".join(map(re.escape, pattern.parts)), regex=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(sign: str) -> str:
    return ":" if sign == "=" else sign


def _listed(values: tuple[Pattern | Measure | Moment, ...]) -> str:
    return ",".join(str(value) for value in values)
