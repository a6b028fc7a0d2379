"""Parsers of the providers' HTTP bodies and streams. They do no I/O: bytes in, fields of events out.

The tap feeds them what passes, importers feed them what others recorded. What they return says everything the body
said: each format also has the way back, from the fields to the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

__all__ = ["Delta", "Reply", "ReplyStream", "ToolResult", "Wire", "recognise"]


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

    model: str | None = None
    response_id: str | None = None
    content: Any = None
    tool_calls: list[dict[str, Any]] | None = None
    """`{id, name, arguments}` of each tool the host is asked to run."""
    finish_reason: str | None = None
    usage: dict[str, int] | None = None
    usage_raw: Any = None
    error: dict[str, Any] | None = None
    extra: dict[str, Any] | None = None
    """The body without what the other fields hold; or under `body` all of it, when that would not be exact."""


class ToolResult(NamedTuple):
    """What a tool gave back, as a request tells it to the model."""

    call_id: str
    """The call's id; empty in a format that has none."""
    name: str
    """The tool's name; empty in a format that leaves it out."""
    content: Any
    is_error: bool = False


class ReplyStream(Protocol):
    """Assembles an answer from the pieces of its stream."""

    complete: bool
    """Whether the provider's own end mark has passed."""

    def feed(self, data: bytes) -> list[Delta]:
        """Take the next bytes, cut anywhere, and return what they completed."""

    def reply(self) -> Reply:
        """Return the answer so far."""


class Wire(Protocol):
    """One provider's format, as one request speaks it."""

    provider: str
    model: str
    """The model, where the request's path names it."""
    messages: str
    """The key of a request's body that has the messages."""
    certain: bool
    """Whether the request is of this format whatever its body says."""

    def request(self, body: bytes) -> dict[str, Any]:
        """Return the fields of an `llm_request`. Raises ValueError when the body is not of this format."""

    def request_body(self, data: Mapping[str, Any]) -> Any:
        """Return the body of a request, from the payload of an `llm_request`, as JSON's value."""

    def results(self, messages: Any) -> list[ToolResult]:
        """Return the results of tools among a request's messages, the latest first."""

    def reply(self, status: int, body: bytes) -> Reply:
        """Return the answer in a whole body; one that is no answer becomes a `Reply` with `error`."""

    def reply_body(self, data: Mapping[str, Any]) -> Any:
        """Return the whole body of an answer, from the payload of an `llm_response`, as JSON's value."""

    def stream(self) -> ReplyStream:
        """Return what assembles a streamed answer."""


def recognise(method: str, path: str, headers: Mapping[str, str]) -> Wire | None:
    """Return the format of a request, told by what it asks for and not by its host, which may be anybody's; or None.

    Header names are in lower case. Of a format that is not `certain`, the body has the last word.
    """
    if method != "POST":
        return None
    if path.endswith("/v1/messages"):
        from .anthropic import AnthropicMessages

        return AnthropicMessages(certain="anthropic-version" in headers)
    if path.endswith(("/chat/completions", "/responses", "/embeddings")):
        return _openai(path)
    if path.endswith(("enerateContent", "Predict")):  # a verb behind the model's name, as all of Google's
        return _google(path)
    return None


def _openai(path: str) -> Wire:
    before, _, what = path.rpartition("/")
    if what == "completions":
        from .openai import OpenAIChat

        return OpenAIChat(_deployment(before))
    if what == "responses":
        from .responses import OpenAIResponses

        return OpenAIResponses(_deployment(before))
    from .embeddings import OpenAIEmbeddings

    return OpenAIEmbeddings(_deployment(before))


def _deployment(path: str) -> str:
    """Return the model in a path of Azure's, `/openai/deployments/NAME/…`, where its body may leave it out."""
    return path.partition("/deployments/")[2].partition("/")[0]


def _google(path: str) -> Wire | None:
    model, _, verb = path.rpartition("/models/")[2].partition(":")
    if "/models/" not in path or "/" in model:
        return None
    if verb in ("generateContent", "streamGenerateContent"):
        from .gemini import Gemini

        return Gemini(model)
    if verb in ("rawPredict", "streamRawPredict") and "/publishers/anthropic/" in path:
        from .anthropic import AnthropicMessages

        return AnthropicMessages(model, certain=True)
    return None
