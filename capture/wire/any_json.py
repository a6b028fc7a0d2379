"""What a host speaks that the user asked for, at a path that says nothing: JSON, told by its looks.

Most gateways pass on the bodies of a provider we know. Of what they answer the whole body stands under `extra` too,
for nothing else would say how to build it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from . import Delta, Reply, ReplyStream, ToolResult
from .anthropic import AnthropicMessages
from .body import error_of, parsed, read_object, text_of, unreadable
from .embeddings import OpenAIEmbeddings
from .gemini import Gemini
from .json_wire import JSONWire
from .openai import OpenAIChat
from .places import Places
from .responses import OpenAIResponses
from .sse import ServerEvents

__all__ = ["AnyJSON"]

_KNOWN = (AnthropicMessages(), OpenAIChat(), OpenAIResponses(), OpenAIEmbeddings(), Gemini())
_ASKED = ("input", "contents", "prompt")
"""What others call what we call messages."""


class AnyJSON(JSONWire):
    """The format of a host that nothing is known of but its name."""

    request_places: ClassVar[Places] = {
        "model": ("model",),
        "messages": ("messages",),
        "system": ("system",),
        "tools": ("tools",),
    }

    def __init__(self, host: str) -> None:
        super().__init__()
        self.provider = host

    def request(self, body: bytes) -> dict[str, Any]:
        fields = super().request(body)
        rest = fields.get("extra", {})
        asked = None if "messages" in fields else next((rest[key] for key in _ASKED if key in rest), None)
        return fields if asked is None else {**fields, "messages": asked, "extra": {"body": read_object(body)}}

    def results(self, messages: Any) -> list[ToolResult]:
        return [result for wire in _KNOWN for result in wire.results(messages)]

    def reply(self, status: int, body: bytes) -> Reply:
        extra = unreadable(body)
        message = extra["body"]
        if status >= 400:
            return Reply(error=error_of(message if isinstance(message, dict) else body, status), extra=extra)
        wire = next((wire for wire in _KNOWN if isinstance(message, dict) and wire.answers(message)), None)
        return Reply(content=message) if wire is None else wire.read(message)._replace(extra=extra)

    def reply_body(self, data: Mapping[str, Any]) -> Any:
        return data["extra"]["body"] if data.get("extra") else data.get("content")

    def stream(self) -> _AnyStream:
        return _AnyStream()


class _AnyStream:
    """Assembles an answer of the format that its first event is of."""

    def __init__(self) -> None:
        self.complete = False
        self._events = ServerEvents()
        self._seen = bytearray()
        self._data: list[str] = []
        """The events of a stream that is of no format we know."""
        self._known: ReplyStream | None = None

    def feed(self, data: bytes) -> list[Delta]:
        if self._known is None:
            data = self._look(data)
        if self._known is None:
            return []
        deltas = self._known.feed(data)
        self.complete = self._known.complete
        return deltas

    def _look(self, data: bytes) -> bytes:
        """See what the stream is. Return all of it so far, while nobody has had it."""
        events = self._events.feed(data)
        if not self._data:
            self._seen += data
            self._known = _stream_of(events[0].data) if events else None
        self._data += [event.data for event in events]
        return b"" if self._known is None else bytes(self._seen)

    def reply(self) -> Reply:
        if self._known is not None:
            return self._known.reply()
        return Reply(content=self._data, finish_reason="")  # nobody can say whether more was to come


def _stream_of(data: str) -> ReplyStream | None:
    try:
        event = parsed(data)
    except ValueError:
        return None
    if not isinstance(event, dict):
        return None
    kind = text_of(event.get("type"))
    if "choices" in event:
        return OpenAIChat().stream()
    if "candidates" in event:
        return Gemini().stream()
    if kind.startswith("response."):
        return OpenAIResponses().stream()
    return AnthropicMessages().stream() if kind == "message_start" else None
