"""A chat completion put together from the chunks of its stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import Delta, Reply
from .body import dict_of, dicts_of, error_of, index_of, read_object, text_of
from .sse import ServerEvents

if TYPE_CHECKING:
    from .openai import OpenAIChat

__all__ = ["OpenAIChatStream"]

_DONE = "[DONE]"
_KINDS = {"content": "text", "refusal": "text", "reasoning_content": "thinking", "reasoning": "thinking"}
"""The texts of a message that are told as they pass. Thinking has one name with some providers, another with others."""


class OpenAIChatStream:
    """Assembles a completion from its `chat.completion.chunk` events, up to `[DONE]`."""

    def __init__(self, wire: OpenAIChat) -> None:
        self.complete = False
        self._wire = wire
        self._events = ServerEvents()
        self._completion: dict[str, Any] = {}
        self._choices: dict[int, _Choice] = {}
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        return [delta for event in self._events.feed(data) for delta in self._take(event.data)]

    def reply(self) -> Reply:
        choices = [self._choices[index].whole() for index in sorted(self._choices)]
        completion = self._completion | ({"choices": choices} if choices else {})
        reply = self._wire.read(completion)._replace(error=self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _take(self, data: str) -> list[Delta]:
        if data == _DONE:
            self.complete = True
            return []
        try:
            chunk = read_object(data)
        except ValueError:
            self._unknown.append(data)
            return []
        if "error" in chunk:
            self._error = error_of(chunk, 200)
            self._unknown.append(chunk)
            return []
        choices = dicts_of(chunk.pop("choices", None))
        self._completion |= {key: value for key, value in chunk.items() if value is not None}
        return [delta for choice in choices for delta in self._choice(choice).extend(choice)]

    def _choice(self, piece: dict[str, Any]) -> _Choice:
        index = index_of(piece, 0)
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice(index)
        return choice


class _Choice:
    """One choice as it grows. Texts are joined only at the end: a long answer comes in thousands of pieces."""

    def __init__(self, index: int) -> None:
        self._rest: dict[str, Any] = {"index": index}
        self._message: dict[str, Any] = {}
        self._calls: list[dict[str, Any]] = []

    def extend(self, piece: dict[str, Any]) -> list[Delta]:
        for key, value in piece.items():
            if key not in ("index", "delta") and value is not None:
                self._rest[key] = value if isinstance(value, str) else _grown(self._rest.get(key), value)
        deltas: list[Delta] = []
        for key, value in dict_of(piece.get("delta")).items():
            if key == "tool_calls":
                deltas += [self._extend_call(call) for call in dicts_of(value)]
            elif key == "role":
                self._message.setdefault(key, value)
            elif value is not None:
                self._message[key] = _grown(self._message.get(key), value)
                if value and isinstance(value, str) and key in _KINDS:
                    deltas.append(Delta(_KINDS[key], value))
            else:
                self._message.setdefault(key, None)
        return deltas

    def whole(self) -> dict[str, Any]:
        message = _joined(self._message)
        if self._calls:
            message["tool_calls"] = _joined(self._calls)
        return {**_joined(self._rest), "message": message}

    def _extend_call(self, piece: dict[str, Any]) -> Delta:
        calls = self._calls
        index = min(index_of(piece, len(calls)), len(calls))  # a provider counts on; a hostile one must not fill memory
        if index == len(calls):
            calls.append({})
        call = calls[index]
        for key, value in piece.items():
            if key == "function":
                call[key] = _grown(call.setdefault(key, {"name": "", "arguments": ""}), value)
            elif key != "index" and value is not None:
                call[key] = value
        function = dict_of(piece.get("function"))
        name = text_of(_joined(dict_of(call.get("function")).get("name")))
        return Delta("tool_call", text_of(function.get("arguments")), text_of(call.get("id")), name)


class _Text(list[str]):
    """The pieces of a text."""


def _grown(before: Any, piece: Any) -> Any:
    """Return what was there with a piece added: texts and lists go on, objects key by key, all else is replaced."""
    if isinstance(piece, str) and (before is None or isinstance(before, str | _Text)):
        grown = before if isinstance(before, _Text) else _Text([before] if before else ())
        grown.append(piece)
        return grown
    if isinstance(piece, list) and isinstance(before, list) and not isinstance(before, _Text):
        before += piece
        return before
    if isinstance(piece, dict) and isinstance(before, dict):
        for key, value in piece.items():
            before[key] = _grown(before.get(key), value) if value is not None else before.get(key)
        return before
    return _grown({}, piece) if isinstance(piece, dict) else piece


def _joined(value: Any) -> Any:
    if isinstance(value, _Text):
        return "".join(value)
    if isinstance(value, dict):
        return {key: _joined(item) for key, item in value.items()}
    return [_joined(item) for item in value] if isinstance(value, list) else value
