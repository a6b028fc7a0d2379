"""Google's `generateContent`, whole and streamed."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from capture.wire import Delta, ToolResult
from capture.wire.gemini import Gemini
from peek_tui.demo.wire import Tokens
from tests.loopback import Reply as Answer
from tests.loopback import Text, Thinking, ToolUse
from tests.loopback.gemini import Gemini as Spoken

WIRE = Gemini("gemini-3-pro")
SPOKEN = Spoken("gemini-3-pro", streamed=True)
SAID = Answer((Thinking("let me see"), Text("Zoë — 顾客 waits"), ToolUse("lookup", {"id": "4127"}), ToolUse("now", {})))
WHOLE = SPOKEN.answer(SAID, {}, "1", Tokens(fresh=5, written=0, read=4, output=7))
STREAM = b"".join(frame.data for frame in SPOKEN.frames(WHOLE, {}))


def test_request() -> None:
    """Contents and system instruction are messages and system, the generation's configuration settings."""
    body = {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        "systemInstruction": {"parts": [{"text": "be kind"}]},
        "generationConfig": {"temperature": 0},
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    }
    assert WIRE.request(json.dumps(body).encode()) == {
        "messages": body["contents"],
        "system": body["systemInstruction"],
        "settings": {"temperature": 0},
        "extra": {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
    }


def test_whole_reply() -> None:
    """An answer gives its parts, the calls among them, how it ended, and its tokens, thoughts included."""
    reply = WIRE.reply(200, json.dumps(WHOLE).encode())
    assert (reply.model, reply.content) == ("gemini-3-pro", WHOLE["candidates"][0]["content"]["parts"])
    assert reply.tool_calls == [
        {"id": None, "name": "lookup", "arguments": {"id": "4127"}},
        {"id": None, "name": "now", "arguments": {}},
    ]
    assert reply.finish_reason == "STOP"
    assert reply.usage == {"input_tokens": 9, "output_tokens": 8, "cache_read_tokens": 4, "reasoning_tokens": 1}


def test_blocked() -> None:
    """A prompt that was not let through ended for the reason it was blocked."""
    reply = WIRE.reply(200, b'{"promptFeedback": {"blockReason": "SAFETY"}}')
    assert (reply.finish_reason, reply.content, reply.error) == ("SAFETY", None, None)


def test_errors() -> None:
    """An error has the provider's own status and message, also in the array that a stream begins with."""
    own = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}}
    for body in (own, [own]):
        reply = WIRE.reply(429, json.dumps(body).encode())
        assert reply.error == {"type": "RESOURCE_EXHAUSTED", "message": "slow down"}


def test_results() -> None:
    """The results of tools stand among the parts by name; the latest is told first."""
    parts = [
        {"functionResponse": {"name": "lookup", "response": {"result": "Zoë"}}},
        {"text": "hi"},
        {"functionResponse": {"id": "2", "name": "now", "response": {"error": "no clock"}}},
    ]
    assert WIRE.results([{"role": "user", "parts": parts}]) == [
        ToolResult("2", "now", {"error": "no clock"}),
        ToolResult("", "lookup", {"result": "Zoë"}),
    ]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_stream_cut_anywhere(cuts: list[int]) -> None:
    """However a stream is cut, it adds up to what a whole answer says, and its pieces to its texts."""
    stream = WIRE.stream()
    deltas = [d for start, end in pairwise([0, *sorted(cuts), len(STREAM)]) for d in stream.feed(STREAM[start:end])]
    assert stream.complete
    assert stream.reply() == WIRE.reply(200, json.dumps(WHOLE).encode())
    told = {kind: "".join(d.text for d in deltas if d.kind == kind) for kind in ("thinking", "text")}
    assert told == {"thinking": "let me see", "text": "Zoë — 顾客 waits"}
    calls = [delta for delta in deltas if delta.kind == "tool_call"]
    assert calls == [Delta("tool_call", '{"id":"4127"}', "", "lookup"), Delta("tool_call", "{}", "", "now")]


@given(st.integers(0, len(STREAM) - 5))
def test_cut_short(end: int) -> None:
    """Of a stream that was cut, what had come is there, and asking for it changes nothing."""
    stream = WIRE.stream()
    told = "".join(delta.text for delta in stream.feed(STREAM[:end]) if delta.kind != "tool_call")
    for _ in range(2):
        assert "".join(part.get("text", "") for part in stream.reply().content or []) == told
    assert not stream.complete


def test_array() -> None:
    """A stream that was not asked for as events is the array of its pieces, kept as it is."""
    pieces = [json.loads(frame.data.removeprefix(b"data: ")) for frame in SPOKEN.frames(WHOLE, {})]
    reply = WIRE.reply(200, json.dumps(pieces).encode())
    assert reply.extra == {"body": pieces}
    assert reply.content == WHOLE["candidates"][0]["content"]["parts"]


def test_stream_error() -> None:
    """An error in the midst of a stream is the answer's, beside what came before it."""
    stream = WIRE.stream()
    stream.feed(STREAM[: STREAM.index(b"\r\n\r\n") + 4])
    stream.feed(b'data: {"error": {"code": 503, "message": "sorry", "status": "UNAVAILABLE"}}\r\n\r\n')
    reply = stream.reply()
    assert reply.error == {"type": "UNAVAILABLE", "message": "sorry"}
    assert reply.content == [{"text": "let", "thought": True}]


KEYS = ("candidates", "content", "parts", "text", "thought", "functionCall", "finishReason", "usageMetadata", "error")
BODIES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)


@given(BODIES)
def test_hostile_bodies(body: Any) -> None:
    """Whatever a server sends, reading it raises nothing."""
    stream = WIRE.stream()
    stream.feed(b"data: " + json.dumps(body).encode() + b"\n\n")
    stream.reply()
    WIRE.reply(200, json.dumps([body]).encode())
    WIRE.results([body])
