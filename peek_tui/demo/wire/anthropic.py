"""Anthropic's Messages API: one message, as JSON or as a stream.

Both forms come from the same message object, so a client that streams and one that does not read the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .format import Frame, JSONObject, Tokens, dump, invalid_request, pieces_of_json, pieces_of_text, wire_id
from .reply import Block, Failure, Reply, Text, Thinking

__all__ = ["AnthropicMessages", "event_bytes", "message", "stream_events"]

_REQUIRED = ("model", "max_tokens", "messages")
_CLOSING = ("message_delta", "message_stop")


class AnthropicMessages:
    """The format of `POST /v1/messages`."""

    request_id = "request-id"
    usage = "usage"

    def streams(self, request: JSONObject) -> bool:
        return bool(request.get("stream"))

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        if not (headers.get("x-api-key") or headers.get("authorization")):
            return Failure(401, "authentication_error", "x-api-key header is required")
        missing = [key for key in _REQUIRED if not request.get(key)]
        return invalid_request(f"{missing[0]}: Field required") if missing else None

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        return message(reply, id=wire_id("msg_", request_id), model=request["model"], usage=_usage(tokens))

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        for event in stream_events(whole):
            kind = event["type"]
            yield Frame(event_bytes(event), spoken=kind == "content_block_delta", closing=kind in _CLOSING)

    def error(self, failure: Failure, request_id: str) -> JSONObject:
        error = {"type": failure.type, "message": failure.message}
        return {"type": "error", "error": error, "request_id": request_id}

    def error_frame(self, failure: Failure, request_id: str) -> bytes:
        return event_bytes(self.error(failure, request_id))


def message(reply: Reply, *, id: str, model: str, usage: Mapping[str, Any]) -> JSONObject:
    """The whole answer, as a request without `stream` gets it."""
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [_content_block(block, id, index) for index, block in enumerate(reply.blocks)],
        "stop_reason": reply.stop_reason,
        "stop_sequence": None,
        "stop_details": dict(reply.details) if reply.details else None,
        "usage": dict(usage),
    }


def stream_events(whole: JSONObject) -> Iterator[JSONObject]:
    """The same answer as the events of a stream."""
    yield {"type": "message_start", "message": _opening(whole)}
    for index, block in enumerate(whole["content"]):
        yield from _block_events(index, block)
    yield {
        "type": "message_delta",
        "delta": {key: whole[key] for key in ("stop_reason", "stop_sequence", "stop_details")},
        "usage": {key: value for key, value in whole["usage"].items() if key.endswith("_tokens")},
    }
    yield {"type": "message_stop"}


def event_bytes(event: JSONObject) -> bytes:
    """One server-sent event."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), dump(event))


def _usage(tokens: Tokens) -> JSONObject:
    """The provider's `input_tokens` leave out both what was read from the cache and what was written to it."""
    return {
        "input_tokens": tokens.fresh,
        "cache_creation_input_tokens": tokens.written,
        "cache_read_input_tokens": tokens.read,
        "cache_creation": {"ephemeral_5m_input_tokens": tokens.written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": tokens.output,
        "service_tier": "standard",
    }


def _content_block(block: Block, message_id: str, index: int) -> JSONObject:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    if isinstance(block, Thinking):
        return {"type": "thinking", "thinking": block.text, "signature": block.signature}
    call_id = block.id or wire_id("toolu_", message_id, index)
    return {"type": "tool_use", "id": call_id, "name": block.name, "input": dict(block.input)}


def _opening(whole: JSONObject) -> JSONObject:
    return {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}


def _block_events(index: int, block: JSONObject) -> Iterator[JSONObject]:
    yield {"type": "content_block_start", "index": index, "content_block": _empty(block)}
    if index == 0:
        yield {"type": "ping"}
    for delta in _deltas(block):
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _empty(block: JSONObject) -> JSONObject:
    said: JSONObject = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}}
    return {**block, **said.get(block["type"], {"input": {}})}


def _deltas(block: JSONObject) -> Iterator[JSONObject]:
    if block["type"] == "text":
        for piece in pieces_of_text(block["text"]):
            yield {"type": "text_delta", "text": piece}
        return
    if block["type"] == "thinking":
        for piece in pieces_of_text(block["thinking"]):
            yield {"type": "thinking_delta", "thinking": piece}
        yield {"type": "signature_delta", "signature": block["signature"]}
        return
    yield {"type": "input_json_delta", "partial_json": ""}
    for piece in pieces_of_json(dump(block["input"]).decode()):
        yield {"type": "input_json_delta", "partial_json": piece}
