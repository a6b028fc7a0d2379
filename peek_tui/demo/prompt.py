"""What the demo agent asks of its model, and how it reads what comes back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from anthropic.types import ParsedMessage

__all__ = ["MODEL", "SYSTEM", "Thought"]

MODEL = "claude-sonnet-5-5"
"""The model."""

SYSTEM = """You are the support agent of Nordlicht, a small software company. Today is 2026-11-20.
Before you act, say why in a sentence or two. Then add two lines: `Confidence: ` and a number from 0 to 1, and
`Instead of: ` and what else you thought of, separated by commas. When you are done, answer the person who asked."""
"""The system prompt."""

_FORM = re.compile(r"(?P<why>.*)\n\nConfidence: (?P<confidence>[01]\.\d+)\nInstead of: (?P<instead>.*)", re.DOTALL)


class Thought(NamedTuple):
    """What a model says before it acts."""

    why: str
    """All it said, if it did not keep to the form."""
    confidence: float | None = None
    alternatives: list[str] | None = None

    @classmethod
    def read(cls, reply: ParsedMessage[None]) -> Thought:
        """Take apart what a model said in the form that `SYSTEM` asks for."""
        text = "".join(block.text for block in reply.content if block.type == "text")
        said = _FORM.fullmatch(text)
        if not said:
            return cls(text)
        return cls(said["why"], float(said["confidence"]), said["instead"].split(", "))
