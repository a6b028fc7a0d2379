"""OpenAI's chat completions, whole and streamed."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from capture.wire import Delta, Reply
from capture.wire.openai import OpenAIChat

CHUNKS: list[dict[str, Any]] = [
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "lö"}, "finish_reason": None}]},
    {
        "choices": [
            {
                "index": 0,
                "delta": {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "f"}}]},
            }
        ]
    },
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":'}}]}}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    {
        "choices": [],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}},
    },
]
BASE = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-x"}
STREAM = b"".join(b"data: " + json.dumps(BASE | chunk).encode() + b"\n\n" for chunk in CHUNKS) + b"data: [DONE]\n\n"
REPLY = Reply(
    model="gpt-x",
    response_id="chatcmpl-1",
    content="Hellö",
    tool_calls=[{"id": "call_1", "name": "f", "arguments": {"a": 1}}],
    finish_reason="tool_calls",
    usage={"input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 4},
    usage_raw={"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}},
    extra={
        "object": "chat.completion.chunk",
        "created": 1,
        "choices": [{"index": 0, "message": {"role": "assistant"}}],
    },
)


def test_request() -> None:
    """A request's fields stand under our names, settings together, and what has no name in `extra`."""
    body = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}], "temperature": 0, "store": True}
    assert OpenAIChat().request(json.dumps(body).encode()) == {
        "model": "gpt-x",
        "messages": [{"role": "user", "content": "hi"}],
        "settings": {"temperature": 0},
        "extra": {"store": True},
    }


def test_whole_reply() -> None:
    """A whole answer gives text, calls with parsed arguments, usage, and what is left of its message."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"q": "x"}'}}
    message = {"role": "assistant", "content": "hi", "refusal": None, "tool_calls": [call]}
    choices = [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}]
    body = {"id": "1", "model": "gpt-x", "choices": choices, "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
    reply = OpenAIChat().reply(200, json.dumps(body).encode())
    assert (reply.content, reply.finish_reason, reply.response_id) == ("hi", "stop", "1")
    assert reply.tool_calls == [{"id": "c", "name": "f", "arguments": {"q": "x"}}]
    assert reply.usage == {"input_tokens": 3, "output_tokens": 1}
    left = {"role": "assistant", "refusal": None, "tool_calls": [call]}  # its arguments are not written as most are
    assert reply.extra == {"choices": [{"index": 0, "message": left, "logprobs": None}]}


def test_further_choices() -> None:
    """Of several choices the first is the answer, and the others are kept whole."""
    choices = [{"index": n, "message": {"content": str(n)}, "finish_reason": "stop"} for n in range(3)]
    reply = OpenAIChat().reply(200, json.dumps({"choices": choices}).encode())
    assert reply.content == "0"
    assert reply.extra == {"choices": [{"index": 0, "message": {}}, *choices[1:]]}


def test_stream() -> None:
    """A stream gives its pieces as they pass and the whole at its end."""
    stream = OpenAIChat().stream()
    assert stream.feed(STREAM) == [
        Delta("text", "Hel"),
        Delta("text", "lö"),
        Delta("tool_call", "", "call_1", "f"),
        Delta("tool_call", '{"a":', "call_1", "f"),
        Delta("tool_call", "1}", "call_1", "f"),
    ]
    assert stream.complete
    assert stream.reply() == REPLY


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_stream_cut_anywhere(cuts: list[int]) -> None:
    """However the bytes are cut, the answer is the same."""
    stream = OpenAIChat().stream()
    places = [0, *sorted(cuts), len(STREAM)]
    for start, stop in pairwise(places):
        stream.feed(STREAM[start:stop])
    assert stream.reply() == REPLY


def test_cut_in_the_middle() -> None:
    """Of a stream that was cut, what had come is there, arguments as they stand."""
    stream = OpenAIChat().stream()
    stream.feed(STREAM[: STREAM.index(b'"1}"')])
    reply = stream.reply()
    assert not stream.complete
    assert reply.content == "Hellö"
    assert reply.tool_calls == [{"id": "call_1", "name": "f", "arguments": '{"a":'}]


def test_errors() -> None:
    """An error has the provider's own type and message; a body that is none of its own says the status."""
    own = {"error": {"message": "slow down", "type": "rate_limit_error", "param": None, "code": "429"}}
    assert OpenAIChat().reply(429, json.dumps(own).encode()).error == {
        "type": "rate_limit_error",
        "message": "slow down",
    }
    assert OpenAIChat().reply(502, b"<html>Bad gateway").error == {"type": "HTTP 502", "message": "<html>Bad gateway"}
    stream = OpenAIChat().stream()
    stream.feed(b"data: " + json.dumps(own).encode() + b"\n\n")
    assert stream.reply().error == {"type": "rate_limit_error", "message": "slow down"}


KEYS = ("choices", "index", "delta", "tool_calls", "function", "arguments", "content", "message", "usage", "error")
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)


@given(BODIES)
def test_hostile_bodies(body: Any) -> None:
    """Whatever a server sends, reading it raises nothing."""
    data = json.dumps(body).encode()
    OpenAIChat().reply(200, data)
    stream = OpenAIChat().stream()
    stream.feed(b"data: " + data + b"\n\n")
    stream.reply()
