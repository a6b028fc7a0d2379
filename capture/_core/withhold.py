"""Content left out: an event without the texts and numbers that model, user and tools exchanged, in its full shape.

What kind of value stood where, and how long it was, stays; so do the names of tools, models and roles, counts, times
and ids. `init(content=False)` asks for it.
"""

from __future__ import annotations

from typing import Any

__all__ = ["withhold"]

_RUN = """
agent_name framework tags pid host python git capture status totals redacted events bytes reasons speaker turn_index
provider model attempt response_id finish_reason usage_raw time_to_first_token_ms chunks closed_by is_error confidence
evidence_event_ids policy_name outcome risk_level violation_type severity template_id alert_type related_event_ids label
agent_id agent_type action by paused_ms stream base keep same
"""
_OPEN = frozenset(_RUN.split())
"""The fields of a payload that say how a run went, not what was said in it."""
_CONTAINERS = frozenset(("messages", "system", "tools", "tool_calls"))
"""The fields that are made of messages, tools and tool calls; in an `llm_response` so is `content`."""
_PARTS = frozenset(("content", "parts", "tool_calls", "function", "function_call", "functionCall", "functionResponse"))
"""Where in these there are more of them."""
_OF_ALL = frozenset(("type", "role"))
_OF_CALLS = frozenset((*_OF_ALL, "id", "name", "index", "call_id", "tool_call_id", "tool_use_id", "status"))
"""The keys that say what a thing is, and of a tool or its call, which."""
_CALLS = frozenset(
    ("arguments", "input", "args", "function", "parameters", "input_schema", "tool_use_id", "tool_call_id", "call_id")
)
"""What only tools, calls and their results have."""
_RESULTS = frozenset(("tool", "tool_result"))
"""Roles and types of what a tool returned: its `content` is the tool's own."""


def withhold(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of plain JSON without its content."""
    containers = _CONTAINERS | {"content"} if event["type"] == "llm_response" else _CONTAINERS
    event["data"] = {key: _field(key, value, containers) for key, value in event["data"].items()}
    if "error" in event:
        error = event["error"]
        event["error"] = {key: value if key == "type" else _shape(value) for key, value in error.items()}
    if "source" in event:
        event["source"] = {key: value if key == "kind" else _shape(value) for key, value in event["source"].items()}
    return event


def _field(key: str, value: Any, containers: frozenset[str]) -> Any:
    if key in _OPEN:
        return value
    if key == "http" and isinstance(value, dict):
        return {name: item if name == "method" else _shape(item) for name, item in value.items()}
    return _structure(value) if key in containers else _shape(value)


def _structure(value: Any) -> Any:
    """Return messages, tools and calls with what says what they are."""
    if isinstance(value, list):
        return [_structure(item) for item in value]
    if not isinstance(value, dict):
        return _shape(value)
    kept = _OF_CALLS if value.keys() & _CALLS else _OF_ALL
    said = [item for item in (value.get("role"), value.get("type")) if isinstance(item, str)]
    is_result = not _RESULTS.isdisjoint(said)
    shown = {}
    for key, item in value.items():
        if key in kept and isinstance(item, str):
            shown[key] = item
        else:
            inner = key in _PARTS and not (key == "content" and is_result)
            shown[key] = _structure(item) if inner else _shape(item)
    return shown


def _shape(value: Any) -> Any:
    """Return a value without a word or a number of it."""
    if isinstance(value, str):
        return f"[withheld: {len(value)} characters]"
    if isinstance(value, list):
        return [_shape(item) for item in value]
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    return "[withheld: number]" if isinstance(value, int | float) and not isinstance(value, bool) else value
