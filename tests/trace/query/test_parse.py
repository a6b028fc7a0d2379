from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.errors import UsageError
from peek_tui.trace.query import EVERYTHING, parse_query

from .events import event_of

ALL = "type, name, agent, session, error, dur, tokens, cost, importance, conf, ts, row, data, text"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" \t\n", ""),
        ("*", ""),
        ('""', ""),
        ("error", "error"),
        ("  -error  ", "-error"),
        ("NOT error", "-error"),
        ("NOT NOT error", "error"),
        ("NOT -error", "error"),
        ("-(-error)", "error"),
        ("-*", "-*"),
        ("type:a,b", "type:a,b"),
        ("type=a", "type:a"),
        ('type:"a b",c', 'type:"a b",c'),
        ("type:'a b'", 'type:"a b"'),
        ("type:a**b", "type:a*b"),
        (r'type:"a\*b\\c\"d\'e\f"', r'type:"a\*b\\c\"d' + "'" + r'e\\f"'),
        ('name:""', 'name:""'),
        ("name:a:b>c", "name:a:b>c"),
        ("name:#1", "name:#1"),
        ("name:顾客", "name:顾客"),
        ("name:don't", 'name:"don' + "'" + 't"'),
        ("a b", "a b"),
        ("a AND b", "a b"),
        ("a OR b c", "a OR b c"),
        ("(a OR b) c", "(a OR b) c"),
        ("((a b) c) d", "a b c d"),
        ("(a OR (b OR c))", "a OR b OR c"),
        ("-(a b) OR -c", "-(a b) OR -c"),
        ("NOT(a)OR(b)AND(c)", "-a OR b c"),
        ("a OR *", "a OR *"),
        ("*a*", "a"),
        ("*a*b*", "a*b"),
        ("a,b", "text:a,b"),
        ("a,*", ""),
        ("text:refund", "refund"),
        ('"refund policy"', 'text:"refund policy"'),
        ('"error"', "text:error"),
        ('"OR" or not "NOT"', "text:OR or not text:NOT"),
        ("error,x", "text:error,x"),
        ("12:30 a-b >5 =", "text:12:30 text:a-b text:>5 text:="),
        ('"type:x"', "text:type:x"),
        ("don't", 'text:"don' + "'" + 't"'),
        ("dur>2s", "dur>2s"),
        ("dur>=1m30s dur<1.5h", "dur>=1m30s dur<1.5h"),
        ("tokens=0,1k,2.5M", "tokens:0,1k,2.5M"),
        ("cost<=$0.05", "cost<=$0.05"),
        ("importance>.8 conf<4e-1 row:-1", "importance>.8 conf<4e-1 row:-1"),
        ('ts:10:15,"2025-11-20 10:15"', 'ts:10:15,"2025-11-20 10:15"'),
        ("data.a.b-c.$d:x*,7", "data.a.b-c.$d:x*,7"),
        ("data.n>=-1.5", "data.n>=-1.5"),
    ],
)
def test_canonical(text: str, canonical: str) -> None:
    """A query is written back in one way, whatever way it was written, and that way reads as the same query."""
    query = parse_query(text)
    assert str(query) == canonical
    assert parse_query(canonical) == query
    assert query.is_everything is (canonical == "")


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("tipe:x", "unknown key 'tipe': give type, or put quotes around a text", 1),
        ("a  duration>1", "unknown key 'duration': give dur, or put quotes around a text", 4),
        ("TYPE:x", "unknown key 'TYPE': give type, or put quotes around a text", 1),
        ("type.x:y", "unknown key 'type.x': give type, or put quotes around a text", 1),
        ("http://x", f"unknown key 'http': give one of {ALL}, or put quotes around a text", 1),
        ("error:x", "error stands alone, without a value", 1),
        ("type:", "'type' needs a value", 1),
        ("(dur> )", "'dur' needs a value", 2),
        ("type: x", "'type' needs a value", 1),
        ("type>x", "type has no order: write type:…", 1),
        ("text<=x", "text has no order: write text:…", 1),
        ("type!=x", "there is no !=: write -key:value", 1),
        ("dur>abc", "'abc' is no value for dur, such as dur>2s", 5),
        ("dur>1s,2s", "> takes one value", 8),
        ("dur:1s,2x", "'2x' is no value for dur, such as dur>2s", 8),
        ("dur>-1s", "'-1s' is no value for dur, such as dur>2s", 5),
        ('dur>""', "'' is no value for dur, such as dur>2s", 5),
        ("tokens>1K", "'1K' is no value for tokens, such as tokens>1k", 8),
        ("row:nan", "'nan' is no value for row, such as row>100", 5),
        ("cost>€1", "'€1' is no value for cost, such as cost>0.01", 6),
        ("ts>25:00", "'25:00' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts>2025-02-30", "'2025-02-30' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts>0000-01-01", "'0000-01-01' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts:9999-12-31Z", "'9999-12-31Z' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts>2025-11-2010:15", "'2025-11-2010:15' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts>T10:15", "'T10:15' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("ts>Z", "'Z' is no time: give 10:15:00, 2025-11-20 or 2025-11-20T10:15:00Z", 4),
        ("data:x", "data needs a path: data.arguments.q:Paris", 1),
        ("data.:x", "data needs a path: data.arguments.q:Paris", 1),
        ("data.a..b:x", "data needs a path: data.arguments.q:Paris", 1),
        ("data.n>x", "'x' is no number", 8),
        ("data.n>1,2", "> takes one value", 10),
        ("a,,b", "an alternative is missing beside the comma", 3),
        (",a", "an alternative is missing beside the comma", 1),
        ("type:a,b, c", "an alternative is missing beside the comma", 10),
        ("type:,", "an alternative is missing beside the comma", 6),
        ('error name:"x', "a quote is not closed", 12),
        ("'x\"", "a quote is not closed", 1),
        (r'"x\"', "a quote is not closed", 1),
        ('"a"b', "a blank is missing before 'b'", 4),
        ('"a"(b)', "a blank is missing before '('", 4),
        ('a"b', "put quotes around a value that holds '\"'", 2),
        ("name:f(x)", "put quotes around a value that holds '('", 7),
        ("a OR", "OR needs a term after it", 3),
        ("a AND OR b", "AND needs a term after it", 3),
        ("a OR OR b", "OR needs a term after it", 3),
        ("(a OR )", "OR needs a term after it", 4),
        ("OR a", "OR needs a term before it", 1),
        ("(AND a)", "AND needs a term before it", 2),
        ("a NOT", "NOT needs a term after it", 3),
        ("-OR", "NOT needs a term after it", 1),
        ("-", "'-' stands directly before what it negates; to look for it, quote it", 1),
        ("a - b", "'-' stands directly before what it negates; to look for it, quote it", 3),
        ("(-)", "'-' stands directly before what it negates; to look for it, quote it", 2),
        ("--help", "'-' stands directly before what it negates; to look for it, quote it", 1),
        ("(", "a parenthesis is not closed", 1),
        ("a (b (c) d", "a parenthesis is not closed", 3),
        (")", "a parenthesis is closed that was not opened", 1),
        ("(a) b) c", "a parenthesis is closed that was not opened", 6),
        ("a ()", "there is nothing between the parentheses", 4),
        ("dur > 2s", "no blank may stand before >; to look for it, quote it", 5),
        ("type :x", "no blank may stand before :; to look for it, quote it", 6),
        ("顾客 x:y", f"unknown key 'x': give one of {ALL}, or put quotes around a text", 4),
    ],
)
def test_malformed(text: str, message: str, column: int) -> None:
    """What cannot be understood is pointed at."""
    with pytest.raises(UsageError) as raised:
        parse_query(text)
    blanks = " " * (column - 1 + sum(char > "\u2e80" for char in text[: column - 1]))
    assert str(raised.value) == f"{message} (column {column})\n  {text}\n  {blanks}^"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("name:x\x1b[2J\ta\n(", "(column 14)\n  name:x [2J a (\n               ^"),
        ("e\u0301 (", "(column 4)\n  e\u0301 (\n    ^"),
        ("a " * 200 + "(" + " b" * 200, f"(column 401)\n  …{'a ' * 50}({' b' * 49} \n  {' ' * 101}^"),
    ],
    ids=["control", "combining", "long"],
)
def test_pointing(text: str, shown: str) -> None:
    """The mark is under its column as a terminal shows it, of a long query beside it only; nothing in it is obeyed."""
    with pytest.raises(UsageError) as raised:
        parse_query(text)
    assert str(raised.value) == f"a parenthesis is not closed {shown}"


