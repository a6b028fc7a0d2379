from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.wire import sse
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


class Looking:
    """Looks for ends of lines, and counts the bytes it looks at."""

    def __init__(self) -> None:
        self.bytes = 0

    def split(self, data: bytes) -> list[bytes]:
        self.bytes += len(data)
        return LINE_END.split(data)


LINE_END = sse._LINE_END


@pytest.mark.parametrize("pieces", [1_000, 4_000])
def test_long_line(monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    """However long a line is, and in however many pieces it comes, each of its bytes is looked at once."""
    looking = Looking()
    monkeypatch.setattr(sse, "_LINE_END", looking)
    events = ServerEvents()
    assert [events.feed(piece) for piece in [b"data:", *[b"x" * 100] * pieces]] == [[]] * (pieces + 1)
    assert events.feed(b"\n\n") == [ServerEvent("message", "x" * 100 * pieces)]
    assert looking.bytes == len("data:") + 100 * pieces + len("\n\n")


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
