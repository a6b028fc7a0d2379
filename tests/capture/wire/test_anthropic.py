from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.wire import Delta, Reply, recognise
from capture.wire.anthropic import AnthropicMessages
from peek_tui.demo.wire import Reply as Answer
from peek_tui.demo.wire import Text, ToolUse, event_bytes, message, stream_events

WIRE = AnthropicMessages()
USAGE = {"input_tokens": 10, "cache_creation_input_tokens": 8, "cache_read_input_tokens": 0, "output_tokens": 19}
WHOLE = message(
    Answer((Text("Zoë — 顾客 waits"), ToolUse("lookup", {"id": "4127", "x": ["ł"]}, id="toolu_1"), ToolUse("now", {}))),
    id="msg_1",
    model="claude-sonnet-5-5",
    usage=USAGE,
)
STREAM = b"".join(map(event_bytes, stream_events(WHOLE)))
COMMON = {"input_tokens": 18, "output_tokens": 19, "cache_read_tokens": 0, "cache_write_tokens": 8}


def events(*bodies: dict[str, Any]) -> bytes:
    return b"".join(map(event_bytes, bodies))


def read(*bodies: dict[str, Any]) -> tuple[list[Delta], Reply]:
    stream = WIRE.stream()
    return stream.feed(events(*bodies)), stream.reply()


class TestRecognise:
    @pytest.mark.parametrize("path", ["/v1/messages", "/proxy/anthropic/v1/messages"])
    def test_messages(self, path: str) -> None:
        """A request is known by what it asks for, whatever host or proxy it goes to."""
        assert isinstance(recognise("POST", path, {"anthropic-version": "2023-06-01"}), AnthropicMessages)

    @pytest.mark.parametrize(
        ("method", "path", "headers"),
        [
            ("GET", "/v1/messages", {"anthropic-version": "2023-06-01"}),
            ("POST", "/v1/messages/count_tokens", {"anthropic-version": "2023-06-01"}),
            ("POST", "/v1/messages/batches", {"anthropic-version": "2023-06-01"}),
            ("POST", "/v1/complete", {"anthropic-version": "2023-06-01"}),
        ],
    )
    def test_others(self, method: str, path: str, headers: dict[str, str]) -> None:
        """Everything else passes unseen."""
        assert recognise(method, path, headers) is None


class TestRequest:
    def test_fields(self) -> None:
        """A body's keys become fields, its parameters settings, and what has no name here stays verbatim."""
        body = {
            "model": "claude", "messages": [{"role": "user", "content": "hi"}], "system": "be kind", "tools": [],
            "max_tokens": 64, "stop_sequences": ["x"], "stream": True, "temperature": 0.0, "thinking": {"type": "on"},
            "tool_choice": {"type": "any"}, "top_k": 1, "top_p": 0.5, "metadata": {"user_id": "u"}, "novel": [1],
        }  # fmt: skip
        fields = WIRE.request(json.dumps(body).encode())
        settings = (
            "max_tokens",
            "stop_sequences",
            "stream",
            "temperature",
            "thinking",
            "tool_choice",
            "top_k",
            "top_p",
        )
        assert fields == {
            "model": "claude", "messages": [{"role": "user", "content": "hi"}], "system": "be kind", "tools": [],
            "settings": {key: body[key] for key in settings}, "extra": {"metadata": {"user_id": "u"}, "novel": [1]},
        }  # fmt: skip

    def test_few_fields(self) -> None:
        """What is not there is left out."""
        assert WIRE.request(b'{"model":"claude"}') == {"model": "claude"}

    def test_without_the_header(self) -> None:
        """Without the provider's header the body has to look like one of its own."""
        wire = recognise("POST", "/v1/messages", {})
        assert wire is not None
        body = {"model": "claude", "messages": [], "max_tokens": 9}
        assert wire.request(json.dumps(body).encode()) == {
            "model": "claude",
            "messages": [],
            "settings": {"max_tokens": 9},
        }
        with pytest.raises(ValueError, match="no request of AnthropicMessages"):
            wire.request(b'{"to": "+1555", "text": "hi"}')

    @pytest.mark.parametrize("body", [b"", b"<", b"[]", b"\xff"])
    def test_foreign(self, body: bytes) -> None:
        """A body of another format raises ValueError."""
        with pytest.raises(ValueError):  # noqa: PT011 (json's, UTF-8's and ours say different things)
            WIRE.request(body)


class TestReply:
    def test_message(self) -> None:
        """A whole message becomes the fields of a response; nothing of it is lost."""
        assert WIRE.reply(200, json.dumps(WHOLE).encode()) == Reply(
            model="claude-sonnet-5-5",
            response_id="msg_1",
            content=WHOLE["content"],
            tool_calls=[
                {"id": "toolu_1", "name": "lookup", "arguments": {"id": "4127", "x": ["ł"]}},
                {"id": WHOLE["content"][2]["id"], "name": "now", "arguments": {}},
            ],
            finish_reason="tool_use",
            usage=COMMON,
            usage_raw=USAGE,
            error=None,
            extra={"type": "message", "role": "assistant", "stop_sequence": None, "stop_details": None},
        )

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (
                b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
                {"type": "overloaded_error", "message": "Overloaded"},
            ),
            (b'{"detail":"n\xc3\xb3"}', {"type": "HTTP 502", "message": '{"detail": "nó"}'}),
            (b"<html>", {"type": "HTTP 502", "message": "<html>"}),
            (b"\xff" + b"x" * 9_999, {"type": "HTTP 502", "message": "\ufffd" + "x" * 1_999}),
            (b"[]", {"type": "HTTP 502", "message": "[]"}),
        ],
    )
    def test_errors(self, body: bytes, error: dict[str, Any]) -> None:
        """A body that is no message is an error: the provider's own words, or what stands there."""
        assert WIRE.reply(502, body).error == error


