from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.errors import UsageError
from peek_tui.trace.needle import Needle
from tests.state.traces import NOON, SESSION

IGNORED = frozenset(
    {"v", "ts", "id", "parent", "session", "duration_ms", "usage", "cost_usd", "importance", "links", "source"}
)

# -- a writer of each kind, and a reader that takes its time ---------------------------------------------------------


def ascii_json(event: Any) -> bytes:
    return json.dumps(event).encode()


def compact_json(event: Any) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def upper_json(event: Any) -> bytes:
    return re.sub(rb"\\(u....|.)", lambda found: b"\\" + upper_digits(found[1]), ascii_json(event))


def upper_digits(escape: bytes) -> bytes:
    return escape[:1] + escape[1:].upper()


def slashed_json(event: Any) -> bytes:
    return ascii_json(event).replace(b"/", b"\\/")


def spaced_json(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(", ", " : ")).encode()


def escaped_json(event: Any) -> bytes:
    return re.sub(rb'"(?:[^"\\]|\\.)*"', lambda string: STRING_SIGN.sub(escaped, string[0]), orjson.dumps(event))


STRING_SIGN = re.compile(rb"(\\(?:u....|.))|[A-Za-z<>& 0-9]")


def escaped(sign: re.Match[bytes]) -> bytes:
    return sign[1] or b"\\u%04x" % ord(sign[0])


WRITERS: list[Callable[[Any], bytes]] = [
    orjson.dumps,
    ascii_json,
    upper_json,
    slashed_json,
    spaced_json,
    escaped_json,
]


def event(**fields: Any) -> dict[str, Any]:
    head = {"v": 1, "ts": NOON, "id": "5f3a9c1e00000007", "parent": NO_EVENT, "session": SESSION}
    return {**head, "type": "tool_call", "name": "", "data": {}, **fields}


def said_by(line: bytes) -> Iterator[str]:
    """Yield the texts of an event's content, from JSON that is parsed whole."""
    for key, value in json.loads(line, parse_int=str, parse_float=str).items():
        if key == "error" and isinstance(value, dict):
            for part in value.values():
                yield from walk(part)
        elif key not in IGNORED:
            yield from walk(value)


def walk(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
    else:
        yield json.dumps(value)


def same(letter: str, other: str) -> bool:
    """Whether two letters differ in case only: by Python's own `re`, within ASCII or beyond it."""
    return letter == other or (
        letter.isascii() is other.isascii() and re.fullmatch(re.escape(letter), other, re.IGNORECASE) is not None
    )


def holds(text: str, wanted: str) -> bool:
    """Whether a text holds another one in any case."""
    starts = range(len(text) - len(wanted) + 1)
    return any(all(map(same, wanted, text[start : start + len(wanted)])) for start in starts)


LETTERS = st.text(st.sampled_from('aAnNuUkfF0c1 "\\/,:{}\n\t\x1b\x7füÜßẞσςΣяЯé😀𐐨𐐀顧<\u2028'), max_size=6)
NUMBERS = st.integers(-99, 99) | st.floats(-5, 5) | st.booleans() | st.none()
JSON = st.recursive(
    LETTERS | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=6,
)
EVENTS = st.fixed_dictionaries(
    {"data": st.dictionaries(LETTERS, JSON, max_size=3), "name": LETTERS},
    optional={
        "error": LETTERS | st.fixed_dictionaries({"type": LETTERS, "message": JSON}),
        "agent": LETTERS,
        "task": LETTERS,
        "usage": st.just({"input_tokens": 1}),
        "source": st.dictionaries(LETTERS, JSON, max_size=2),
        "later": JSON,
    },
).map(lambda fields: event(**fields))


@st.composite
def lines(draw: st.DrawFn) -> tuple[bytes, str]:
    """Draw an event's line, and a text that may well stand in it."""
    drawn = draw(EVENTS)
    shuffled = draw(st.permutations(list(drawn))) if draw(st.booleans()) else list(drawn)
    line = draw(st.sampled_from(WRITERS))({key: drawn[key] for key in shuffled})
    texts = [text for text in said_by(line) if text]
    if not texts or draw(st.booleans()):
        return line, draw(LETTERS.filter(bool))
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, len(text) - 1))
    return line, text[start : draw(st.integers(start + 1, len(text)))]


# -- text ------------------------------------------------------------------------------------------------------------


@given(lines())
def test_finds_what_a_slow_reader_finds(drawn: tuple[bytes, str]) -> None:
    """A text is found exactly when a key or a value of the event's content holds it, however it is written."""
    line, text = drawn
    assert Needle(text).found_in(line) is any(text in said for said in said_by(line))


