from __future__ import annotations

import pytest

from peek_tui.errors import UsageError
from peek_tui.trace.query import EVERYTHING, Query, Term, of_types, parse_query


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("  ", ()),
        ("error", (Term("error"),)),
        ("-error", (Term("error", negated=True),)),
        ("type:tool_call", (Term("type", ("tool_call",)),)),
        ("type:a,b", (Term("type", ("a", "b")),)),
        ("type:a,,b,", (Term("type", ("a", "b")),)),
        ("-name:x  type:y\terror", (Term("name", ("x",), True), Term("type", ("y",)), Term("error"))),
        ('name:"two words"', (Term("name", ("two words",)),)),
        ('"name:two words" error', (Term("name", ("two words",)), Term("error"))),
        ("name:a:b", (Term("name", ("a:b",)),)),
        ("name:#1", (Term("name", ("#1",)),)),
        ("name:顾客", (Term("name", ("顾客",)),)),
    ],
)
def test_terms(text: str, terms: tuple[Term, ...]) -> None:
    """A query is terms between blanks; quotes hold blanks together."""
    assert parse_query(text) == Query(terms)
    assert parse_query(text).is_everything is (not terms)


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("colour:red", "unknown term 'colour:red': give type:…, name:… or error", 1),
        ("error errors", "unknown term 'errors': give type:…, name:… or error", 7),
        ("word", "unknown term 'word': give type:…, name:… or error", 1),
        ("  word", "unknown term 'word': give type:…, name:… or error", 3),
        ("name:a name:a a", "unknown term 'a': give type:…, name:… or error", 15),
        ('name:"a b"   x', "unknown term 'x': give type:…, name:… or error", 14),
        ('"a b"', "unknown term 'a b': give type:…, name:… or error", 1),
        ('type:x "a b"', "unknown term 'a b': give type:…, name:… or error", 8),
        ("error:x", "unknown term 'error:x': give type:…, name:… or error", 1),
        ("-", "unknown term '-': give type:…, name:… or error", 1),
        ("error type:", "type: needs a value", 7),
        ("-name:,", "name: needs a value", 1),
        ('error name:"x', "a quote is not closed", 7),
    ],
)
def test_malformed(text: str, message: str, column: int) -> None:
    """What is no term is pointed at."""
    with pytest.raises(UsageError) as raised:
        parse_query(text)
    assert str(raised.value) == f"{message} (column {column})\n  {text}\n  {' ' * (column - 1)}^"


@pytest.mark.parametrize(
    ("text", "type", "name", "failed", "holds"),
    [
        ("type:log", "log", "", False, True),
        ("type:log", "logs", "", False, False),
        ("type:LOG", "log", "", False, False),
        ("type:tool_*", "tool_result", "", False, True),
        ("type:*_call,error", "error", "", False, True),
        ("-type:a,b", "b", "", False, False),
        ("-type:a,b", "c", "", False, True),
        ("name:*", "log", "", False, True),
        ("name:a*c", "log", "abbc", False, True),
        ("name:a*c", "log", "abbcd", False, False),
        ("name:f[o]?", "log", "f[o]?", False, True),
        ("name:f[o]?", "log", "foo", False, False),
        ("name:[!x]", "log", "y", False, False),
        ("error", "log", "", True, True),
        ("error", "log", "", False, False),
        ("-error", "log", "", True, False),
        ("type:log error", "log", "", False, False),
        ("type:log error", "log", "", True, True),
    ],
)
def test_holds(text: str, type: str, name: str, failed: bool, holds: bool) -> None:
    """All terms must hold; of alternatives one is enough; only `*` stands for others."""
    assert parse_query(text).holds(type, name, failed) is holds


def test_types() -> None:
    """A query for types takes them as they are, whatever signs are in them."""
    query = of_types(["a*", "b,c"])
    assert [query.holds(type, "", False) for type in ("a*", "b,c", "ab", "b", "c")] == [True, True, False, False, False]


def test_both() -> None:
    """Two queries together are one in which all terms must hold."""
    both = of_types(["log"]) & parse_query("error")
    assert (both.holds("log", "", True), both.holds("log", "", False), both.holds("x", "", True)) == (
        True,
        False,
        False,
    )
    assert (EVERYTHING & EVERYTHING).is_everything
