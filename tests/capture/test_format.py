from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import LineError
from capture.format import OPTIONAL_KEYS, encode_event, parse_line
from capture.values import restore

TS = 1763625600123456789
ID, PARENT, SESSION = "5f3a9c1e00000007", "5f3a9c1e00000006", "0af7651916cd43dd8448eb211c80319c"

HEAD = (
    b'{"v":1,"ts":1763625600123456789,"id":"5f3a9c1e00000007","parent":"5f3a9c1e00000006",'
    b'"session":"0af7651916cd43dd8448eb211c80319c","type":"tool_call","name":"search"'
)
"""A header as FORMAT.md prints it, up to what is optional."""


def encode(
    header: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    *,
    type: str = "tool_call",
    name: str = "search",
) -> bytes:
    return encode_event(TS, ID, PARENT, SESSION, type, name, header or {}, data or {})


pytestmark = pytest.mark.usefixtures("encoder")


class TestEncode:
    def test_example_of_the_format(self) -> None:
        """An event is written byte for byte as the format's example."""
        assert encode(data={"arguments": {"q": "refunds"}}) == HEAD + b',"data":{"arguments":{"q":"refunds"}}}\n'

    def test_every_key(self) -> None:
        """The optional keys stand between `name` and `data`, in the format's order whatever order they came in."""
        header = {
            "source": {"kind": "otel"},
            "links": ["5f3a9c1e00000001"],
            "importance": 0.5,
            "cost_usd": 0.01,
            "usage": {"input_tokens": 3, "output_tokens": 4},
            "task": "Task-1",
            "agent": "planner",
            "error": {"type": "ValueError", "message": "no", "stack": "…"},
            "duration_ms": 1.5,
        }
        assert encode(header) == HEAD + (
            b',"duration_ms":1.5,"error":{"type":"ValueError","message":"no","stack":"\xe2\x80\xa6"},"agent":"planner",'
            b'"task":"Task-1","usage":{"input_tokens":3,"output_tokens":4},"cost_usd":0.01,"importance":0.5,'
            b'"links":["5f3a9c1e00000001"],"source":{"kind":"otel"},"data":{}}\n'
        )

    def test_order_of_optional_keys(self) -> None:
        """The order is that of the format's table."""
        assert OPTIONAL_KEYS == (
            "duration_ms", "error", "agent", "task", "usage", "cost_usd", "importance", "links", "source"
        )  # fmt: skip

    def test_keys_of_the_header_alone(self) -> None:
        """A key that has no place in the header is not written there."""
        assert encode({"colour": "red"}) == HEAD + b',"data":{}}\n'

    @given(
        ts=st.integers(10**18, 2**63 - 1),
        id=st.integers(0, 2**64 - 1),
        session=st.integers(0, 2**128 - 1),
        type=st.text(),
        name=st.text(st.characters(exclude_categories=())),
    )
    def test_fixed_widths(self, ts: int, id: int, session: int, type: str, name: str) -> None:
        """Everything before the value of `type` has a fixed width, whatever the event says."""
        line = encode_event(ts, f"{id:016x}", f"{id:016x}", f"{session:032x}", type, name, {}, {"a": 1})
        assert line.index(b',"type":"') == 128
        assert line[:128] == (b'{"v":1,"ts":%d,"id":"%016x","parent":"%016x","session":"%032x"' % (ts, id, id, session))
        assert line.index(b"\n") == len(line) - 1

    def test_text_is_utf8(self) -> None:
        """Text is written as UTF-8 and not as escapes, so that `grep` finds it."""
        assert encode(data={"q": "Zoë 顾客"}).endswith(',"data":{"q":"Zoë 顾客"}}\n'.encode())

    @pytest.mark.parametrize("text", ["\n", "\r\n", "\0", "\x1b[31m", '"', "\\"])
    def test_one_line(self, text: str) -> None:
        """No value breaks a line or leaves a control byte in it."""
        line = encode({"agent": text}, {text: text}, name=text)
        assert line.count(b"\n") == 1
        assert not set(line[:-1]) & set(range(0x20))
        assert json.loads(line)["data"] == {text: text}

    def test_changing_values(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A dict that another thread changes while it is looked at is written all the same."""

        def interrupted(value: object) -> bool:
            raise RuntimeError("dictionary changed size during iteration")

        monkeypatch.setattr("capture.format.is_plain", interrupted)
        assert encode(data={"q": [1]}) == HEAD + b',"data":{"q":[1]}}\n'

    def test_lone_surrogate_in_a_name(self) -> None:
        """A name that UTF-8 cannot hold is written as JSON's escape, and is a plain string again."""
        line = encode(name="a\ud800z", data={"q": "Zoë"})
        assert b'"name":"a\\ud800z"' in line
        assert parse_line(line).event["name"] == "a\ud800z"

    def test_lone_surrogate_in_an_error(self) -> None:
        """A header's text that UTF-8 cannot hold becomes a `$type` object."""
        line = encode({"error": {"type": "E", "message": "\udcff"}})
        assert parse_line(line).event["error"] == {"type": "E", "message": {"$type": "str", "escaped": "\\udcff"}}

    def test_keys_that_look_like_ours(self) -> None:
        """An author's key that starts with `$` is written as an item, so it is never taken for a value of ours."""
        line = encode(data={"q": {"$type": "bytes"}})
        assert line.endswith(b',"data":{"q":{"$type":"dict","items":[["$type","bytes"]]}}}\n')

    @pytest.mark.parametrize("payload", [{"q": [{"a": 1, "$b": 2}]}, {"q": [{"a": "{", "$b": 2}]}, {"$b": {"q": "$"}}])
    def test_keys_that_look_like_ours_anywhere(self, payload: dict[str, Any]) -> None:
        """That holds for every key, whatever stands before it."""
        line = encode(data=payload)
        assert b'"$b":' not in line
        assert restore(parse_line(line).event["data"]) == payload

    def test_text_that_looks_like_a_key(self) -> None:
        """A `$` in a text, or at its start, is written as it is."""
        line = encode(name="$name", data={"q": "$5", "a$": ["x", "$type"], "b": '{"$type":1,"$x":2}'})
        assert b'"name":"$name"' in line
        assert line.endswith(rb',"data":{"q":"$5","a$":["x","$type"],"b":"{\"$type\":1,\"$x\":2}"}}' + b"\n")


class TestParse:
    @pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b" \t\r\n"])
    def test_line_ends(self, end: bytes) -> None:
        """A line is read with or without its newline, of any kind."""
        assert parse_line(HEAD + b',"data":{}}' + end).event["id"] == ID

    def test_byte_order_mark(self) -> None:
        """A BOM at the start is no damage."""
        assert parse_line(b"\xef\xbb\xbf" + HEAD + b"}").event["id"] == ID

    def test_any_order_and_extra_keys(self) -> None:
        """A reader takes keys in any order, unknown ones and unknown types, and leaves out what is not there."""
        event = {"data": {"deep": [1, {"x": None}]}, "name": "n", "type": "from_the_future", "novel": {"k": [1.5]}}
        assert parse_line(json.dumps(event).encode()) == (event, None)

    def test_no_payload(self) -> None:
        """An event without `data` is one."""
        assert parse_line(b'{"type":"log"}') == ({"type": "log"}, None)

    def test_duplicate_keys(self) -> None:
        """Of a key that stands there twice the last one counts."""
        assert parse_line(b'{"type":"a","type":"b","data":{"x":1,"x":2}}').event == {"type": "b", "data": {"x": 2}}

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            (b"Infinity", float("inf")),
            (b"-Infinity", float("-inf")),
            (b"1e999", float("inf")),
            (b'"\\ud800"', "\ud800"),
            (b"18446744073709551616", 2**64),
            (b"-9223372036854775809", -(2**63) - 1),
            (b"1" * 400, int("1" * 400)),
            (b"1" * 5000, {"$type": "int", "value": "1" * 5000}),
            ('"\u2028\u2029\x85\x0b"'.encode(), "\u2028\u2029\x85\x0b"),
            (b'"\x01\t"', "\x01\t"),
        ],
    )
    def test_not_damage(self, text: bytes, value: object) -> None:
        """Numbers and texts that strict parsers refuse, or would round, are read as what they are."""
        assert parse_line(b'{"type":"a","data":{"x":' + text + b"}}") == ({"type": "a", "data": {"x": value}}, None)

    def test_nan(self) -> None:
        """NaN is a number."""
        assert str(parse_line(b'{"type":"a","data":{"x":NaN}}').event["data"]["x"]) == "nan"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"", "not JSON: Expecting value at character 0"),
            (b"hello", "not JSON: Expecting value at character 0"),
            (b"\0\0\0\0", "NUL bytes from byte 0"),
            (b'{"type":"a"\0\0', "NUL bytes from byte 11"),
            (b'{"type":"\xff"}', "not UTF-8 at byte 9"),
            (b'{"type":"a"', "not JSON: Expecting ',' delimiter at character 11"),
            (b'{"type":"a"}{"type":"b"}', "not JSON: Extra data at character 12"),
            (b"[]", "not a JSON object but an array"),
            (b'"type"', "not a JSON object but a string"),
            (b"true", "not a JSON object but a boolean"),
            (b"null", "not a JSON object but null"),
            (b"12", "not a JSON object but a number"),
            (b"{}", 'a JSON object without a "type"'),
            (b'{"type":7}', 'a JSON object without a "type"'),
            (b"[" * 100_000, "JSON nested too deep"),
        ],
    )
    def test_no_event(self, line: bytes, reason: str) -> None:
        """A line that is no event raises `LineError` with the reason."""
        with pytest.raises(LineError) as raised:
            parse_line(line)
        assert str(raised.value) == reason

    @pytest.mark.parametrize(
        ("payload", "reason"),
        [
            (b'{"x":"\xff"}}', "not UTF-8 at byte 177"),
            (b'{"x":1,}}', "not JSON: Expecting property name enclosed in double quotes at character 178"),
            (b'{"x":"cut off', "not JSON: Unterminated string at character 176"),
            (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "JSON nested too deep"),
            (b'{"x":\0\0\0', "NUL bytes from byte 176"),
        ],
    )
    def test_damaged_payload(self, payload: bytes, reason: str) -> None:
        """A payload that cannot be read costs the payload only."""
        event, damage = parse_line(HEAD + b',"data":' + payload)
        assert event == {
            "v": 1, "ts": TS, "id": ID, "parent": PARENT, "session": SESSION, "type": "tool_call", "name": "search"
        }  # fmt: skip
        assert damage == reason

    @pytest.mark.parametrize(
        "payload", [b'{"x": "\xff"}}', b'{"x": "cut off', b'{}}{"v": 1}', b'{"x": ' + b"[" * 99_999]
    )
    def test_damaged_payload_of_a_foreign_writer(self, payload: bytes) -> None:
        """However a writer spaces its lines, a payload that cannot be read costs the payload only."""
        event, damage = parse_line(b'{"v": 1, "type": "a", "name": "n" , "data" : ' + payload)
        assert event == {"v": 1, "type": "a", "name": "n"}
        assert damage is not None

    def test_damaged_payload_anywhere(self) -> None:
        """A payload that is not UTF-8 costs the payload only wherever it stands; in the header it costs the line."""
        event, damage = parse_line(b'{"data":{"x":"\xff"},"type":"a","name":"n"}')
        assert (event, damage) == ({"type": "a", "name": "n"}, "not UTF-8 at byte 14")
        with pytest.raises(LineError):
            parse_line(b'{"data":{"x":"\xff"},"type":"a","name":"\xff"}')

    @pytest.mark.parametrize("payload", [b"[]", b"5", b'"x"', b"null"])
    def test_payload_of_another_kind(self, payload: bytes) -> None:
        """A payload that is no object is a damaged one, and is kept as it was read."""
        event, damage = parse_line(b'{"type":"a","data":' + payload + b"}")
        assert (event["data"], damage) == (json.loads(payload), '"data" is not an object')

    def test_damaged_payload_behind_an_inner_one(self) -> None:
        """A key called `data` inside the header does not end the header."""
        line = b'{"type":"a","source":{"kind":"x","data":{"y":1}},"data":{"cut'
        event, damage = parse_line(line)
        assert event == {"type": "a", "source": {"kind": "x", "data": {"y": 1}}}
        assert damage is not None

    @given(st.binary())
    def test_any_bytes(self, line: bytes) -> None:
        """Any bytes are an event or raise `LineError`."""
        with suppress(LineError):
            assert isinstance(parse_line(line).event["type"], str)

    @given(st.data())
    def test_any_cut(self, data: st.DataObject) -> None:
        """A line cut anywhere is damaged, and keeps its header when it was cut in the payload."""
        line = HEAD + b',"data":{"x":"Zo\xc3\xab","n":[1,2]}}'
        end = data.draw(st.integers(0, len(line) - 1))
        if end < len(HEAD) + len(b',"data":'):
            with pytest.raises(LineError):
                parse_line(line[:end])
        else:
            event, damage = parse_line(line[:end])
            assert (event["id"], event["name"], "data" in event) == (ID, "search", False)
            assert damage
