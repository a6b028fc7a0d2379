"""How the demo's models think: by rules that look at what the tools have answered so far, newest fact first.

Nothing is canned by its place in the run. Each rule says what to do next, or nothing; the first that speaks is obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .conversation import Conversation
from .wire import Block, Text, ToolUse

__all__ = ["MONTHS", "Rule", "act", "decide", "euros", "say"]

# calendar.month_name follows the locale; the questions are in English.
MONTHS = re.findall(r"\w+", "January February March April May June July August September October November December")
"""The months as people write them."""

Rule = Callable[[Conversation], tuple[Block, ...] | None]
"""What to say next if the conversation has come to this point, else `None`."""


def decide(rules: Sequence[Rule], conversation: Conversation) -> tuple[Block, ...]:
    """What the first rule says that has something to say; a call that cannot succeed is not asked for."""
    blocks = next(blocks for rule in rules if (blocks := rule(conversation)))
    calls = [block for block in blocks if isinstance(block, ToolUse)]
    if missing := sorted({call.name for call in calls} - conversation.tools):
        return say(f"I cannot go on: nobody has given me {', '.join(missing)}.")
    if again := [call.name for call in calls if conversation.failed(call.name, call.input)]:
        return say(f"I cannot go on: {again[0]} has failed, and again would change nothing.")
    return blocks


def act(why: str, confidence: float, instead: Sequence[str], *calls: ToolUse) -> tuple[Block, ...]:
    """Call tools, after saying why in the form the prompts ask for."""
    notes = f"Confidence: {confidence:.2f}\nInstead of: {', '.join(instead)}"
    return (Text(f"{why}\n\n{notes}"), *calls)


def say(text: str) -> tuple[Block, ...]:
    """Say something, and be done."""
    return (Text(text),)


def euros(cents: int) -> str:
    """An amount as people write it."""
    return f"€{cents / 100:.2f}"
