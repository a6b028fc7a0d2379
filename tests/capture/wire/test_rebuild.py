"""What is recorded of an exchange says all that its bodies said: they can be built again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.format import encode_event, parse_line
from capture.values import restore
from capture.wire import Wire, recognise
from capture.wire.any_json import AnyJSON

PATHS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "embeddings": "/v1/embeddings",
    "messages": "/v1/messages",
    "gemini": "/v1beta/models/gemini-3-pro:generateContent",
}
HEADERS = {"anthropic-version": "2023-06-01"}


def wire_of(kind: str) -> Wire:
    wire = AnyJSON("models.internal") if kind == "any" else recognise("POST", PATHS[kind], HEADERS)
    assert wire is not None
    return wire


def written(data: dict[str, Any]) -> Any:
    """Return a payload as it comes back from the disk."""
    payload = {key: value for key, value in data.items() if value is not None}
    line = encode_event(1763625600123456789, "0" * 16, "0" * 16, "0" * 32, "llm_response", "m", {}, payload)
    return restore(parse_line(line).event["data"])


def assert_rebuilt(kind: str, request: Any, status: int, reply: Any) -> None:
    wire = wire_of(kind)
    try:
        fields = wire.request(json.dumps(request).encode())
    except ValueError:
        assert not wire.certain or not isinstance(request, dict)
    else:
        assert wire.request_body(written(fields)) == request
    answer = wire.reply(status, json.dumps(reply).encode())._asdict()
    assert wire.reply_body(written(answer)) == reply


CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a":1,"b":"ł"}'}}
ODD_CALL = {**CALL, "function": {"name": "add", "arguments": '{"a": 1}'}, "extra_content": {"google": {"s": "x"}}}
CHAT = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}], "tools": None, "temperature": None, "x": [1.5]}
COMPLETION: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt",
    "choices": [{"index": 0, "logprobs": None, "finish_reason": "tool_calls"}, {"index": 1}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
    "service_tier": "default",
    "system_fingerprint": None,
}
ITEMS = [
    {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"},
    {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": "hi", "annotations": []}]},
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": "{}"},
    {"type": "web_search_call", "id": "ws_1", "status": "completed"},
]
BLOCKS = [
    {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
    {"type": "redacted_thinking", "data": "x"},
    {"type": "text", "text": "hi", "citations": None},
    {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {"n": 2**70}},
]
PARTS = [{"text": "hm", "thought": True}, {"functionCall": {"name": "add", "args": {}}, "thoughtSignature": "c2ln"}]


def with_message(message: Any) -> Any:
    first, *others = COMPLETION["choices"]
    return {**COMPLETION, "choices": [{**first, "message": message}, *others]}


@pytest.mark.parametrize(
    ("kind", "request_body", "reply_body"),
    [
        ("chat", CHAT, with_message({"role": "assistant", "content": None, "tool_calls": [CALL]})),
        ("chat", CHAT, with_message({"content": "", "tool_calls": [CALL, ODD_CALL], "reasoning_content": "hm"})),
        ("chat", {"messages": []}, {"choices": []}),
        ("chat", {"body": 1}, {"choices": [None], "body": {}}),
        ("responses", {"model": "gpt", "input": "hi", "instructions": "be kind"}, {"id": "r", "output": ITEMS}),
        ("responses", {"model": "gpt", "input": ITEMS, "store": False}, {"output": [], "error": {"code": "x"}}),
        ("embeddings", {"model": "e", "input": ["a", "b"]}, {"data": [{"embedding": [0.5]}], "object": "list"}),
        ("embeddings", {"model": "e", "input": [[1, 2]]}, {"data": [{"embedding": "AAAA"}], "usage": {}}),
        ("messages", {"model": "c", "messages": [], "max_tokens": 1, "mcp_servers": []}, {"content": BLOCKS}),
        ("messages", {"system": [{"type": "text", "text": "x"}]}, {"type": "message", "content": BLOCKS, "model": "c"}),
        ("any", {"model": "own", "prompt": "hi", "messages": None}, with_message({"tool_calls": [CALL]})),
        ("any", {"system": "be kind", "depth": 3}, ["hi"]),
        ("gemini", {"contents": [], "generationConfig": {}}, {"candidates": [{"content": {"parts": PARTS}}]}),
        ("gemini", {"system_instruction": "x"}, {"promptFeedback": {"blockReason": "SAFETY"}}),
        ("gemini", {"contents": "hi"}, [{"candidates": [{"content": {"parts": PARTS}}]}, {"usageMetadata": {}}]),
        ("gemini", {"contents": "hi"}, [{"error": {"code": 429, "message": "no", "status": "RESOURCE_EXHAUSTED"}}]),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_bodies(kind: str, request_body: Any, reply_body: Any, status: int) -> None:
    """The bodies that providers and their clients send come back as the same JSON."""
    assert_rebuilt(kind, request_body, status, reply_body)


def test_no_json() -> None:
    """A body that is no JSON comes back as its text."""
    for body, back in ((b"<html>", "<html>"), (b"\xff\xfe", b"\xff\xfe"), (b'"a', '"a')):
        wire = wire_of("chat")
        assert wire.reply_body(written(wire.reply(502, body)._asdict())) == back


KEYS = (
    "body", "choices", "message", "content", "tool_calls", "function", "arguments", "name", "id", "model", "messages",
    "usage", "error", "input", "output", "type", "data", "candidates", "parts", "functionCall", "finish_reason",
    "settings", "extra", "temperature", "stop_reason", "contents", "generationConfig", "$type", "index",
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)
BODIES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)


@pytest.mark.parametrize("kind", [*PATHS, "any"])
@given(request=BODIES, status=st.sampled_from([200, 400]), reply=VALUES | BODIES)
def test_any_body(kind: str, request: Any, status: int, reply: Any) -> None:
    """So does any other JSON."""
    assert_rebuilt(kind, request, status, reply)
