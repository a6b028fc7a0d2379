"""What the demo's model says, and how Anthropic's Messages API writes it down: one message, as JSON or as a stream.

Both forms come from the same message object, so a client that streams and one that does not read the same answer.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "Block",
    "Failure",
    "JSONObject",
    "Reply",
    "Text",
    "ToolUse",
    "dump",
    "error_body",
    "event_bytes",
    "invalid_request",
    "message",
    "overloaded",
    "stream_events",
    "wire_id",
]

JSONObject = dict[str, Any]
"""A decoded JSON object; the wire format is nested too deeply for a type of its own to pay."""

_PIECE_OF_TEXT = re.compile(r"\s*\S{1,16}|\s+")
_PIECE_OF_JSON = re.compile(r".{1,20}", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """Words the model says."""

    text: str


@dataclass(frozen=True)
class ToolUse:
    """A tool the model wants called."""

    name: str
    input: Mapping[str, Any]
    id: str | None = None
    """The server makes one up when there is none."""


Block = Text | ToolUse
"""One content block of a reply."""


@dataclass(frozen=True)
class Failure:
    """An HTTP error, in the provider's shape."""

    status: int
    type: str
    message: str
    retry_after: float | None = None
    """Seconds after which the client should try again; `None` tells it not to. Zero would make the SDK fall back to
    its own backoff of half a second, so the header never says less than a millisecond."""

    def headers(self) -> dict[str, str]:
        """The headers by which the SDK decides whether and when to retry."""
        if self.retry_after is None:
            return {"x-should-retry": "false"}
        return {
            "x-should-retry": "true",
            "retry-after-ms": str(max(1, round(self.retry_after * 1000))),
            "retry-after": str(math.ceil(self.retry_after)),
        }


@dataclass(frozen=True)
class Reply:
    """What the model answers to one request."""

    blocks: tuple[Block, ...]
    reason: str | None = None
    """The stop reason, when it is not the one that follows from the blocks."""
    details: Mapping[str, Any] | None = None
    """The `stop_details` that go with a refusal."""
    delay: float = 0.0
    """Seconds of thought before the first byte."""
    breaks: Failure | Literal["cut"] | None = None
    """How a stream ends instead of well: an `error` event, or a closed connection."""

    @property
    def stop_reason(self) -> str:
        """Why the model stopped."""
        calls = any(isinstance(block, ToolUse) for block in self.blocks)
        return self.reason or ("tool_use" if calls else "end_turn")


def overloaded(retry_after: float = 0.001) -> Failure:
    """The provider has no capacity just now."""
    return Failure(529, "overloaded_error", "Overloaded", retry_after)


def invalid_request(text: str) -> Failure:
    """The request is not one the API understands."""
    return Failure(400, "invalid_request_error", text)


def error_body(failure: Failure, request_id: str) -> JSONObject:
    """The body of an error response, and the payload of an `error` event."""
    return {
        "type": "error",
        "error": {"type": failure.type, "message": failure.message},
        "request_id": request_id,
    }


def wire_id(prefix: str, *parts: object) -> str:
    """An id of the provider's width, the same for the same parts: two runs of the demo can be compared."""
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return f"{prefix}_01{digest[:22]}"


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


def dump(value: object) -> bytes:
    """JSON as the wire has it: compact, and UTF-8 rather than escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _content_block(block: Block, message_id: str, index: int) -> JSONObject:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text}
    call_id = block.id or wire_id("toolu", message_id, index)
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
    return {**block, "text": ""} if block["type"] == "text" else {**block, "input": {}}


def _deltas(block: JSONObject) -> Iterator[JSONObject]:
    if block["type"] == "text":
        for piece in _PIECE_OF_TEXT.findall(block["text"]):
            yield {"type": "text_delta", "text": piece}
        return
    yield {"type": "input_json_delta", "partial_json": ""}
    for piece in _PIECE_OF_JSON.findall(dump(block["input"]).decode()):
        yield {"type": "input_json_delta", "partial_json": piece}
