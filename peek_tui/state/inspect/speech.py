"""What a message of a conversation says, whichever provider's form it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

__all__ = ["Said", "said_in", "speaker_of", "spoken"]


class Said(NamedTuple):
    """A piece of a message."""

    kind: str
    """`text`, `thought`, `call`, `result`, or `other` for what is neither."""
    head: str
    """The tool of a call, the type of another piece; else empty."""
    body: Any
    """Text, or the JSON value it is."""


_SIGNS = {"call": "→", "result": "←", "thought": "thinks", "text": "says"}


def spoken(message: Any) -> tuple[str, Any]:
    """Return who speaks, and what: a value, or values by their kind when there are several."""
    pieces = list(said_in(message))
    if len(pieces) == 1 and pieces[0].kind == "text":
        return speaker_of(message), pieces[0].body
    said: dict[str, Any] = {}
    for piece in pieces:
        key = f"{_SIGNS.get(piece.kind, '')} {piece.head}".strip() or piece.kind
        said[key if key not in said else f"{key} ({len(said) + 1})"] = piece.body
    return speaker_of(message), said


def speaker_of(message: Any) -> str:
    """Return who speaks: `user`, `assistant`, `system`, `tool` or another role."""
    if not isinstance(message, dict):
        return "message"
    kind = message.get("type")
    role = message.get("role") or {"function_call": "assistant", "function_call_output": "tool"}.get(str(kind)) or kind
    return {"model": "assistant", "reasoning": "assistant"}.get(str(role), str(role or "message"))


def said_in(message: Any) -> Iterator[Said]:
    """Yield what a message says: in the forms of Anthropic, OpenAI (chat and responses) and Gemini, or as it is."""
    if not isinstance(message, dict):
        yield from _block(message)
        return
    content = message.get("content", message.get("parts"))
    if content is None and "role" not in message:
        yield from _block(message)  # an item of OpenAI's responses is a message of one piece
    elif message.get("role") == "tool":
        yield Said("result", str(message.get("name") or ""), _flat(content))
    else:
        for block in content if isinstance(content, list) else [content]:
            yield from _block(block)
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        yield from _block(call)


def _block(block: Any) -> Iterator[Said]:
    if block is None or block == "":
        return
    if not isinstance(block, dict):
        yield Said("text", "", block)
        return
    match block.get("type"):
        case "text" | "input_text" | "output_text":
            yield Said("text", "", block.get("text"))
        case "thinking":
            yield Said("thought", "", block.get("thinking"))
        case "reasoning":
            yield Said("thought", "", _flat(block.get("summary")))
        case "tool_use" | "server_tool_use":
            yield Said("call", str(block.get("name")), block.get("input"))
        case "tool_result":
            yield Said("result", "", _flat(block.get("content")))
        case "function_call":
            yield Said("call", str(block.get("name")), _parsed(block.get("arguments")))
        case "function_call_output":
            yield Said("result", "", _flat(block.get("output")))
        case _ if isinstance(block.get("function"), dict):
            function = block["function"]
            yield Said("call", str(function.get("name")), _parsed(function.get("arguments")))
        case None | "function":
            yield _untyped(block)
        case kind:
            yield Said("other", str(kind), block)


def _untyped(block: dict[str, Any]) -> Said:
    """Return what a part of Gemini's says, or a call as `capture` writes them."""
    call, response = block.get("functionCall"), block.get("functionResponse")
    if isinstance(call, dict):
        return Said("call", str(call.get("name")), call.get("args"))
    if isinstance(response, dict):
        return Said("result", str(response.get("name")), response.get("response"))
    if isinstance(block.get("name"), str) and "arguments" in block:
        return Said("call", block["name"], _parsed(block["arguments"]))
    if isinstance(block.get("text"), str):
        return Said("thought" if block.get("thought") else "text", "", block["text"])
    return Said("other", "", block)


def _flat(content: Any) -> Any:
    """Return blocks of text as one text, anything else as it is."""
    if isinstance(content, list) and content and all(isinstance(block, dict) and "text" in block for block in content):
        return "\n".join(str(block["text"]) for block in content)
    return content


def _parsed(arguments: Any) -> Any:
    """Return what JSON in a text says; a text that is none as it is."""
    if not isinstance(arguments, str):
        return arguments
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
