"""A model's answer in Claude Code's formats: a line a block, each repeating the message, and when it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from capture.wire.usage import anthropic_usage

from .lines import mapping, word

__all__ = ["THOUGHTS", "Answer", "better_usage", "our_usage"]

THOUGHTS = frozenset({"thinking", "redacted_thinking"})
_GOES_ON = frozenset({"", "pause_turn", "tool_use"})
"""Reasons to stop after which more blocks of the same answer may follow."""


@dataclass
class Answer:
    """A model's answer as far as its lines have come."""

    id: str
    """What its lines share: the message's id, or the line's number when it has none."""
    parent: str
    links: Sequence[str]
    since: int
    """When its request left, nanoseconds since 1970 UTC; 0 when that is not known."""
    error: dict[str, str] | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    usage: dict[str, Any] | None = None
    """The provider's own counts, from the line that has counted furthest."""
    response_id: str = ""
    model: str = ""
    finish_reason: str = ""
    ts: int = 0
    numbers: list[int] = field(default_factory=list)
    """The lines it stands in."""

    def take(self, message: dict[str, Any], blocks: list[dict[str, Any]], ts: int, number: int) -> None:
        """Take its next line."""
        self.blocks += blocks
        self.usage = better_usage(self.usage, message.get("usage"))
        self.response_id = word(message.get("id"))
        self.model = word(message.get("model")) or self.model
        self.finish_reason = word(message.get("stop_reason")) or self.finish_reason
        self.ts = ts
        self.numbers.append(number)

    def is_decided(self) -> bool:
        """Whether it need not wait for more lines: it calls a tool, or has ended and is not thoughts alone."""
        kinds = [word(block.get("type")) for block in self.blocks]
        if any(kind.endswith("tool_use") for kind in kinds):
            return True
        return self.finish_reason not in _GOES_ON and not (kinds and THOUGHTS.issuperset(kinds))

    def data(self) -> dict[str, Any]:
        """Return the fields of its `llm_response`."""
        calls = [
            {"id": block.get("id"), "name": block.get("name"), "arguments": block.get("input")}
            for block in self.blocks
            if block.get("type") == "tool_use"
        ]
        return {
            "provider": "anthropic",
            "model": self.model or None,
            "response_id": self.response_id or None,
            "content": self.blocks,
            "tool_calls": calls or None,
            "finish_reason": self.finish_reason or None,
            "usage_raw": self.usage,
        }

    @property
    def duration_ms(self) -> float | None:
        return (self.ts - self.since) / 1e6 if 0 < self.since <= self.ts else None


def better_usage(known: dict[str, Any] | None, usage: Any) -> dict[str, Any] | None:
    """Return the usage that counted more output: until its last line an answer may say what was spent so far."""
    if not isinstance(usage, dict) or not usage:
        return known
    return usage if known is None or _output(usage) > _output(known) else known


def our_usage(raw: dict[str, Any] | None) -> dict[str, int] | None:
    """Return the provider's counts in our keys."""
    usage = anthropic_usage(raw)
    thinking = mapping((raw or {}).get("output_tokens_details")).get("thinking_tokens")
    return usage | {"reasoning_tokens": thinking} if usage and isinstance(thinking, int) else usage


def _output(usage: dict[str, Any]) -> float:
    count = usage.get("output_tokens")
    return count if isinstance(count, int | float) else 0
