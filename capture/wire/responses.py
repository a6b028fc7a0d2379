"""OpenAI's `POST /responses`, whole and streamed (https://platform.openai.com/docs/api-reference/responses)."""

from __future__ import annotations

from typing import Any, ClassVar

from . import Reply, ToolResult
from .body import dict_of, dicts_of, parsed_arguments, text_of
from .json_wire import JSONWire
from .places import Places, split
from .responses_stream import OpenAIResponsesStream
from .usage import openai_usage

__all__ = ["OpenAIResponses"]

_ARGUMENTS = ("arguments", "input", "action", "operation")
"""Where the items that call a tool have what it is called with: a function, a custom tool, a shell, a patch."""


class OpenAIResponses(JSONWire):
    """The wire format of responses. Its input are the messages, its output items the content."""

    provider = "openai"
    request_places: ClassVar[Places] = {
        "model": ("model",),
        "messages": ("input",),
        "system": ("instructions",),
        "tools": ("tools",),
    }
    settings = frozenset(
        (
            "include",
            "max_output_tokens",
            "max_tool_calls",
            "parallel_tool_calls",
            "reasoning",
            "stream",
            "temperature",
            "text",
            "tool_choice",
            "top_logprobs",
            "top_p",
            "truncation",
        )
    )
    reply_places: ClassVar[Places] = {
        "model": ("model",),
        "response_id": ("id",),
        "content": ("output",),
        "usage_raw": ("usage",),
    }

    def __init__(self, model: str = "") -> None:
        super().__init__(model, certain=False)

    def fits(self, body: dict[str, Any]) -> bool:
        asks = isinstance(body.get("input"), str | list) or "prompt" in body or "previous_response_id" in body
        return asks and (isinstance(body.get("model"), str) or "prompt" in body or bool(self.model))

    def answers(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("output"), list) and not body.get("error")

    def results(self, messages: Any) -> list[ToolResult]:
        return [
            ToolResult(text_of(item.get("call_id")), "", item.get("output"))
            for item in reversed(dicts_of(messages))
            if text_of(item.get("type")).endswith("_call_output")
        ]

    def read(self, body: dict[str, Any]) -> Reply:
        """Return a response as a reply. How it ended is its status, or why it is incomplete."""
        named, rest = split(body, self.reply_places)
        items = dicts_of(named.get("content"))
        calls = [_call(item) for item in items if text_of(item.get("type")).endswith("_call") and "call_id" in item]
        reason = text_of(dict_of(body.get("incomplete_details")).get("reason")) or text_of(body.get("status"))
        return Reply(
            **named,
            tool_calls=calls or None,
            finish_reason=reason or None,
            usage=openai_usage(named.get("usage_raw")),
            extra=rest or None,
        )

    def stream(self) -> OpenAIResponsesStream:
        return OpenAIResponsesStream(self)


def _call(item: dict[str, Any]) -> dict[str, Any]:
    arguments = next((item[key] for key in _ARGUMENTS if key in item), None)
    return {
        "id": item["call_id"],
        "name": item.get("name") or text_of(item.get("type")).removesuffix("_call"),
        "arguments": parsed_arguments(arguments) if isinstance(arguments, str) else arguments,
    }
