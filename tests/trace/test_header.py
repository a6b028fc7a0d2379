from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import LineError
from capture.format import parse_line
from peek_tui.trace.header import Header, counts_of, read_header
from tests.state.traces import SESSION

LINE = (
    b'{"v":1,"ts":1763625600123456789,"id":"5f3a9c1e00000007","parent":"5f3a9c1e00000006",'
    b'"session":"0af7651916cd43dd8448eb211c80319c","type":"tool_call","name":"search","agent":"planner",'
    b'"usage":{"input_tokens":1},"cost_usd":0.5,"data":{"q":"Zo\xc3\xab","n":[1,-2.5e3,null,true],"o":{"x":{}}}}'
)


def read(**event: Any) -> Header:
    header, damage = read_header(json.dumps({"type": "log", **event}).encode())
    assert damage is None
    return header


def test_keys() -> None:
    """A header has what an index needs."""
    header, damage = read_header(LINE)
    assert damage is None
    assert (header.type, header.ts, header.id, header.parent, header.session, header.name) == (
        "tool_call", 1763625600123456789, "5f3a9c1e00000007", "5f3a9c1e00000006", SESSION, "search"
    )  # fmt: skip
    assert (header.agent, counts_of(header), header.cost_usd, header.error) == ("planner", (1, 0, 0, 0, 0), 0.5, None)


def test_missing_keys() -> None:
    """What is not there is empty; a parent that is not there is a root's."""
    header = read()
    assert (header.ts, header.id, header.parent, header.session, header.name, header.agent) == (
        0, "", "0" * 16, "", "", None
    )  # fmt: skip


@pytest.mark.parametrize("key", ["id", "session", "name"])
@pytest.mark.parametrize(("value", "text"), [(None, ""), (7, "7"), ("x", "x"), ("", ""), ("\ud800", "\ud800")])
def test_words(key: str, value: Any, text: str) -> None:
    """A word of another type is one all the same, and null is none."""
    assert getattr(read(**{key: value}), key) == text


@pytest.mark.parametrize(("value", "parent"), [(None, "0" * 16), ("", "0" * 16), (7, "7"), ("x", "x")])
def test_parent(value: Any, parent: str) -> None:
    """A parent of another type is one, and none is a root's."""
    assert read(parent=value, ts=1.5).parent == parent


@pytest.mark.parametrize(
    ("value", "ts"),
    [(1.5e18, 1500000000000000000), ("now", 0), (None, 0), ([], 0), (-5, -5), (1e300, 0), (float("nan"), 0)],
)
def test_time(value: Any, ts: int) -> None:
    """A time of another type is read if it can be."""
    assert read(ts=value).ts == ts


def outcome(read: Any, line: bytes) -> str:
    """Whether a line is an event, one with a damaged payload, or none."""
    try:
        damage = read(line)[1]
    except LineError:
        return "line"
    return "payload" if damage else "event"


@pytest.mark.parametrize(
    "payload",
    [
        b"{}", b"[]", b"5", b"null", b'"x"', b'{"a":01}', b'{"a":"\\q"}', b'{"a":"\x01"}', b'{"a":NaN}', b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}", b'{"a":1,}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\0"}', b'{"a":\0}', b'{"a":"x', b'{}} x', b'{"a":-}', b"{a:1}", b'{"a":tru}', b'{"a":"\\u12"}',
        b'{"a":[}', b'{"a":1 "b":2}', b'{"a":1}}', b'{"a":1,"a":2}', b"", b'{"a":"\xe2\x80\xa8"}',
        *(b'{"a":' + b"[" * depth + b"]" * depth + b"}" for depth in (100, 250, 500, 900, 1100, 5000, 100_000)),
    ],
    ids=lambda payload: repr(payload[:12]) + str(len(payload)),
)  # fmt: skip
def test_payloads_are_judged_alike(payload: bytes) -> None:
    """The index, which skips over payloads, finds the same ones damaged as a reader of the whole line."""
    line = LINE.partition(b',"data":')[0] + b',"data":' + payload + b"}"
    assert outcome(read_header, line) == outcome(parse_line, line)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINE)),
            st.integers(0, 3),
            st.sampled_from([b"", *(bytes([n]) for n in b'{}[]",:\\0-e.\0\xff')]),
        ),
        max_size=3,
    )
)
def test_lines_are_judged_alike(edits: list[tuple[int, int, bytes]]) -> None:
    """Whatever happens to a line, both agree on what is left of it."""
    line = LINE
    for at, dropped, added in edits:
        line = line[:at] + added + line[at + dropped :]
    kind = outcome(parse_line, line)
    assert outcome(read_header, line) == kind
    if kind != "line":
        header, event = read_header(line)[0], parse_line(line).event
        assert header.type == event["type"]
        if isinstance(event.get("id"), str):
            assert header.id == event["id"]
