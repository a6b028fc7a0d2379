from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.wire.sse import ServerEvent, ServerEvents


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("event: ping\ndata: {}\n\n", [("ping", "{}")]),
        ("data: {}\n\n", [("message", "{}")]),
        ("data:a\ndata: b\ndata:  c\n\n", [("message", "a\nb\n c")]),
        ("event: x\n\ndata: 1\n\n", [("message", "1")]),
        ("event: x\nevent: y\ndata: 1\n\n", [("y", "1")]),
        (": comment\nid: 7\nretry: 10\nnonsense\ndata: 1\n\n", [("message", "1")]),
        ("data\n\n", [("message", "")]),
        ("data: 1\r\n\r\ndata: 2\r\n\r\n", [("message", "1"), ("message", "2")]),
        ("data: 1\r\rdata: 2\r\r ", [("message", "1"), ("message", "2")]),
        ("\n\n\ndata: 1\n\n", [("message", "1")]),
        ("data: a\u2028b\x0bc\n\n", [("message", "a\u2028b\x0bc")]),
        ("data: 1\n", []),
        ("", []),
    ],
)
def test_events(text: str, events: list[tuple[str, str]]) -> None:
    """A stream is cut into the events that the standard says."""
    assert ServerEvents().feed(text.encode()) == [ServerEvent(*event) for event in events]


def test_bad_utf8() -> None:
    """Bytes that are no UTF-8 cost themselves."""
    assert ServerEvents().feed(b"data: a\xffb\n\n") == [ServerEvent("message", "a\ufffdb")]


STREAM = "event: a\r\ndata: Zoë\r\n\r\ndata: {\ndata: }\n\n: c\r\revent: b\rdata: 顾客\r\rdata: \x85\n\n".encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_cuts(cuts: list[int]) -> None:
    """However the bytes are cut, inside a character or an end of line too, the events are the same."""
    pieces = [STREAM[start:end] for start, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
    events = ServerEvents()
    assert [event for piece in pieces for event in events.feed(piece)] == [
        ServerEvent("a", "Zoë"), ServerEvent("message", "{\n}"), ServerEvent("b", "顾客"),
        ServerEvent("message", "\x85"),
    ]  # fmt: skip
