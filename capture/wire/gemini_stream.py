"""An answer of Gemini's put together from the pieces of its stream, each of which looks like a whole answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..values import dump_line
from . import Delta, Reply
from .body import dict_of, dicts_of, error_of, read_object, text_of
from .sse import ServerEvents

if TYPE_CHECKING:
    from .gemini import Gemini

__all__ = ["GeminiStream"]


class GeminiStream:
    """Assembles an answer. There is no end mark but the reason why the model stopped."""

    def __init__(self, wire: Gemini) -> None:
        self.complete = False
        self._wire = wire
        self._events = ServerEvents()
        self._answer: dict[str, Any] = {}
        self._candidate: dict[str, Any] = {}
        self._content: dict[str, Any] = {}
        self._parts: list[dict[str, Any]] = []
        self._texts: list[str] = []
        """The pieces of the last part, while it is a text that goes on."""
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        deltas: list[Delta] = []
        for event in self._events.feed(data):
            try:
                deltas += self.add(read_object(event.data))
            except ValueError:
                self._unknown.append(event.data)
        return deltas

    def add(self, piece: dict[str, Any]) -> list[Delta]:
        """Take one piece."""
        if "error" in piece:
            self._error = error_of(piece, 200)
            self._unknown.append(piece)
            return []
        candidates = dicts_of(piece.get("candidates"))
        self._answer |= {key: value for key, value in piece.items() if key != "candidates"}
        self._unknown += candidates[1:]
        if not candidates:
            self.complete = self.complete or "promptFeedback" in piece
            return []
        content = dict_of(candidates[0].get("content"))
        self._candidate |= {key: value for key, value in candidates[0].items() if key != "content"}
        self._content |= {key: value for key, value in content.items() if key != "parts"}
        self.complete = self.complete or bool(self._candidate.get("finishReason"))
        return [delta for part in dicts_of(content.get("parts")) for delta in self._part(part)]

    def reply(self) -> Reply:
        self._end_text()
        answer = dict(self._answer)
        if self._candidate or self._content or self._parts:
            content = {"content": {**self._content, "parts": self._parts}}
            answer["candidates"] = [{**content, **self._candidate}]
        reply = self._wire.read(answer)._replace(error=self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _part(self, part: dict[str, Any]) -> list[Delta]:
        text = part.get("text")
        if isinstance(text, str) and self._goes_on(part):
            self._texts.append(text)
        else:
            self._end_text()
            self._parts.append(part)
            self._texts = [text] if isinstance(text, str) else []
        if isinstance(text, str) and text:
            return [Delta("thinking" if part.get("thought") is True else "text", text)]
        call = dict_of(part.get("functionCall"))
        if not call:
            return []
        arguments = dump_line(call.get("args", {})).decode().rstrip("\n")
        return [Delta("tool_call", arguments, text_of(call.get("id")), text_of(call.get("name")))]

    def _goes_on(self, part: dict[str, Any]) -> bool:
        """Whether a piece of text says the same of itself as the part before it, and so belongs to it."""
        if not self._texts:
            return False
        return {**part, "text": ""} == {**self._parts[-1], "text": ""}

    def _end_text(self) -> None:
        if len(self._texts) > 1:
            self._texts = ["".join(self._texts)]
            self._parts[-1] = {**self._parts[-1], "text": self._texts[0]}
