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
_STRUCTURE = frozenset(
    ("type", "role", "id", "name", "index", "call_id", "tool_call_id", "tool_use_id", "status", "method")
)
"""The keys inside the others that say what a thing is."""


def withhold(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event of plain JSON without its content."""
    data = event["data"]
    event["data"] = {key: value if key in _OPEN else _shape(value) for key, value in data.items()}
    if "error" in event:
        error = event["error"]
        event["error"] = {key: value if key == "type" else _shape(value) for key, value in error.items()}
    if "source" in event:
        event["source"] = {key: value if key == "kind" else _shape(value) for key, value in event["source"].items()}
    return event


def _shape(value: Any) -> Any:
    if isinstance(value, str):
        return f"[withheld: {len(value)} characters]"
    if isinstance(value, list):
        return [_shape(item) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in _STRUCTURE and isinstance(item, str) else _shape(item) for key, item in value.items()
        }
    return "[withheld: number]" if isinstance(value, int | float) and not isinstance(value, bool) else value