@given(lines())
def test_ignores_case_as_a_slow_reader_does(drawn: tuple[bytes, str]) -> None:
    """Without regard to case too, in any script."""
    line, text = drawn
    assert Needle(text, ignore_case=True).found_in(line) is any(holds(said, text) for said in said_by(line))
    assert Needle(text.swapcase() if text.isascii() else text, ignore_case=True).found_in(line) is any(
        holds(said, text) for said in said_by(line)
    )


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    "text",
    ['say "hi"', "first\nsecond", "Zürich", "😀", "C:\\temp\\new", "https://a.b/c", "\x1b[31m", "顧客", "4200", "\x7f"],
)
def test_spellings(write: Callable[[Any], bytes], text: str) -> None:
    """What somebody types is found however the writer escaped it."""
    line = write(event(data={"said": f"… {text} …", "amount": 4200}))
    assert Needle(text).found_in(line)
    assert Needle(text, ignore_case=True).found_in(line)
    assert not Needle(f"{text}!").found_in(line)


@pytest.mark.parametrize(
    "text",
    [
        "session",
        '"ts"',
        "parent",
        "data",
        SESSION,
        NO_EVENT,
        str(NOON),
        "message",
        "input_tokens",
        "317",
        "raw",
        "claude",
    ],
)
def test_header(text: str) -> None:
    """The format's own keys, ids, times, measured numbers and a foreign record do not count."""
    line = encode_event(
        NOON,
        "5f3a9c1e00000007",
        NO_EVENT,
        SESSION,
        "tool_result",
        "search",
        {
            "error": {"type": "ValueError", "message": "too much", "stack": "File x.py"},
            "duration_ms": 317.0,
            "usage": {"input_tokens": 317},
            "cost_usd": 0.317,
            "links": [NO_EVENT],
            "source": {"kind": "claude-code", "raw": {"session": SESSION}},
        },
        {"result": [1, 2]},
    )
    assert not Needle(text).found_in(line)
    assert not Needle(text.upper(), ignore_case=True).found_in(line)
    assert not Needle(f"{text}|{text}x", regex=True).found_in(line)


@pytest.mark.parametrize(
    "text", ["tool_res", "search", "ValueError", "too much", "x.py", "planner", "worker-2", "resul", "refund"]
)
def test_content(text: str) -> None:
    """What a row shows and what the payload says does: type, name, agent, task, error, payload."""
    failure = {"type": "ValueError", "message": "too much", "stack": "File x.py"}
    fields = {"type": "tool_result", "name": "search", "agent": "planner", "task": "worker-2", "error": failure}
    assert Needle(text).found_in(orjson.dumps(event(**fields, data={"result": ["refund"]})))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nfo", "i\nfo"),
        ("u00", "\x01"),
        ("00fc", "ü"),
        ("n", "\n"),
        ("1,2", [1, 2]),
        ("true,", [True, 1]),
        (", ", [0, 0]),
        ("},{", [{}, {}]),
    ],
)
def test_not_there(text: str, said: Any) -> None:
    """Neither the letters of an escape nor what stands between two values is text."""
    line = ascii_json({**event(), "type": "", "data": {"": said}})
    assert not Needle(text).found_in(line)
    assert not Needle(text, ignore_case=True).found_in(line)


def test_half_of_a_pair() -> None:
    """Half of a surrogate pair is not found in the letter that the pair is, but where it stands alone."""
    assert not Needle("\ude00").found_in(ascii_json(event(name="😀")))
    assert Needle("\ude00").found_in(ascii_json(event(name="a\ude00")))


@pytest.mark.parametrize(
    ("said", "text"),
    [(rb"\u0068ello", "hello"), (rb"a \u003cb\u003e", "<b>"), (rb"R\u0026D in Z\u00fcrich", "R&D"), (rb"\u004B", "K")],
)
def test_escaped_ascii(said: bytes, text: str) -> None:
    """Signs of ASCII that a writer escapes without need are found, one of them or all."""
    line = b'{"type":"log","data":{"text":"%s"}}' % said
    for needle in (Needle(text), Needle(text.swapcase(), ignore_case=True), Needle(f"nowhere|{text}", regex=True)):
        assert needle.found_in(line)
    assert not Needle(f"{text}!").found_in(line)
    assert not Needle(text).found_in(line.replace(b"\\u", b"\\\\u"))


# -- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Zürich", "say", "refund", "tool"])
@pytest.mark.parametrize("payload", [b"[1,NaN]}}", b'"to', b'"\xff"}}', b'"\\ude00"}}', b"[" * 2000])
@pytest.mark.parametrize("write", [orjson.dumps, compact_json])
def test_damaged_payload(write: Callable[[Any], bytes], text: str, payload: bytes) -> None:
    """A payload that cannot be read is searched up to its end; the header's keys are no content then either."""
    line = write(event(name="refund", data={"a": "say Zürich"}))[:-2] + b',"b":' + payload
    assert Needle(text).found_in(line)
    assert Needle(text.upper(), ignore_case=True).found_in(line)
    assert not Needle("session").found_in(line)
    assert not Needle("name").found_in(line)


