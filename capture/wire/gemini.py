"""Google's `generateContent` and `streamGenerateContent`, of the Gemini API and of Vertex AI.

(https://ai.google.dev/api/generate-content)
"""

from __future__ import annotations

from typing import Any, ClassVar

from . import Reply, ToolResult
from .body import dict_of, dicts_of, error_of, parsed, text_of, unreadable
from .gemini_stream import GeminiStream
from .json_wire import JSONWire
from .places import Places, split
from .usage import gemini_usage

__all__ = ["Gemini"]


class Gemini(JSONWire):
    """The wire format of `generateContent`. The model and whether it streams stand in the path."""

    provider = "google"
    request_places: ClassVar[Places] = {
        "messages": ("contents",),
        "system": ("systemInstruction",),
        "tools": ("tools",),
        "settings": ("generationConfig",),
    }
    reply_places: ClassVar[Places] = {
        "model": ("modelVersion",),
        "response_id": ("responseId",),
        "content": ("candidates", 0, "content", "parts"),
        "finish_reason": ("candidates", 0, "finishReason"),
        "usage_raw": ("usageMetadata",),
    }

    def fits(self, body: dict[str, Any]) -> bool:
        return "contents" in body

    def answers(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("candidates"), list) or "promptFeedback" in body

    def results(self, messages: Any) -> list[ToolResult]:
        """Return the results. Most have no id: they answer the calls of their name in the order of the calls."""
        responses = (
            dict_of(part.get("functionResponse"))
            for message in reversed(dicts_of(messages))
            for part in reversed(dicts_of(message.get("parts")))
            if "functionResponse" in part
        )
        return [
            ToolResult(text_of(given.get("id")), text_of(given.get("name")), given.get("response"))
            for given in responses
        ]

    def reply(self, status: int, body: bytes) -> Reply:
        """Return the answer in a body; a stream that was not asked for as events is an array of its pieces."""
        try:
            pieces = parsed(body)
        except ValueError:
            return Reply(error=error_of(body, status), extra=unreadable(body))
        if not isinstance(pieces, list) or not pieces or not all(isinstance(piece, dict) for piece in pieces):
            return super().reply(status, body)
        if status >= 400 or "error" in pieces[0]:
            return Reply(error=error_of(pieces[0], status), extra={"body": pieces})
        stream = self.stream()
        for piece in pieces:
            stream.add(piece)
        return stream.reply()._replace(extra={"body": pieces})

    def read(self, body: dict[str, Any]) -> Reply:
        """Return an answer as a reply. The first candidate is the answer; what else there is stays in `extra`."""
        named, rest = split(body, self.reply_places)
        blocked = text_of(dict_of(body.get("promptFeedback")).get("blockReason"))
        calls = [
            {"id": call.get("id"), "name": call.get("name"), "arguments": call.get("args")}
            for part in dicts_of(named.get("content"))
            if (call := dict_of(part.get("functionCall")))
        ]
        reply = Reply(**named, tool_calls=calls or None, usage=gemini_usage(named.get("usage_raw")), extra=rest or None)
        return reply._replace(finish_reason=blocked) if blocked and reply.finish_reason is None else reply

    def stream(self) -> GeminiStream:
        return GeminiStream(self)
