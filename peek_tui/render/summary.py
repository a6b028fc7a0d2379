"""An event in one line: what a person skims in the timeline and in `peek events`."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

from peek_tui.trace.model import DAMAGED, Event, read_number

from . import units
from .loss import read_loss
from .text import clean_line

__all__ = ["summary"]

_LONG = 400
"""Characters of a value looked at for one line: a line is never longer, a value can be megabytes."""
_LEVELS = 3
"""Levels of a value looked at: a hostile one has a thousand, or a dozen entries on every level."""
_ITEMS = 12


def summary(event: Event) -> str:
    """Return the event's one line, safe for a terminal, without what the row shows in columns of its own."""
    describe = _DESCRIBE.get(event.type, _describe_other)
    parts = [_failure(event)] if event.error else []
    parts.append(describe(event))
    if event.damage is not None and event.damage.part == "payload":
        parts.insert(0, f"payload unreadable: {event.damage.reason}")
    return clean_line("  ".join(part for part in parts if part)[: 4 * _LONG])


def short(value: Any, levels: int = _LEVELS) -> str:
    """Return a value as compact text, cut before it grows long; what is deeper than `levels` is only counted."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_LONG]
    if isinstance(value, dict):
        pairs = (_pair(key, item, levels - 1) for key, item in islice(value.items(), _ITEMS))
        return " ".join(pairs)[:_LONG] if levels else f"{{{len(value)}}}"
    if isinstance(value, list):
        return ", ".join(short(item, levels - 1) for item in value[:_ITEMS])[:_LONG] if levels else f"[{len(value)}]"
    return json.dumps(value)[:_LONG]


def _pair(key: str, value: Any, levels: int) -> str:
    key, text = key[:_LONG], short(value, levels)
    if isinstance(value, dict | list) and levels:
        return f"{key}={{{text}}}" if isinstance(value, dict) else f"{key}=[{text}]"  # quoted, it would be all escapes
    return f"{key}={json.dumps(text, ensure_ascii=False) if ' ' in text or not text else text}"


def _failure(event: Event) -> str:
    failure = event.error
    assert failure is not None
    kind = failure.type.rpartition(".")[2]  # the class; its module is for the inspector
    return f"{kind}: {failure.message[:_LONG]}" if failure.message else kind


def _message_text(content: Any, levels: int = _LEVELS) -> str:
    """Return what a message's content says: text as it is, blocks by what they hold."""
    if not isinstance(content, list) or not levels:
        return short(content, levels)
    return " ".join(_block_text(block, levels - 1) for block in content[:_ITEMS])[:_LONG]


def _block_text(block: Any, levels: int) -> str:
    if not isinstance(block, dict):
        return short(block, levels)
    match block.get("type"):
        case "text":
            return short(block.get("text"), levels)
        case "thinking":
            return f"(thinks) {short(block.get('thinking'), levels)}"
        case "tool_use":
            return f"→ {short(block.get('name'))}({short(block.get('input'), levels)})"
        case "tool_result":
            return f"← {_message_text(block.get('content'), levels)}"
        case None:
            return short(block, levels)
        case kind:
            return f"[{short(kind)}]"


def _agent_start(event: Event) -> str:
    data = event.data
    argv = data.get("argv")
    return " ".join(map(short, argv[:_ITEMS])) if isinstance(argv, list) else short(data.get("tags"))


def _agent_end(event: Event) -> str:
    data = event.data
    totals = data.get("totals")
    counts = {key: value for key, value in totals.items() if value} if isinstance(totals, dict) else {}
    return f"{short(data.get('status'))}  {short(counts)}"


def _request(event: Event) -> str:
    data = event.data
    messages = data.get("messages")
    count = len(messages) if isinstance(messages, list) else 0
    kept = data.get("keep")
    count += kept if isinstance(kept, int) and kept > 0 else 0  # those of an earlier one
    last = messages[-1] if isinstance(messages, list) and messages else None
    text = _message_text(last.get("content")) if isinstance(last, dict) else short(last)
    attempt = data.get("attempt")
    again = f"attempt {attempt}  " if isinstance(attempt, int) and attempt > 1 else ""
    return f"{again}{count} message{'' if count == 1 else 's'}  {text}"


def _response(event: Event) -> str:
    data = event.data
    usage = event.usage
    spent = ""
    if usage is not None and (usage.input or usage.output):  # of a call that took none nobody has told
        spent = f"{units.tokens(usage.input)}→{units.tokens(usage.output)} tok  "
    early = "stopped by its reader  " if data.get("closed_by") == "consumer" and not event.error else ""
    return f"{spent}{early}{_message_text(data.get('content'))}"


def _chunk(event: Event) -> str:
    data = event.data
    call = data.get("tool_call")
    if isinstance(call, dict):
        return f"{short(call.get('name'))}({short(call.get('arguments'))}"
    return short(data.get("text", data.get("thinking")))


def _decision(event: Event) -> str:
    data = event.data
    confidence = read_number(data.get("confidence"))
    sure = "" if confidence is None else f"{confidence:.2f}  "
    return f"{sure}{short(data.get('reasoning'))}"


def _safety_check(event: Event) -> str:
    data = event.data
    what = f"{short(data.get('outcome'))} {short(data.get('blocked_action'))}"
    return f"{what}  {short(data.get('rationale'))}"


def _refusal(event: Event) -> str:
    data = event.data
    return f"{short(data.get('blocked_action'))}  {short(data.get('reason'))}"


def _repair(event: Event) -> str:
    data = event.data
    return f"{short(data.get('outcome'))}  {short(data.get('attempted_fix'))}"


def _file(event: Event) -> str:
    data = event.data
    size = data.get("bytes")
    return f"{units.count(size)} bytes" if isinstance(size, int) else ""


def _damaged(event: Event) -> str:
    data = event.data
    return f"line {data.get('line')}, {data.get('bytes')} bytes unreadable: {data.get('reason')}"


def _only(key: str) -> Callable[[Event], str]:
    return lambda event: _message_text(event.data.get(key))


def _describe_other(event: Event) -> str:
    data = event.data
    return short({key: value for key, value in data.items() if value != event.name})


_DESCRIBE: dict[str, Callable[[Event], str]] = {
    "agent_start": _agent_start,
    "agent_end": _agent_end,
    "agent_turn": lambda event: short(event.data.get("goal") or event.data.get("content")),
    "capture_loss": lambda event: read_loss(event.data).words,
    "checkpoint": lambda event: short(event.data.get("state")),
    DAMAGED: _damaged,
    "decision": _decision,
    "file_read": _file,
    "file_write": _file,
    "llm_chunk": _chunk,
    "llm_request": _request,
    "llm_response": _response,
    "log": _only("text"),
    "refusal": _refusal,
    "repair_attempt": _repair,
    "safety_check": _safety_check,
    "subagent_end": _only("result"),
    "subagent_start": _only("prompt"),
    "tool_call": lambda event: short(event.data.get("arguments")),
    "tool_result": lambda event: "" if event.error else _message_text(event.data.get("result")),
    "user_message": _only("content"),
}
