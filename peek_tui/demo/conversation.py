"""A request as the demo's models read it: who asks what, which tools there are, and what they have answered so far."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["FAILED", "Call", "Conversation"]

FAILED = "Error: "
"""How the result of a call that failed begins in a chat completion, whose format has no word for it."""


@dataclass(frozen=True)
class Call:
    """One tool call of the conversation, with its result."""

    name: str
    arguments: Mapping[str, Any]
    result: Any
    """Decoded if it is JSON, else the text."""
    failed: bool


@dataclass(frozen=True)
class Conversation:
    """Everything the model knows when it is asked."""

    system: str
    question: str
    tools: frozenset[str]
    calls: tuple[Call, ...]
    """In the order they were asked for."""

    @classmethod
    def of_messages(cls, request: Mapping[str, Any]) -> Conversation:
        """Read the body of a request to Anthropic's Messages API."""
        messages = request["messages"]
        return cls(
            system=_text(request.get("system", "")),
            question=_text(messages[0]["content"]),
            tools=frozenset(tool["name"] for tool in request.get("tools", ())),
            calls=tuple(_message_calls(messages)),
        )

    @classmethod
    def of_chat(cls, request: Mapping[str, Any]) -> Conversation:
        """Read the body of a request to OpenAI's Chat Completions API."""
        messages = request["messages"]
        said = {message["role"]: _text(message["content"]) for message in reversed(messages) if message["content"]}
        return cls(
            system=said.get("system", ""),
            question=said["user"],
            tools=frozenset(tool["function"]["name"] for tool in request.get("tools", ())),
            calls=tuple(_chat_calls(messages)),
        )

    def result(self, tool: str) -> Any:
        """What the last successful call of this tool returned, else `None`."""
        return next((call.result for call in reversed(self.calls) if call.name == tool and not call.failed), None)

    def failure(self, tool: str) -> str:
        """What the last call of this tool failed with; empty if it did not fail."""
        last = next((call for call in reversed(self.calls) if call.name == tool), None)
        return str(last.result) if last and last.failed else ""

    def failed(self, tool: str, arguments: Mapping[str, Any]) -> bool:
        """Whether this tool has been called with these arguments, and failed."""
        return any((call.name, call.arguments, call.failed) == (tool, arguments, True) for call in self.calls)

    def count(self, tool: str) -> int:
        """How many times this tool has been called."""
        return sum(call.name == tool for call in self.calls)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(block["text"] for block in content if block["type"] == "text")


def _blocks(messages: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    for message in messages:
        if not isinstance(message["content"], str):
            yield from (block for block in message["content"] if block["type"] == kind)


def _message_calls(messages: list[dict[str, Any]]) -> Iterator[Call]:
    results = {block["tool_use_id"]: block for block in _blocks(messages, "tool_result")}
    for use in _blocks(messages, "tool_use"):
        result = results.get(use["id"])
        if result is not None:
            value = _decoded(_text(result.get("content", "")))
            yield Call(use["name"], use["input"], value, bool(result.get("is_error")))


def _chat_calls(messages: list[dict[str, Any]]) -> Iterator[Call]:
    results = {message["tool_call_id"]: _text(message["content"]) for message in messages if message["role"] == "tool"}
    for call in (call for message in messages for call in message.get("tool_calls") or ()):
        result = results.get(call["id"])
        if result is not None:
            function, failed = call["function"], result.startswith(FAILED)
            value = _decoded(result.removeprefix(FAILED))
            yield Call(function["name"], json.loads(function["arguments"]), value, failed)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
