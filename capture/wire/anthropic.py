"""Anthropic's `POST /v1/messages`, whole and streamed (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from typing import Any

from . import Delta, Reply
from .body import dict_of, dicts_of, error_of, index_of, parsed_arguments, read_object, text_of
from .sse import ServerEvent, ServerEvents
from .usage import anthropic_usage

__all__ = ["AnthropicMessages"]

_SETTINGS = (
    "max_tokens",
    "stop_sequences",
    "stream",
    "temperature",
    "thinking",
    "tool_choice",
    "top_k",
    "top_p",
)
_REQUEST_FIELDS = ("model", "messages", "system", "tools")
_TEXTS = ("text_delta", "thinking_delta")
_REPLY_FIELDS = ("model", "id", "content", "stop_reason", "usage")


class AnthropicMessages:
    """The wire format of Anthropic's messages."""

    provider = "anthropic"

    def request(self, body: bytes) -> dict[str, Any]:
        message = read_object(body)
        fields = {key: message.pop(key) for key in _REQUEST_FIELDS if key in message}
        settings = {key: message.pop(key) for key in _SETTINGS if key in message}
        return fields | {"settings": settings or None, "extra": message or None}

    def reply(self, status: int, body: bytes) -> Reply:
        try:
            message = read_object(body)
        except ValueError:
            return Reply(error=error_of(body, status))
        if message.get("type") == "message":
            return _reply(message)
        return Reply(error=error_of(message, status), extra=message)

    def stream(self) -> AnthropicStream:
        return AnthropicStream()


class AnthropicStream:
    """Assembles a message from `message_start`, `content_block_*`, `message_delta` and `message_stop`."""

    def __init__(self) -> None:
        self.complete = False
        self._events = ServerEvents()
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, str] = {}
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        deltas = (self._take(event) for event in self._events.feed(data))
        return [delta for delta in deltas if delta is not None]

    def reply(self) -> Reply:
        blocks = [self._blocks[index] for index in sorted(self._blocks)]
        for index, block in zip(sorted(self._blocks), blocks, strict=True):
            if index in self._arguments:
                block["input"] = parsed_arguments(self._arguments[index])
        message = self._message | ({"content": blocks} if blocks or self._message else {})
        reply = _reply(message, self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _take(self, event: ServerEvent) -> Delta | None:
        try:
            body = read_object(event.data.encode())
        except ValueError:
            self._unknown.append({"event": event.event, "data": event.data})
            return None
        match body.get("type", event.event):
            case "message_start":
                self._message = dict_of(body.get("message"))
            case "content_block_start":
                return self._start_block(body)
            case "content_block_delta":
                return self._extend_block(body)
            case "message_delta":
                self._message |= dict_of(body.get("delta"))
                self._message["usage"] = dict_of(self._message.get("usage")) | dict_of(body.get("usage"))
            case "message_stop":
                self.complete = True
            case "error":
                self._error = error_of(body, 200)
            case "ping" | "content_block_stop":
                pass
            case _:
                self._unknown.append(body)
        return None

    def _start_block(self, body: dict[str, Any]) -> Delta | None:
        block = dict(dict_of(body.get("content_block")))
        self._blocks[index_of(body, len(self._blocks))] = block
        if block.get("type") != "tool_use":
            return None
        return Delta("tool_call", "", str(block.get("id", "")), str(block.get("name", "")))

    def _extend_block(self, body: dict[str, Any]) -> Delta | None:
        index, delta = index_of(body, 0), dict_of(body.get("delta"))
        block = self._blocks.setdefault(index, {})
        kind = delta.get("type")
        if kind in _TEXTS:
            key, piece = kind.removesuffix("_delta"), text_of(delta.get(kind.removesuffix("_delta")))
            block[key] = text_of(block.get(key)) + piece
            return Delta(key, piece)
        if kind == "input_json_delta":
            piece = text_of(delta.get("partial_json"))
            self._arguments[index] = self._arguments.get(index, "") + piece
            return Delta("tool_call", piece, str(block.get("id", "")), str(block.get("name", "")))
        if kind == "signature_delta":
            block["signature"] = delta.get("signature")
        elif kind == "citations_delta":
            block["citations"] = [*dicts_of(block.get("citations")), delta.get("citation")]
        else:
            self._unknown.append(body)
        return None


def _reply(message: dict[str, Any], error: dict[str, Any] | None = None) -> Reply:
    content = message.get("content")
    blocks = dicts_of(content)
    calls = [
        {"id": block.get("id"), "name": block.get("name"), "arguments": block.get("input")}
        for block in blocks
        if block.get("type") == "tool_use"
    ]
    usage = message.get("usage")
    return Reply(
        model=str(message.get("model") or ""),
        response_id=message.get("id"),
        content=content,
        tool_calls=calls or None,
        finish_reason=message.get("stop_reason"),
        usage=anthropic_usage(usage),
        usage_raw=usage,
        error=error,
        extra={key: value for key, value in message.items() if key not in _REPLY_FIELDS} or None,
    )
