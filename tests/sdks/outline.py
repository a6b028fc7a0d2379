"""A trace as an outline: what belongs to what, in order, with what matters of each event."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["Event", "outline"]

Event = dict[str, Any]


def outline(events: list[Event]) -> str:
    """Return a line for each event, as `  tool_call get_weather {"city": "Rome"}`, indented below its parent.

    The chunks of one answer are one line, however many there are.
    """
    children: dict[str, list[Event]] = {}
    known = {event["id"] for event in events}
    for event in events:
        children.setdefault(event["parent"] if event["parent"] in known else "", []).append(event)
    lines: list[str] = []

    def show(parent: str, depth: int) -> None:
        for event in children.get(parent, ()):
            line = "  " * depth + _line(event)
            if event["type"] != "llm_chunk" or lines[-1] != line:
                lines.append(line)
            show(event["id"], depth + 1)

    show("", 0)
    return "\n".join(lines)


def _line(event: Event) -> str:
    data, kind = event["data"], event["type"]
    words = [kind, event["name"]]
    match kind:
        case "agent_start":
            words += [f"({data['framework']})"] if "framework" in data else []
        case "agent_end":
            words = [kind, data["status"]]
        case "agent_turn":
            words += [f"#{data['turn_index']}"] if "turn_index" in data else []
        case "tool_call":
            words.append(json.dumps(data.get("arguments"), ensure_ascii=False))
        case "tool_result":
            words = [kind, json.dumps(data.get("result"), ensure_ascii=False)]
        case "llm_response":
            words = [kind, _said(data)]
        case "llm_chunk":
            words = [kind]
        case "safety_check":
            words.append(data["outcome"])
    if "error" in event:
        words.append(f"! {event['error']['type']}")
    return " ".join(word for word in words if word)


def _said(data: dict[str, Any]) -> str:
    calls = [f"{call['name']}()" for call in data.get("tool_calls") or ()]
    text = _text(data.get("content"))
    return " ".join([*([json.dumps(text, ensure_ascii=False)] if text else []), *calls])


def _text(content: Any) -> str:
    """Return what a content says in any provider's shape: a text, or blocks of it, perhaps in messages."""
    if isinstance(content, list):
        return "".join(map(_text, content))
    if isinstance(content, dict):
        return str(content.get("text") or "") or _text(content.get("content") or content.get("parts"))
    return content or ""
