"""A response put together from the events of its stream, the last of which says it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import Delta, Reply
from .body import dict_of, error_of, read_object, text_of
from .sse import ServerEvent, ServerEvents

if TYPE_CHECKING:
    from .responses import OpenAIResponses

__all__ = ["OpenAIResponsesStream"]

_ENDS = ("response.completed", "response.incomplete", "response.failed")
_SPOKEN = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "text",
    "response.reasoning_summary_text.delta": "thinking",
    "response.reasoning_text.delta": "thinking",
    "response.function_call_arguments.delta": "tool_call",
    "response.custom_tool_call_input.delta": "tool_call",
    "response.mcp_call_arguments.delta": "tool_call",
}


class OpenAIResponsesStream:
    """Assembles a response; from its pieces, if the stream ends before it has been said whole."""

    def __init__(self, wire: OpenAIResponses) -> None:
        self.complete = False
        self._wire = wire
        self._events = ServerEvents()
        self._response: dict[str, Any] = {}
        self._items: dict[int, dict[str, Any]] = {}
        self._pieces: dict[int, dict[str, list[str]]] = {}
        """Of the items that are not finished, the texts so far by their kinds."""
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        deltas = (self._take(event) for event in self._events.feed(data))
        return [delta for delta in deltas if delta is not None]

    def reply(self) -> Reply:
        response = self._response
        if not self.complete and self._items:
            response = response | {"output": [self._so_far(index) for index in sorted(self._items)]}
        reply = self._wire.read(response)._replace(error=self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _take(self, event: ServerEvent) -> Delta | None:
        if event.data == "[DONE]":  # said by servers that took the habit over from chat completions
            return None
        try:
            body = read_object(event.data)
        except ValueError:
            self._unknown.append({"event": event.event, "data": event.data})
            return None
        kind = text_of(body.get("type", event.event))
        if "error" in body or kind == "error":
            own = {key: value for key, value in body.items() if key != "type"}  # which only says that it is an error
            self._error = error_of(body if "error" in body else {"error": own}, 200)
            self._unknown.append(body)
        elif kind in _SPOKEN:
            return self._spoken(_SPOKEN[kind], body)
        elif kind in ("response.output_item.added", "response.output_item.done"):
            self._item(body, finished=kind.endswith("done"))
        elif isinstance(body.get("response"), dict):
            self._answer(body["response"], kind)
        elif not kind.startswith("response."):  # all others of its own say what the item says that they belong to
            self._unknown.append(body)
        return None

    def _answer(self, response: dict[str, Any], kind: str) -> None:
        self._response = response
        self.complete = kind in _ENDS
        if response.get("error"):
            self._error = error_of(response, 200)

    def _item(self, body: dict[str, Any], *, finished: bool) -> None:
        index = _place(body)
        self._items[index] = dict_of(body.get("item"))
        if finished:
            self._pieces.pop(index, None)

    def _spoken(self, kind: str, body: dict[str, Any]) -> Delta:
        index, piece = _place(body), text_of(body.get("delta"))
        item = self._items.setdefault(index, {})
        self._pieces.setdefault(index, {}).setdefault(kind, []).append(piece)
        if kind != "tool_call":
            return Delta(kind, piece)
        return Delta(kind, piece, text_of(item.get("call_id", item.get("id"))), text_of(item.get("name")))

    def _so_far(self, index: int) -> dict[str, Any]:
        """Return an item with what has been said of it. Its parts of one kind are told as one."""
        item = dict(self._items[index])
        for kind, pieces in self._pieces.get(index, {}).items():
            said = "".join(pieces)
            if kind == "text":
                item["content"] = [{"type": "output_text", "text": said}]
            elif kind == "thinking":
                item["summary"] = [{"type": "summary_text", "text": said}]
            else:
                item["input" if item.get("type") == "custom_tool_call" else "arguments"] = said
        return item


def _place(body: dict[str, Any]) -> int:
    index = body.get("output_index")
    return index if isinstance(index, int) else 0
