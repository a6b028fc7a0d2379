"""OpenAI's responses, whole and streamed."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from capture.wire import Reply, ToolResult
from capture.wire.responses import OpenAIResponses
from tests.loopback import Reply as Answer
from tests.loopback import Text, Thinking, ToolUse
from tests.loopback.responses import OpenAIResponses as Spoken
from tests.loopback.responses import response

WIRE = OpenAIResponses()
USAGE = {
    "input_tokens": 9,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 16,
}
SAID = Answer((Thinking("let me see"), Text("Zoë — 顾客 waits"), ToolUse("lookup", {"id": "4127"}, id="call_1")))
WHOLE = response(SAID, "resp_1", {"model": "gpt", "input": "hi"}, USAGE)
STREAM = b"".join(frame.data for frame in Spoken().frames(WHOLE, {}))


def event(**body: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (body["type"].encode(), json.dumps(body).encode())


def test_request() -> None:
    """Input and instructions are messages and system; what has no name here stays in `extra`."""
    body = {"model": "gpt", "input": "hi", "instructions": "be kind", "temperature": 0, "previous_response_id": "r"}
    assert WIRE.request(json.dumps(body).encode()) == {
        "model": "gpt",
        "messages": "hi",
        "system": "be kind",
        "settings": {"temperature": 0},
        "extra": {"previous_response_id": "r"},
    }


def test_whole_reply() -> None:
    """A whole response gives its items, the calls among them, how it ended, and its tokens."""
    reply = WIRE.reply(200, json.dumps(WHOLE).encode())
    assert (reply.model, reply.response_id, reply.content) == ("gpt", "resp_1", WHOLE["output"])
    assert reply.tool_calls == [{"id": "call_1", "name": "lookup", "arguments": {"id": "4127"}}]
    assert (reply.finish_reason, reply.error) == ("completed", None)
    assert reply.usage == {"input_tokens": 9, "output_tokens": 7, "cache_read_tokens": 4, "reasoning_tokens": 3}


def test_how_it_ended() -> None:
    """An incomplete response says why; a failed one has failed with its own words."""
    cut = {**WHOLE, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    assert WIRE.reply(200, json.dumps(cut).encode()).finish_reason == "max_output_tokens"
    failed = {**WHOLE, "status": "failed", "error": {"code": "server_error", "message": "sorry"}}
    assert WIRE.reply(200, json.dumps(failed).encode()).error == {"type": "server_error", "message": "sorry"}


def test_other_tools() -> None:
    """Custom tools and shells are called too; what the provider runs itself is not the host's to run."""
    items = [
        {"type": "custom_tool_call", "call_id": "1", "name": "sql", "input": "SELECT 1"},
        {"type": "local_shell_call", "call_id": "2", "action": {"command": ["ls"]}},
        {"type": "web_search_call", "id": "ws_1"},
    ]
    reply = WIRE.reply(200, json.dumps({**WHOLE, "output": items}).encode())
    assert reply.tool_calls == [
        {"id": "1", "name": "sql", "arguments": "SELECT 1"},
        {"id": "2", "name": "local_shell", "arguments": {"command": ["ls"]}},
    ]


def test_results() -> None:
    """The results of tools stand among the input, whatever kind of tool it was; the latest is told first."""
    items: list[Any] = [
        {"type": "function_call_output", "call_id": "1", "output": "one"},
        {"type": "message", "role": "user", "content": "hi"},
        {"type": "custom_tool_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "two"}]},
    ]
    assert WIRE.results(items) == [ToolResult("2", "", items[2]["output"]), ToolResult("1", "", "one")]
    assert WIRE.results("hi") == []


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_stream_cut_anywhere(cuts: list[int]) -> None:
    """However a stream is cut, it adds up to what a whole response says, and its pieces to its texts."""
    stream = WIRE.stream()
    deltas = [d for start, end in pairwise([0, *sorted(cuts), len(STREAM)]) for d in stream.feed(STREAM[start:end])]
    assert stream.complete
    assert stream.reply() == WIRE.reply(200, json.dumps(WHOLE).encode())
    told = {kind: "".join(d.text for d in deltas if d.kind == kind) for kind in ("thinking", "text", "tool_call")}
    assert told == {"thinking": "let me see", "text": "Zoë — 顾客 waits", "tool_call": '{"id":"4127"}'}
    assert {(d.call_id, d.call_name) for d in deltas if d.kind == "tool_call"} == {("call_1", "lookup")}


@given(st.integers(0, len(STREAM) - 1))
def test_cut_short(end: int) -> None:
    """Of a stream that was cut, what had come is there."""
    stream = WIRE.stream()
    told = "".join(delta.text for delta in stream.feed(STREAM[:end]) if delta.kind == "text")
    reply = stream.reply()
    assert not stream.complete
    parts = [part for item in reply.content or [] for part in item.get("content", [])]
    assert "".join(part["text"] for part in parts) == told


def test_cut_arguments() -> None:
    """A call cut inside its arguments keeps their text."""
    stream = WIRE.stream()
    start = {"type": "function_call", "call_id": "call_1", "name": "lookup", "arguments": ""}
    stream.feed(event(type="response.output_item.added", output_index=0, item=start))
    stream.feed(event(type="response.function_call_arguments.delta", output_index=0, delta='{"id":'))
    assert stream.reply().tool_calls == [{"id": "call_1", "name": "lookup", "arguments": '{"id":'}]


def test_stream_errors() -> None:
    """An `error` event and a failed response are the answer's error, and stay in `extra`."""
    said = {"type": "error", "code": "rate_limit", "message": "slow down", "param": None}
    stream = WIRE.stream()
    assert stream.feed(event(**said)) == []
    assert stream.reply().error == {"type": "rate_limit", "message": "slow down"}
    assert stream.reply().extra == {"events": [said]}
    stream = WIRE.stream()
    stream.feed(event(type="response.failed", response={**WHOLE, "error": {"code": "x", "message": "sorry"}}))
    assert (stream.complete, stream.reply().error) == (True, {"type": "x", "message": "sorry"})


def test_from_the_future() -> None:
    """What is none of the format's own is kept."""
    stream = WIRE.stream()
    assert stream.feed(b"data: <html>\n\n" + event(type="keepalive") + b"data: [DONE]\n\n") == []
    assert stream.reply() == Reply(extra={"events": [{"event": "message", "data": "<html>"}, {"type": "keepalive"}]})


KEYS = (
    "type",
    "response",
    "item",
    "output",
    "output_index",
    "delta",
    "error",
    "content",
    "call_id",
    "incomplete_details",
)
WORDS = ("response.completed", "response.output_item.added", "response.output_text.delta", "error", "x_call")
BODIES = st.recursive(
    st.none() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)


@given(BODIES)
def test_hostile_bodies(body: Any) -> None:
    """Whatever a server sends, reading it raises nothing."""
    stream = WIRE.stream()
    stream.feed(b"data: " + json.dumps(body).encode() + b"\n\n")
    stream.reply()
    WIRE.results([body])
