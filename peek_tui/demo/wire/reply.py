"""What the demo's models say, in no provider's words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Block", "Failure", "Reply", "Text", "Thinking", "ToolUse", "overloaded"]


@dataclass(frozen=True)
class Text:
    """Words the model says."""

    text: str


@dataclass(frozen=True)
class Thinking:
    """What the model thinks before it speaks."""

    text: str
    signature: str = "c2lnbmVk"
    """Proves to the provider that the thought is its own, when it is sent back."""


@dataclass(frozen=True)
class ToolUse:
    """A tool the model wants called."""

    name: str
    input: Mapping[str, Any]
    id: str | None = None
    """The server makes one up when there is none."""


Block = Text | Thinking | ToolUse
"""One piece of what a reply consists of."""


@dataclass(frozen=True)
class Failure:
    """An HTTP error, sent in the provider's shape."""

    status: int
    type: str
    message: str
    retry_after: float | None = None
    """Seconds after which the client should try again; `None` tells it not to. Zero would make the SDKs fall back to
    their own backoff of half a second, so the header never says less than a millisecond."""
    param: str | None = None
    """Which parameter is to blame. This and `code` are OpenAI's only."""
    code: str | None = None

    def headers(self) -> dict[str, str]:
        """The headers by which the SDKs decide whether and when to retry."""
        if self.retry_after is None:
            return {"x-should-retry": "false"}
        return {
            "x-should-retry": "true",
            "retry-after-ms": str(max(1, round(self.retry_after * 1000))),
            "retry-after": str(math.ceil(self.retry_after)),
        }


@dataclass(frozen=True)
class Reply:
    """What the model answers to one request."""

    blocks: tuple[Block, ...]
    reason: str | None = None
    """The stop reason, when it is not the one that follows from the blocks."""
    details: Mapping[str, Any] | None = None
    """The `stop_details` that go with a refusal; Anthropic's only."""
    delay: float = 0.0
    """Seconds of thought before the first byte."""
    breaks: Failure | Literal["cut"] | None = None
    """How an answer ends instead of well: a stream with an error in the midst of it, any answer with a closed
    connection."""

    @property
    def stop_reason(self) -> str:
        """Why the model stopped, in Anthropic's words."""
        calls = any(isinstance(block, ToolUse) for block in self.blocks)
        return self.reason or ("tool_use" if calls else "end_turn")


def overloaded(retry_after: float = 0.001) -> Failure:
    """The provider has no capacity just now."""
    return Failure(529, "overloaded_error", "Overloaded", retry_after)
