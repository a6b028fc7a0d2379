"""How each type of event looks: its group, the short code and the sign of its rows. Never colour alone."""

from __future__ import annotations

from typing import NamedTuple

from peek_tui.trace.model import DAMAGED

from .text import clean_line

__all__ = ["GROUPS", "Group", "Look", "group_of", "look_of"]


class Group(NamedTuple):
    """Types that one digit shows and hides together."""

    key: str
    name: str
    types: frozenset[str]
    """Empty for the last group, which takes what no other has."""


class Look(NamedTuple):
    """How the rows of a type begin."""

    code: str
    """At most four letters."""
    sign: str


GROUPS = (
    Group("1", "llm", frozenset({"llm_request", "llm_response", "llm_chunk"})),
    Group("2", "tool", frozenset({"tool_call", "tool_result", "file_read", "file_write"})),
    Group("3", "dec", frozenset({"decision", "repair_attempt"})),
    Group("4", "safe", frozenset({"safety_check", "refusal", "policy_violation", "prompt_policy", "behavior_alert"})),
    Group("5", "msg", frozenset({"user_message", "agent_turn"})),
    Group("6", "agent", frozenset({"agent_start", "agent_end", "subagent_start", "subagent_end"})),
    Group("7", "err", frozenset({"error", "capture_loss", DAMAGED})),
    Group("8", "sys", frozenset()),
)

_LOOKS = {
    "agent_start": Look("AGNT", "▶"),
    "agent_end": Look("AGNT", "■"),
    "agent_turn": Look("TURN", "○"),
    "behavior_alert": Look("ALRT", "!"),
    "capture_loss": Look("LOSS", "✗"),
    "checkpoint": Look("CKPT", "⚑"),
    "clock": Look("CLK", "·"),
    "control": Look("CTRL", "‖"),
    DAMAGED: Look("DMGD", "✗"),
    "decision": Look("DEC", "◆"),
    "drift": Look("DRFT", "≠"),
    "error": Look("ERR", "✗"),
    "file_read": Look("FILE", "←"),
    "file_write": Look("FILE", "→"),
    "llm_chunk": Look("LLM", "…"),
    "llm_request": Look("LLM", "→"),
    "llm_response": Look("LLM", "←"),
    "log": Look("LOG", "·"),
    "new_id": Look("ID", "·"),
    "policy_violation": Look("VIOL", "!"),
    "prompt_policy": Look("PRMT", "¶"),
    "random": Look("RAND", "·"),
    "refusal": Look("RFSL", "⊘"),
    "repair_attempt": Look("FIX", "↻"),
    "safety_check": Look("SAFE", "§"),
    "subagent_start": Look("SUB", "▶"),
    "subagent_end": Look("SUB", "■"),
    "tool_call": Look("TOOL", "→"),
    "tool_result": Look("TOOL", "←"),
    "user_message": Look("USER", "»"),
}
_BY_TYPE = {type: group for group in GROUPS for type in group.types}


def group_of(type: str) -> Group:
    """Return the group a type belongs to; an unknown type is shown with the last one."""
    return _BY_TYPE.get(type, GROUPS[-1])


def look_of(type: str) -> Look:
    """Return how rows of this type begin; an unknown type shows the start of its own name."""
    return _LOOKS.get(type) or Look(clean_line(type[:16]).upper()[:4] or "?", "?")
