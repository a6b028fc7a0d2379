"""Reading a query.

    query    = [ either ]
    either   = all { "OR" all }
    all      = one { [ "AND" ] one }
    one      = { "-" | "NOT" } ( term | "(" either ")" )
    term     = "error" | key sign values | values
    sign     = ":" | "=" | ">" | ">=" | "<" | "<="
    values   = value { "," value }
    value    = word | quoted text, `*` in it stands for any characters

Inside quotes a backslash makes a quote, a `*` or a backslash its plain self.
"""

from __future__ import annotations

from peek_tui.errors import UsageError

from .keys import KEYS, Key, nearest_key
from .keys import Kind as KeyKind
from .lexer import Kind, Token, Value, pointed, tokens
from .measure import Measure, read_exact
from .moment import Moment, read_moment
from .nodes import Node, Query, both, either, found, negated
from .terms import Failed, Field, FieldNumber, Number, Time, Word

__all__ = ["parse_query"]

_DEEPEST = 50
"""Parentheses inside one another: nobody needs more, and evaluating them takes stack."""
_LONGEST_PATH = 50
"""Keys of a path."""
_SIGNS = "<>=:"
_UNCLOSED = "a parenthesis is not closed"
_UNOPENED = "a parenthesis is closed that was not opened"


def parse_query(text: str) -> Query:
    """Read a query. Raises `UsageError` that points at the column of what is wrong with it."""
    return _Parser(text).query()


class _Parser:
    """Reads the tokens of one query, one ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0

    def query(self) -> Query:
        for column, char in enumerate(self._text):
            if "\ud800" <= char <= "\udfff":
                raise self._error(column, "this is not a character")
        if not self._tokens:
            return Query()
        root = self._either()
        if token := self._next():
            raise self._error(token.column, _UNOPENED)
        return Query(root)

    # -- what terms are put together with --------------------------------------------------------------------------

    def _either(self) -> Node:
        nodes = [self._all()]
        while self._takes(Kind.OR):
            nodes.append(self._all())
        return either(nodes)

    def _all(self) -> Node:
        nodes = [self._one()]
        while (token := self._next()) and token.kind not in (Kind.OR, Kind.CLOSE):
            self._takes(Kind.AND)
            nodes.append(self._one())
        return both(nodes)

    def _one(self) -> Node:
        opposite = False
        while self._takes(Kind.NOT):
            opposite = not opposite
        token = self._next()
        if token is None or token.kind not in (Kind.TERM, Kind.WORD, Kind.OPEN):
            raise self._missing(token)
        self._at += 1
        node = self._group(token) if token.kind is Kind.OPEN else self._leaf(token)
        return negated(node) if opposite else node

    def _group(self, opening: Token) -> Node:
        if self._depth == _DEEPEST:
            raise self._error(opening.column, f"more than {_DEEPEST} parentheses inside one another")
        self._depth += 1
        node = self._either()
        if not self._takes(Kind.CLOSE):
            raise self._error(opening.column, _UNCLOSED)
        self._depth -= 1
        return node

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _takes(self, kind: Kind) -> bool:
        token = self._next()
        if token is None or token.kind is not kind:
            return False
        self._at += 1
        return True

    def _missing(self, token: Token | None) -> UsageError:
        """Return the error for a place where a term should stand."""
        before = self._tokens[self._at - 1] if self._at else None
        if before is not None and before.kind is not Kind.OPEN:
            return self._error(before.column, f"{before.kind.value} needs a term after it")
        if token is None:
            return self._error(before.column if before else 0, _UNCLOSED)
        if token.kind is Kind.CLOSE:
            return self._error(token.column, "there is nothing between the parentheses" if before else _UNOPENED)
        return self._error(token.column, f"{token.kind.value} needs a term before it")

    # -- terms -----------------------------------------------------------------------------------------------------

    def _leaf(self, token: Token) -> Node:
        if token.kind is Kind.TERM:
            return self._term(token)
        self._notice_blank(token)
        if token.bare == "error":
            return Failed()
        return found(value.pattern for value in token.values)

    def _term(self, token: Token) -> Node:
        name, dot, path = token.key.partition(".")
        key = KEYS.get(name)
        if key is None or (dot and key.kind is not KeyKind.PATH):
            raise self._unknown(token)
        if token.sign == "!=":
            raise self._error(token.column, "there is no !=: write -key:value")
        sign = "=" if token.sign == ":" else token.sign
        if sign != "=" and len(token.values) > 1:
            raise self._error(token.values[1].column, f"{sign} takes one value")
        match key.kind:
            case KeyKind.FLAG:
                raise self._error(token.column, f"{name} stands alone, without a value")
            case KeyKind.NUMBER:
                return Number(name, sign, tuple(self._measure(key, value) for value in token.values))
            case KeyKind.TIME:
                return Time(sign, tuple(self._moment(value) for value in token.values))
            case KeyKind.PATH:
                return self._field(token, path, sign)
        if sign != "=":
            raise self._error(token.column, f"{name} has no order: write {name}:…")
        patterns = tuple(value.pattern for value in token.values)
        if name == "session":  # as SRC, it may be the beginning of one
            patterns = tuple(pattern.beginning() for pattern in patterns)
        return Word(name, patterns) if key.kind is KeyKind.WORD else found(patterns)

    def _field(self, token: Token, path: str, sign: str) -> Node:
        keys = tuple(path.split("."))
        if not all(keys):
            raise self._error(token.column, f"data needs a path: {KEYS['data'].example}")
        if len(keys) > _LONGEST_PATH:
            raise self._error(token.column, f"a path of more than {_LONGEST_PATH} keys")
        if sign == "=":
            return Field(keys, tuple(value.pattern for value in token.values))
        value = token.values[0]
        measure = read_exact(value.text)
        if measure is None:
            raise self._error(value.column, f"{value.text!r} is no number")
        return FieldNumber(keys, sign, measure)

    def _measure(self, key: Key, value: Value) -> Measure:
        measure = key.read(value.text)
        if measure is None:
            raise self._error(value.column, f"{value.text!r} is no value for {key.name}, such as {key.example}")
        return measure

    def _moment(self, value: Value) -> Moment:
        moment = read_moment(value.text)
        if moment is None:
            ways = "10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z"
            raise self._error(value.column, f"{value.text!r} is no time: give {ways}")
        return moment

    def _unknown(self, token: Token) -> UsageError:
        near = nearest_key(token.key)
        keys = near or "one of " + ", ".join(KEYS)
        return self._error(token.column, f"unknown key {token.key!r}: give {keys}, or put quotes around a text")

    def _notice_blank(self, token: Token) -> None:
        """Raise for `dur > 2s`, which would be read as three texts."""
        before = self._tokens[self._at - 2] if self._at > 1 else None
        word = token.bare
        if word and word[0] in _SIGNS and before is not None and before.bare in KEYS:
            raise self._error(token.column, f"no blank may stand before {word[0]}; to look for it, quote it")

    def _error(self, column: int, message: str) -> UsageError:
        return pointed(self._text, column, message)
