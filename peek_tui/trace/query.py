"""Which events are wanted: words and `key:value` terms, all of which must hold.

`type:tool_call,tool_result`, `name:search*`, `error` (the event has one); `-` before a term negates it. `*` stands
for any characters, `,` for alternatives.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from io import StringIO

from peek_tui.errors import UsageError

__all__ = ["EVERYTHING", "Query", "Term", "parse_query"]

_KEYS = ("type", "name")


@dataclass(frozen=True)
class Term:
    """One condition."""

    key: str
    """`type`, `name` or `error`."""
    patterns: tuple[str, ...] = ()
    """Any of them is enough; none for `error`."""
    negated: bool = False
    exact: bool = False
    """Whether a `*` in a pattern is only itself."""

    def holds(self, type: str, name: str, failed: bool) -> bool:
        """Whether an event with this type, name and failure is wanted."""
        if self.key == "error":
            return failed is not self.negated
        value = type if self.key == "type" else name
        if self.exact:
            return (value in self.patterns) is not self.negated
        return any(fnmatchcase(value, _literal(pattern)) for pattern in self.patterns) is not self.negated


@dataclass(frozen=True)
class Query:
    """Conditions that must all hold."""

    terms: tuple[Term, ...] = ()

    def holds(self, type: str, name: str, failed: bool) -> bool:
        """Whether an event with this type, name and failure is wanted."""
        return all(term.holds(type, name, failed) for term in self.terms)

    def __and__(self, other: Query) -> Query:
        return Query((*self.terms, *other.terms))

    @cached_property
    def is_everything(self) -> bool:
        return not self.terms


EVERYTHING = Query()


def of_types(types: Iterable[str]) -> Query:
    """Return the query for events of these types, whatever signs are in them."""
    return Query((Term("type", tuple(types), exact=True),))


def parse_query(text: str) -> Query:
    """Read a query. Raises `UsageError` that points at the column of a term it does not know."""
    return Query(tuple(_term(text, word, column) for column, word in _words(text)))


def _term(text: str, word: str, column: int) -> Term:
    negated = word.startswith("-")
    body = word.removeprefix("-")
    if body == "error":
        return Term("error", negated=negated)
    key, colon, value = body.partition(":")
    if not colon or key not in _KEYS:
        raise UsageError(_pointed(text, column, f"unknown term {word!r}: give type:…, name:… or error"))
    patterns = tuple(part for part in value.split(",") if part)
    if not patterns:
        raise UsageError(_pointed(text, column, f"{key}: needs a value"))
    return Term(key, patterns, negated)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield each word, its quotes taken off, and the column in which it begins."""
    stream = StringIO(text)
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    while True:
        end = stream.tell()
        column = len(text) - len(text[end:].lstrip())
        try:
            word = lexer.get_token()
        except ValueError:
            raise UsageError(_pointed(text, column, "a quote is not closed")) from None
        if word is None:
            return
        yield column, word


def _pointed(text: str, column: int, message: str) -> str:
    """Return `message` with the query and a mark under the column it speaks of."""
    return f"{message} (column {column + 1})\n  {text}\n  {' ' * column}^"


def _literal(pattern: str) -> str:
    """Leave `*` its meaning and take it from fnmatch's other signs."""
    return pattern.replace("[", "[[]").replace("?", "[?]")
