"""What a model says before it acts, read from its words and recorded as a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from capture import TraceContext

from .tools import Outcome

__all__ = ["Thought"]

_FORM = re.compile(r"(?P<why>.*)\n\nConfidence: (?P<confidence>[01]\.\d+)\nInstead of: (?P<instead>.*)", re.DOTALL)


class Thought(NamedTuple):
    """What a model says before it acts."""

    why: str
    """All it said, if it did not keep to the form."""
    confidence: float | None = None
    alternatives: list[str] | None = None

    @classmethod
    def read(cls, text: str) -> Thought:
        """Take apart what a model said in the form that the prompts ask for."""
        said = _FORM.fullmatch(text)
        if not said:
            return cls(text)
        return cls(said["why"], float(said["confidence"]), said["instead"].split(", "))

    def record(self, trace: TraceContext, action: str, known: Sequence[Outcome], evidence: Sequence[str]) -> str:
        """Record what the model chose, why, and what it went by; the tool calls that follow belong to this decision."""
        return trace.record_decision(
            reasoning=self.why,
            confidence=self.confidence,
            chosen_action=action,
            alternatives=self.alternatives,
            evidence=[outcome.text for outcome in known],
            evidence_event_ids=evidence,
        )