def test_no_character() -> None:
    """Half of a surrogate pair, which is no text a trace could hold, is refused."""
    with pytest.raises(UsageError, match=r"this is not a character \(column 3\)"):
        parse_query("a \udcff")


def test_depth() -> None:
    """Parentheses can be 50 deep; deeper ones are refused however many there are, other repetition is not."""
    deepest = "(a OR " * 50 + "b" + " c)" * 50
    event = event_of("log", "b", {"text": "c"})
    assert parse_query(deepest).holds(event)
    assert parse_query(str(parse_query(deepest))) == parse_query(deepest)
    for text in ("(" * 51 + "a" + ")" * 51, "(" * 10_000, "-(" * 10_000):
        with pytest.raises(UsageError, match="more than 50 parentheses inside one another"):
            parse_query(text)
    assert parse_query("NOT " * 10_001 + "a") == parse_query("-a")
    assert parse_query("(b) " * 51).holds(event)
    assert not parse_query("-b " * 10_000).holds(event)
    assert parse_query("x OR " * 10_000 + "b").holds(event)
    with pytest.raises(UsageError, match="a path of more than 50 keys"):
        parse_query("data" + ".a" * 51 + ":x")


PIECES = [
    "type",
    "data.a",
    "dur",
    "ts",
    "error",
    "OR",
    "NOT",
    "AND",
    "-",
    "(",
    ")",
    ":",
    ">",
    "<=",
    "!=",
    ",",
    "*",
    "\\",
]


@given(st.lists(st.sampled_from([*PIECES, '"', "'", " ", "a", "2s", "10:15", "\n", "\xa0"]) | st.text(max_size=2)))
def test_any_text(pieces: list[str]) -> None:
    """Whatever is typed is a query that can be written back, or a usage error."""
    text = "".join(pieces)
    try:
        query = parse_query(text)
    except UsageError:
        return
    assert parse_query(str(query)) == query


def test_together() -> None:
    """Two queries together are one in which both must hold."""
    together = parse_query("a OR b") & parse_query("error c")
    assert together == parse_query("(a OR b) error c")
    assert EVERYTHING & together == together & EVERYTHING == together
    assert (EVERYTHING & EVERYTHING).is_everything
