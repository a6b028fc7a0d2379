"""LangChain's messages, settings and usage in FORMAT.md's words, for model calls that no one further inside records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["request_of", "response_of"]

_ROLES = {"human": "user", "ai": "assistant"}


def request_of(
    messages: Any, settings: Mapping[str, Any], metadata: Mapping[str, Any]
) -> tuple[str, Callable[[], dict[str, Any]]]:
    """Return the model's name, and what gives a request's fields when they are asked for."""
    model = settings.get("model") or settings.get("model_name") or metadata.get("ls_model_name") or ""

    def fields() -> dict[str, Any]:
        [batch] = messages if messages and isinstance(messages[0], list) else [messages]
        rest = {key: value for key, value in settings.items() if key not in ("model", "model_name", "tools")}
        return {
            "provider": metadata.get("ls_provider"),
            "messages": [_message(each) for each in batch],
            "tools": settings.get("tools"),
            "settings": rest,
        }

    return str(model), fields


def response_of(result: Any) -> dict[str, Any]:
    """Return the fields of a response: of the first answer, where several were asked for."""
    if not result.generations or not result.generations[0]:
        return {}
    generation = result.generations[0][0]
    message = getattr(generation, "message", None)
    if message is None:
        return {"content": generation.text}
    details = getattr(message, "response_metadata", None) or {}
    return {
        "response_id": details.get("id"),
        "model": details.get("model_name"),
        "content": message.content,
        "tool_calls": [_call(call) for call in getattr(message, "tool_calls", ())] or None,
        "finish_reason": details.get("finish_reason") or details.get("stop_reason"),
        "usage": _usage(getattr(message, "usage_metadata", None)),
        "usage_raw": details.get("token_usage") or details.get("usage"),
    }


def _message(message: Any) -> Any:
    kind = getattr(message, "type", None)
    if kind is None:
        return {"role": "user", "content": message}  # a completion's prompt
    said = {"role": _ROLES.get(kind, kind), "content": message.content}
    if getattr(message, "tool_calls", None):
        said["tool_calls"] = [_call(call) for call in message.tool_calls]
    if getattr(message, "tool_call_id", None):
        said["tool_call_id"] = message.tool_call_id
    return said


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": call.get("id"), "name": call.get("name"), "arguments": call.get("args")}


def _usage(usage: Mapping[str, Any] | None) -> dict[str, int] | None:
    if not usage:
        return None
    given, spent = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
    counts = {
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
        "cache_read_tokens": given.get("cache_read"),
        "cache_write_tokens": given.get("cache_creation"),
        "reasoning_tokens": spent.get("reasoning"),
    }
    return {key: value for key, value in counts.items() if value is not None}