@pytest.mark.parametrize("value", ["\ude00", float("nan"), float("inf")])
def test_generous(value: Any) -> None:
    """What is no strict JSON, but no damage either, is searched like any other event, in whatever order it stands."""
    line = ascii_json({"data": {"a": "say Zürich", "b": value}, "name": value, "type": "log"})
    assert Needle("Zürich").found_in(line)
    assert not Needle("type").found_in(line)


@pytest.mark.parametrize(
    "line",
    [
        b"Traceback of a refund",
        b'{"ts":1,"a":"a refund"}',
        b'["of a refund"]',
        b'{"type":5,"b":"a refund',
        b"\xff a refund",
    ],
)
def test_damaged_line(line: bytes) -> None:
    """A line that is no event is searched as it stands."""
    assert Needle("a refund").found_in(line)
    assert Needle("A REFUND", ignore_case=True).found_in(line)
    assert Needle(r"a\srefund", regex=True).found_in(line)
    assert not Needle("no refund").found_in(line)


@pytest.mark.parametrize("line", [b"", b"\n", b" \t\r\n"])
def test_blank_line(line: bytes) -> None:
    """A blank line holds nothing, not even an empty match."""
    assert not Needle("^|x", regex=True).found_in(line)


def test_line_ends_and_beginnings() -> None:
    """A BOM, a carriage return and the newline are not part of an event."""
    line = b"\xef\xbb\xbf" + orjson.dumps(event(name="refund")) + b"\r\n"
    assert Needle("refund").found_in(line)
    assert not Needle("session").found_in(line)


# -- patterns --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("^Zürich$", True),
        ("^rich", False),
        ('"hi"', True),
        (r"say\s.hi", True),
        ("[äöü]rich", True),
        (r"Z\w+h", True),
        ("no|Zü", True),
        ("no|never", False),
        ("(no )?say", True),
        ("sayx? ", True),
        ("x*say", True),
        ("x{0,2}say", True),
        (r"\x73ay", True),
        ("Zürich.*say", False),
        (r"^42\d\d$", True),
        ("[[]", True),
    ],
)
@pytest.mark.parametrize("write", WRITERS)
def test_pattern(write: Callable[[Any], bytes], pattern: str, found: bool) -> None:
    """A pattern is tried on each text by itself, as it reads and not as it is written."""
    line = write(event(data={"a": "Zürich", "b": 'say "hi"', "c": 4200, "d": "["}))
    assert Needle(pattern, regex=True).found_in(line) is found


def test_pattern_ignores_case() -> None:
    """A pattern's case is ignored when asked for."""
    line = orjson.dumps(event(data={"a": "Refund of ÜBER 42"}))
    assert Needle(r"refund.*über \d+", regex=True, ignore_case=True).found_in(line)
    assert not Needle(r"refund.*über \d+", regex=True).found_in(line)


PATTERNS = st.lists(
    st.sampled_from(
        [
            "a",
            "A",
            "n",
            "0",
            " ",
            "ü",
            ".",
            "a?",
            "n*",
            "0+",
            "a{0,1}",
            "[an]",
            "[^a]",
            r"\.",
            r"\d",
            r"\w",
            r"\b",
            "^",
            "$",
            "|",
            r"\x61",
        ]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(lines(), PATTERNS, st.booleans())
def test_pattern_finds_what_re_finds(drawn: tuple[bytes, str], pattern: str, ignore_case: bool) -> None:
    """A pattern is found exactly when `re` finds it in a text of the event's content."""
    line = drawn[0]
    flags = re.IGNORECASE if ignore_case else re.NOFLAG
    found = any(re.search(pattern, said, flags) for said in said_by(line))
    assert Needle(pattern, regex=True, ignore_case=ignore_case).found_in(line) is found


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a[b", "not a regular expression: unterminated character set (column 2)\n  a[b\n   ^"),
        ("*", "not a regular expression: nothing to repeat (column 1)\n  *\n  ^"),
        ("ü)", "not a regular expression: unbalanced parenthesis (column 2)\n  ü)\n   ^"),
        ("a{99999999999}", "not a regular expression: the repetition number is too large"),
        ("", "the text to look for is empty"),
    ],
)
def test_bad_pattern(pattern: str, message: str) -> None:
    """A pattern that is none is pointed at."""
    with pytest.raises(UsageError) as raised:
        Needle(pattern, regex=True)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("pattern", "probes"),
    [
        ("refund", (b"refund",)),
        (r"refund.*charge \d", (b"charge ",)),
        ("error|refund of|no", (b"error", b"refund of", b"no")),
        (r"\d+|no", ()),
        ("(a|b)refund", ()),
        (r"\x41refund", ()),
    ],
)
def test_probes(pattern: str, probes: tuple[bytes, ...]) -> None:
    """What must stand in a line that matches is known where the pattern shows it: lines without it are passed over."""
    assert Needle(pattern, regex=True).probes == probes
    assert (
        Needle(pattern.upper().replace("\\X", "\\x").replace("\\D", "\\d"), regex=True, ignore_case=True).probes
        == probes
    )
