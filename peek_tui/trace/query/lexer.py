"""A query as tokens that know their columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from peek_tui.errors import UsageError

from .pattern import QUOTABLE, Pattern

__all__ = ["Kind", "Token", "Value", "pointed", "tokens"]

_KEY = re.compile(r"""(?P<key>[^\W\d]\w*(?:\.[^\s"'(),:<>=!]*)?)(?P<sign>>=|<=|!=|>|<|=|:)""")
_BARE = re.compile(r"""[^\s"(),]+""")
_QUOTES = "\"'"
_KEYWORDS = frozenset({"AND", "OR", "NOT"})
_SHOWN = 100
"""Characters of a query that an error shows before and after the column it speaks of."""


class Kind(Enum):
    """What a token is."""

    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    TERM = "term"
    """A key, a sign and values."""
    WORD = "word"
    """Values alone."""


class Value(NamedTuple):
    """One of the alternatives of a term."""

    column: int
    text: str
    """Without its quotes."""
    pattern: Pattern
    quoted: bool


class Token(NamedTuple):
    """A piece of a query."""

    kind: Kind
    column: int
    key: str = ""
    sign: str = ""
    values: tuple[Value, ...] = ()

    @property
    def bare(self) -> str | None:
        """The word that it is, if it is one word without quotes."""
        if self.kind is Kind.WORD and len(self.values) == 1 and not self.values[0].quoted:
            return self.values[0].text
        return None


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query. Raises `UsageError` for what cannot be one."""
    return _Lexer(text).tokens()


def pointed(text: str, column: int, message: str) -> UsageError:
    """Return an error with the query and a mark under the column it speaks of."""
    start = max(0, column - _SHOWN)
    shown = "".join(char if char.isprintable() else " " for char in text[start : column + _SHOWN])
    cut = "…" if start else ""
    blanks = " " * sum(map(_width, cut + shown[: column - start]))
    return UsageError(f"{message} (column {column + 1})\n  {cut}{shown}\n  {blanks}^")


def _width(char: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class _Lexer:
    """Reads a query from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def tokens(self) -> Iterator[Token]:
        while self._skip_blanks():
            start = self._at
            char = self._text[start]
            if char in "()":
                self._at += 1
                yield Token(Kind(char), start)
            elif char == "-":
                self._at += 1
                if self._ends() or self._next() == "-":
                    raise self._error(start, "'-' stands directly before what it negates; to look for it, quote it")
                yield Token(Kind.NOT, start)
            else:
                yield self._term(start)

    def _skip_blanks(self) -> bool:
        while self._next().isspace():
            self._at += 1
        return self._at < len(self._text)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _term(self, start: int) -> Token:
        match = _KEY.match(self._text, start)
        if match is None:
            token = Token(Kind.WORD, start, values=self._values())
            if token.bare in _KEYWORDS:
                return Token(Kind(token.bare), start)
        else:
            self._at = match.end()
            if self._ends():
                raise self._error(start, f"{match['key']!r} needs a value")
            token = Token(Kind.TERM, start, match["key"], match["sign"], self._values())
        if not self._ends():
            what = "a blank is missing before" if token.values[-1].quoted else "put quotes around a value that holds"
            raise self._error(self._at, f"{what} {self._next()!r}")
        return token

    def _ends(self) -> bool:
        """Whether what stands here ends a term."""
        return self._next() in ("", ")") or self._next().isspace()

    def _values(self) -> tuple[Value, ...]:
        values = [self._value()]
        while self._next() == ",":
            self._at += 1
            values.append(self._value())
        return tuple(values)

    def _value(self) -> Value:
        start = self._at
        if self._next() and self._next() in _QUOTES:
            return self._quoted(start)
        match = _BARE.match(self._text, start)
        if match is None:
            raise self._error(start, "an alternative is missing beside the comma")
        self._at = match.end()
        return Value(start, match.group(), Pattern.of(match.group().split("*")), False)

    def _quoted(self, start: int) -> Value:
        quote, parts, at = self._text[start], [""], start + 1
        while (char := self._text[at : at + 1]) != quote:
            if not char:
                raise self._error(start, "a quote is not closed")
            escaped = self._text[at + 1 : at + 2]
            if char == "\\" and escaped and escaped in QUOTABLE:
                parts[-1] += escaped
                at += 1
            elif char == "*":
                parts.append("")
            else:
                parts[-1] += char
            at += 1
        self._at = at + 1
        return Value(start, "*".join(parts), Pattern.of(parts), True)

    def _error(self, column: int, message: str) -> UsageError:
        return pointed(self._text, column, message)