class TestStream:
    @given(st.lists(st.integers(0, len(STREAM)), max_size=8).map(sorted))
    def test_assembled(self, cuts: list[int]) -> None:
        """However a stream is cut, it adds up to what a whole answer says, and its pieces to its texts."""
        stream = WIRE.stream()
        pieces = zip([0, *cuts], [*cuts, len(STREAM)], strict=True)
        deltas = [delta for start, end in pieces for delta in stream.feed(STREAM[start:end])]
        assert stream.complete
        assert stream.reply() == WIRE.reply(200, json.dumps(WHOLE).encode())
        assert "".join(delta.text for delta in deltas if delta.kind == "text") == "Zoë — 顾客 waits"
        arguments = [delta for delta in deltas if delta.call_id == "toolu_1"]
        assert {(delta.kind, delta.call_name) for delta in arguments} == {("tool_call", "lookup")}
        assert json.loads("".join(delta.text for delta in arguments)) == {"id": "4127", "x": ["ł"]}

    @given(st.integers(0, len(STREAM) - 1))
    def test_cut_anywhere(self, end: int) -> None:
        """A stream that was cut gives what had come, and is not complete."""
        stream = WIRE.stream()
        stream.feed(STREAM[:end])
        reply = stream.reply()
        assert not stream.complete
        blocks = reply.content or []
        assert all(WHOLE["content"][0]["text"].startswith(block["text"]) for block in blocks if block["type"] == "text")

    def test_before_the_first_event(self) -> None:
        """Of nothing there is nothing to tell."""
        assert WIRE.stream().reply() == Reply()

    def test_thinking_and_citations(self) -> None:
        """Thinking, its signature, and citations are kept in their blocks."""
        deltas, reply = read(
            {"type": "message_start", "message": {"id": "m", "type": "message", "content": []}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "let "}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "me"}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s="}},
            {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "citations_delta", "citation": {"n": 1}}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "citations_delta", "citation": {"n": 2}}},
            {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "so"}},
        )
        assert deltas == [Delta("thinking", "let "), Delta("thinking", "me"), Delta("text", "so")]
        assert reply.content == [
            {"type": "thinking", "thinking": "let me", "signature": "s="},
            {"type": "text", "text": "so", "citations": [{"n": 1}, {"n": 2}]},
        ]

    def test_cut_arguments(self) -> None:
        """A tool call cut inside its arguments keeps their text."""
        deltas, reply = read(
            {"type": "content_block_start", "index": 0,
             "content_block": {"type": "tool_use", "id": "t", "name": "now", "input": {}}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"a'}},
        )  # fmt: skip
        assert deltas == [Delta("tool_call", "", "t", "now"), Delta("tool_call", '{"a', "t", "now")]
        assert reply.tool_calls == [{"id": "t", "name": "now", "arguments": '{"a'}]

    def test_error(self) -> None:
        """An `error` event is the answer's error, beside what came before it."""
        _, reply = read(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "so far"}},
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        )
        assert reply.content == [{"type": "text", "text": "so far"}]
        assert reply.error == {"type": "overloaded_error", "message": "Overloaded"}

    def test_from_the_future(self) -> None:
        """Events and deltas without a name here are kept verbatim, and so is what is no JSON."""
        novel = {"type": "novel_event", "x": 1}
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "novel_delta", "y": 2}}
        stream = WIRE.stream()
        assert stream.feed(events(novel, delta) + b"event: odd\ndata: <html>\n\ndata: [1]\n\n") == []
        assert stream.reply().extra == {
            "events": [novel, delta, {"event": "odd", "data": "<html>"}, {"event": "message", "data": "[1]"}]
        }

    def test_usage_adds_up(self) -> None:
        """The end's usage goes over the beginning's, key by key."""
        _, reply = read(
            {"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1, "tier": "x"}}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}},
        )
        assert reply.usage_raw == {"input_tokens": 5, "output_tokens": 9, "tier": "x"}
        assert (reply.usage, reply.finish_reason) == ({"input_tokens": 5, "output_tokens": 9}, "end_turn")


KEYS = ("type", "message", "index", "content_block", "delta", "text", "partial_json", "content", "usage", "error")
WORDS = (
    "message_start",
    "content_block_start",
    "content_block_delta",
    "message_delta",
    "text_delta",
    "error",
    "message",
)
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)


@given(BODIES)
def test_hostile_bodies(body: Any) -> None:
    """Whatever a server sends, reading it raises nothing."""
    data = json.dumps(body).encode()
    AnthropicMessages().reply(200, data)
    stream = AnthropicMessages().stream()
    stream.feed(b"data: " + data + b"\n\n")
    stream.reply()
