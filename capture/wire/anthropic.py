"""Anthropic's `POST /v1/messages`, whole and streamed (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from typing import Any, ClassVar

from . import Delta, Reply, ToolResult
from .body import dict_of, dicts_of, error_of, index_of, parsed_arguments, read_object, text_of
from .json_wire import JSONWire
from .places import Places, split
from .sse import ServerEvent, ServerEvents
from .usage import anthropic_usage

__all__ = ["AnthropicMessages"]

_TEXTS = ("text_delta", "thinking_delta")


class AnthropicMessages(JSONWire):
    """The wire format of Anthropic's messages."""

    provider = "anthropic"
    request_places: ClassVar[Places] = {
        "model": ("model",),
        "messages": ("messages",),
        "system": ("system",),
        "tools": ("tools",),
    }
    settings = frozenset(
        ("max_tokens", "stop_sequences", "stream", "temperature", "thinking", "tool_choice", "top_k", "top_p")
    )
    reply_places: ClassVar[Places] = {
        "model": ("model",),
        "response_id": ("id",),
        "content": ("content",),
        "finish_reason": ("stop_reason",),
        "usage_raw": ("usage",),
    }

    def fits(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("messages"), list) and isinstance(body.get("max_tokens"), int)

    def answers(self, body: dict[str, Any]) -> bool:
        return body.get("type") == "message"

    def results(self, messages: Any) -> list[ToolResult]:
        return [
            ToolResult(text_of(block.get("tool_use_id")), "", block.get("content"), block.get("is_error") is True)
            for message in reversed(dicts_of(messages))
            for block in reversed(dicts_of(message.get("content")))
            if block.get("type") == "tool_result"
        ]

    def read(self, body: dict[str, Any]) -> Reply:
        named, rest = split(body, self.reply_places)
        calls = [
            {"id": block.get("id"), "name": block.get("name"), "arguments": block.get("input")}
            for block in dicts_of(named.get("content"))
            if block.get("type") == "tool_use"
        ]
        usage = anthropic_usage(named.get("usage_raw"))
        return Reply(**named, tool_calls=calls or None, usage=usage, extra=rest or None)

    def stream(self) -> AnthropicStream:
        return AnthropicStream(self)


class AnthropicStream:
    """Assembles a message from `message_start`, `content_block_*`, `message_delta` and `message_stop`."""

    def __init__(self, wire: AnthropicMessages) -> None:
        self.complete = False
        self._wire = wire
        self._events = ServerEvents()
        self._message: dict[str, Any] = {}
        self._blocks: dict[int, dict[str, Any]] = {}
        self._pieces: dict[int, dict[str, list[str]]] = {}
        """What the texts of each block have grown by, joined only at the end: a long answer comes in thousands."""
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        deltas = (self._take(event) for event in self._events.feed(data))
        return [delta for delta in deltas if delta is not None]

    def reply(self) -> Reply:
        blocks = [self._whole(index) for index in sorted(self._blocks)]
        message = self._message | ({"content": blocks} if blocks or self._message else {})
        reply = self._wire.read(message)._replace(error=self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _whole(self, index: int) -> dict[str, Any]:
        block = dict(self._blocks[index])
        for key, pieces in self._pieces.get(index, {}).items():
            said = "".join(pieces)
            block[key] = parsed_arguments(said) if key == "input" else text_of(block.get(key)) + said
        return block

    def _take(self, event: ServerEvent) -> Delta | None:
        try:
            body = read_object(event.data)
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
                self._message |= {key: value for key, value in body.items() if key not in ("type", "delta", "usage")}
                self._message |= dict_of(body.get("delta"))
                self._message["usage"] = dict_of(self._message.get("usage")) | dict_of(body.get("usage"))
            case "message_stop":
                self.complete = True
            case "error":
                self._error = error_of(body, 200)
                self._unknown.append(body)
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
            key = kind.removesuffix("_delta")
            return Delta(key, self._grow(index, key, delta.get(key)))
        if kind == "input_json_delta":
            piece = self._grow(index, "input", delta.get("partial_json"))
            return Delta("tool_call", piece, str(block.get("id", "")), str(block.get("name", "")))
        if kind == "signature_delta":
            block["signature"] = delta.get("signature")
        elif kind == "citations_delta":
            block["citations"] = [*dicts_of(block.get("citations")), delta.get("citation")]
        else:
            self._unknown.append(body)
        return None

    def _grow(self, index: int, key: str, piece: Any) -> str:
        text = text_of(piece)
        self._pieces.setdefault(index, {}).setdefault(key, []).append(text)
        return text
