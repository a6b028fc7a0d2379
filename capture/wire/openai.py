"""OpenAI's `POST /chat/completions`, whole and streamed, as many other providers speak it too.

(https://platform.openai.com/docs/api-reference/chat)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from . import Reply, ToolResult
from .body import dict_of, dicts_of, parsed_arguments, text_of
from .chat_stream import OpenAIChatStream
from .json_wire import JSONWire
from .places import Places, join, split
from .usage import openai_usage

__all__ = ["OpenAIChat"]

_CALLS = {"tool_calls": ("choices", 0, "message", "tool_calls")}


class OpenAIChat(JSONWire):
    """The wire format of chat completions."""

    provider = "openai"
    request_places: ClassVar[Places] = {"model": ("model",), "messages": ("messages",), "tools": ("tools",)}
    settings = frozenset(
        (
            "frequency_penalty",
            "logit_bias",
            "max_completion_tokens",
            "max_tokens",
            "n",
            "parallel_tool_calls",
            "presence_penalty",
            "reasoning_effort",
            "response_format",
            "seed",
            "stop",
            "stream",
            "stream_options",
            "temperature",
            "tool_choice",
            "top_p",
        )
    )
    reply_places: ClassVar[Places] = {
        "model": ("model",),
        "response_id": ("id",),
        "content": ("choices", 0, "message", "content"),
        "finish_reason": ("choices", 0, "finish_reason"),
        "usage_raw": ("usage",),
    }

    def fits(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("messages"), list)

    def answers(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("choices"), list)

    def results(self, messages: Any) -> list[ToolResult]:
        return [
            ToolResult(text_of(message.get("tool_call_id")), "", message.get("content"))
            for message in reversed(dicts_of(messages))
            if message.get("role") == "tool"
        ]

    def read(self, body: dict[str, Any]) -> Reply:
        """Return a completion as a reply. The first choice is the answer; what else there is stays in `extra`."""
        named, rest = split(body, self.reply_places)
        tool_calls = None
        if named.get("content") is None or "tool_calls" in rest["choices"][0]["message"]:
            calls, less = split(rest, _CALLS)
            wired = calls.get("tool_calls")
            tool_calls = [_call(call) for call in dicts_of(wired)]
            if wired and _wired(tool_calls) == wired:
                rest = less
        usage = openai_usage(named.get("usage_raw"))
        return Reply(**named, tool_calls=tool_calls or None, usage=usage, extra=rest or None)

    def reply_body(self, data: Mapping[str, Any]) -> Any:
        body = super().reply_body(data)
        calls = data.get("tool_calls")
        if not calls or split(body, _CALLS)[0]:
            return body
        return join({"tool_calls": _wired(calls)}, body, _CALLS)

    def stream(self) -> OpenAIChatStream:
        return OpenAIChatStream(self)


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = dict_of(call.get("function") or call.get("custom"))
    arguments = function.get("arguments", function.get("input"))
    return {
        "id": call.get("id"),
        "name": function.get("name"),
        "arguments": parsed_arguments(arguments) if isinstance(arguments, str) else arguments,
    }


def _wired(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return calls as a provider writes most of them. One that is written otherwise stays in `extra` as it is."""
    return [
        {
            "id": call["id"],
            "type": "function",
            "function": {
                "name": call["name"],
                "arguments": json.dumps(call["arguments"], ensure_ascii=False, separators=(",", ":")),
            },
        }
        for call in calls
    ]
