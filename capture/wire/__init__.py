"""Parsers of the providers' HTTP bodies and streams. They do no I/O: bytes in, fields of events out.

The tap feeds them what passes, importers feed them what others recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

__all__ = ["Delta", "Reply", "ReplyStream", "Wire", "recognise"]


class Delta(NamedTuple):
    """A piece of a streamed answer."""

    kind: str
    """`text`, `thinking` or `tool_call`."""
    text: str
    """The piece itself; of a tool call, a piece of its arguments' JSON."""
    call_id: str = ""
    call_name: str = ""


class Reply(NamedTuple):
    """A model's whole answer, in the fields of an `llm_response`."""

    model: str = ""
    response_id: str | None = None
    content: Any = None
    tool_calls: list[dict[str, Any]] | None = None
    finish_reason: str | None = None
    usage: dict[str, int] | None = None
    usage_raw: Any = None
    error: dict[str, Any] | None = None
    extra: dict[str, Any] | None = None


class ReplyStream(Protocol):
    """Assembles an answer from the pieces of its stream."""

    complete: bool
    """Whether the provider's own end mark has passed."""

    def feed(self, data: bytes) -> list[Delta]:
        """Take the next bytes, cut anywhere, and return what they completed."""

    def reply(self) -> Reply:
        """Return the answer so far."""


class Wire(Protocol):
    """One provider's format."""

    provider: str

    def request(self, body: bytes) -> dict[str, Any]:
        """Return the fields of an `llm_request`. Raises ValueError when the body is not of this format."""

    def reply(self, status: int, body: bytes) -> Reply:
        """Return the answer in a whole body; one that is no answer becomes a `Reply` with `error`."""

    def stream(self) -> ReplyStream:
        """Return what assembles a streamed answer."""


def recognise(method: str, path: str, headers: Mapping[str, str]) -> Wire | None:
    """Return the format of a request, told by what it asks for and not by its host, which may be a proxy; or None."""
    if method != "POST":
        return None
    if path.endswith("/v1/messages") and "anthropic-version" in headers:
        from .anthropic import AnthropicMessages

        return AnthropicMessages()
    if path.endswith("/chat/completions"):
        from .openai import OpenAIChat

        return OpenAIChat()
    return None
