"""The vocabulary: every type an event can have, and the fields of its payload.

Writer, reader, importers and the generated `docs/format.md` all read this one table. A type that is not in it is still
carried, shown and counted.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CALLS", "ENDS", "NO_EVENT", "VOCABULARY", "EventType"]

NO_EVENT = "0" * 16
"""The parent of a root, and what a `record_*` method returns when nothing could be recorded."""


class EventType(NamedTuple):
    """One word of the vocabulary."""

    name: str
    """The value of an event's `type`."""
    fields: tuple[str, ...]
    """The keys of its `data`, in the order of the `record_*` method's parameters."""
    meaning: str
    """When such an event is written, in half a sentence."""
    named: str = ""
    """What stands in the event's `name`, the one word a row shows; empty when there is none."""


_TYPES = (
    EventType(
        "agent_start",
        ("agent_name", "framework", "tags", "argv", "cwd", "pid", "host", "python", "git", "capture"),
        "an agent begins: what runs, where, under which version of its code",
        "agent",
    ),
    EventType(
        "agent_end",
        ("status", "totals", "redacted"),
        "an agent ended: `completed`, `error` or `cancelled`, with its totals",
        "agent",
    ),
    EventType("capture_loss", ("events", "bytes", "reasons"), "what the writer had to drop since the last one"),
    EventType("agent_turn", ("speaker", "turn_index", "goal", "content"), "a turn of a conversation begins", "speaker"),
    EventType("user_message", ("content",), "what a person said"),
    EventType(
        "llm_request",
        ("provider", "model", "messages", "system", "tools", "settings", "attempt", "http", "extra"),
        "a request leaves for a model",
        "model",
    ),
    EventType("llm_chunk", ("text", "tool_call"), "a piece of a streamed answer, as it passes", "model"),
    EventType(
        "llm_response",
        (
            "provider",
            "model",
            "response_id",
            "content",
            "tool_calls",
            "finish_reason",
            "usage_raw",
            "time_to_first_token_ms",
            "chunks",
            "closed_by",
            "http",
            "extra",
        ),
        "a model's whole answer, or how the call failed",
        "model",
    ),
    EventType("tool_call", ("arguments",), "a tool is called", "tool"),
    EventType("tool_result", ("result", "is_error"), "what the tool gave back, or how it failed", "tool"),
    EventType(
        "decision",
        ("reasoning", "confidence", "chosen_action", "alternatives", "evidence", "evidence_event_ids"),
        "the agent chose what to do next",
        "chosen action",
    ),
    EventType(
        "safety_check",
        ("policy_name", "outcome", "risk_level", "rationale", "blocked_action", "evidence"),
        "a guardrail looked: `pass`, `warn`, `fail` or `block`",
        "policy",
    ),
    EventType(
        "refusal",
        ("reason", "policy_name", "risk_level", "blocked_action", "safe_alternative"),
        "the agent or its model refused",
        "policy",
    ),
    EventType(
        "policy_violation",
        ("policy_name", "violation_type", "severity", "details"),
        "a policy was broken",
        "policy",
    ),
    EventType(
        "prompt_policy",
        ("template_id", "policy_parameters", "speaker", "goal"),
        "the prompt's template or its parameters were set",
        "template",
    ),
    EventType(
        "behavior_alert",
        ("alert_type", "severity", "signal", "related_event_ids"),
        "the agent's own watchdog raised an alert",
        "alert",
    ),
    EventType(
        "repair_attempt",
        ("attempted_fix", "validation_result", "outcome"),
        "the agent tried to mend a failure: `success`, `failure` or `partial`",
    ),
    EventType("checkpoint", ("state", "memory", "label"), "the agent's state, kept to come back to", "label"),
    EventType("drift", ("differences",), "what differs from the run this one was restored or forked from"),
    EventType("file_read", ("path", "bytes", "diff"), "a file was read", "path"),
    EventType("file_write", ("path", "bytes", "diff"), "a file was written", "path"),
    EventType("subagent_start", ("agent_id", "agent_type", "prompt"), "a subagent begins", "agent"),
    EventType("subagent_end", ("agent_id", "agent_type", "status", "result"), "a subagent ended", "agent"),
    EventType("clock", ("value",), "the time the agent was given, in a recording made for replay"),
    EventType("random", ("value",), "the random value the agent was given, in a recording made for replay"),
    EventType("new_id", ("value",), "the fresh id the agent was given, in a recording made for replay"),
    EventType(
        "control",
        ("action", "by", "reason", "paused_ms"),
        "a debugger paused, stepped, continued or stopped the agent",
        "action",
    ),
    EventType("error", (), "an exception outside any call; the event's `error` key says it", "exception"),
    EventType("log", ("stream", "text"), "a line of output", "stream"),
)

VOCABULARY: dict[str, EventType] = {word.name: word for word in _TYPES}
"""Every type by its name, in the order the documentation lists them."""

CALLS = frozenset({"agent_start", "llm_request", "tool_call", "subagent_start"})
"""The types that open something. One that follows a decision in the same span is a child of that decision."""

ENDS = {
    "agent_end": "agent_start",
    "llm_chunk": "llm_request",
    "llm_response": "llm_request",
    "subagent_end": "subagent_start",
    "tool_result": "tool_call",
}
"""The types that belong to an earlier event, and the type of that event. A result's parent is its call."""
