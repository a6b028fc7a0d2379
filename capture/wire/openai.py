"""OpenAI's `POST /chat/completions`, whole and streamed, as many other providers speak it too.

(https://platform.openai.com/docs/api-reference/chat)
"""

from __future__ import annotations

from typing import Any

from . import Delta, Reply
from .body import dict_of, dicts_of, error_of, index_of, parsed_arguments, read_object, text_of
from .sse import ServerEvents
from .usage import openai_usage

__all__ = ["OpenAIChat"]

_SETTINGS = (
    "frequency_penalty",
    "logit_bias",
    "max_completion_tokens",
    "max_tokens",
    "n",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "top_p",
)
_REQUEST_FIELDS = ("model", "messages", "tools")
_REPLY_FIELDS = ("model", "id", "choices", "usage")
_MESSAGE_FIELDS = ("content", "tool_calls")
_DONE = "[DONE]"


class OpenAIChat:
    """The wire format of chat completions."""

    provider = "openai"

    def request(self, body: bytes) -> dict[str, Any]:
        message = read_object(body)
        fields = {key: message.pop(key) for key in _REQUEST_FIELDS if key in message}
        settings = {key: message.pop(key) for key in _SETTINGS if key in message}
        return fields | {"settings": settings or None, "extra": message or None}

    def reply(self, status: int, body: bytes) -> Reply:
        try:
            completion = read_object(body)
        except ValueError:
            return Reply(error=error_of(body, status))
        if isinstance(completion.get("choices"), list):
            return _reply(completion)
        return Reply(error=error_of(completion, status), extra=completion)

    def stream(self) -> OpenAIChatStream:
        return OpenAIChatStream()


class OpenAIChatStream:
    """Assembles a completion from its `chat.completion.chunk` events, up to `[DONE]`."""

    def __init__(self) -> None:
        self.complete = False
        self._events = ServerEvents()
        self._completion: dict[str, Any] = {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._error: dict[str, Any] | None = None
        self._unknown: list[Any] = []

    def feed(self, data: bytes) -> list[Delta]:
        return [delta for event in self._events.feed(data) for delta in self._take(event.data)]

    def reply(self) -> Reply:
        choices = [self._choices[index] for index in sorted(self._choices)]
        reply = _reply(self._completion | ({"choices": choices} if choices else {}), self._error)
        return reply._replace(extra={**(reply.extra or {}), "events": self._unknown}) if self._unknown else reply

    def _take(self, data: str) -> list[Delta]:
        if data == _DONE:
            self.complete = True
            return []
        try:
            chunk = read_object(data.encode())
        except ValueError:
            self._unknown.append(data)
            return []
        if "error" in chunk:
            self._error = error_of(chunk, 200)
            return []
        choices = dicts_of(chunk.pop("choices", None))
        self._completion |= {key: value for key, value in chunk.items() if value is not None}
        return [delta for choice in choices for delta in self._extend(choice)]

    def _extend(self, piece: dict[str, Any]) -> list[Delta]:
        index = index_of(piece, 0)
        choice = self._choices.setdefault(index, {"index": index, "message": {}})
        choice |= {key: value for key, value in piece.items() if key not in ("index", "delta") and value is not None}
        message, delta = choice["message"], dict_of(piece.get("delta"))
        deltas = []
        for key, value in delta.items():
            if key == "tool_calls":
                deltas += [self._extend_call(message, call) for call in dicts_of(value)]
            elif isinstance(value, str) and key != "role":
                message[key] = text_of(message.get(key)) + value
                kind = {"content": "text", "reasoning_content": "thinking"}.get(key)
                deltas += [Delta(kind, value)] if kind and value else []
            else:
                message.setdefault(key, value)
        return deltas

    def _extend_call(self, message: dict[str, Any], piece: dict[str, Any]) -> Delta:
        calls = message.setdefault("tool_calls", [])
        index = min(index_of(piece, len(calls)), len(calls))  # a provider counts on; a hostile one must not fill memory
        if index == len(calls):
            calls.append({"function": {"name": "", "arguments": ""}})
        call = calls[index]
        call |= {key: value for key, value in piece.items() if key not in ("index", "function") and value is not None}
        function = dict_of(piece.get("function"))
        call["function"]["name"] += text_of(function.get("name"))
        text = text_of(function.get("arguments"))
        call["function"]["arguments"] += text
        return Delta("tool_call", text, str(call.get("id", "")), call["function"]["name"])


def _reply(completion: dict[str, Any], error: dict[str, Any] | None = None) -> Reply:
    """Return a completion as a reply. The first choice is the answer; what else there is goes to `extra`."""
    choices = dicts_of(completion.get("choices"))
    first = choices[0] if choices else {}
    message = dict_of(first.get("message"))
    extra: dict[str, Any] = {key: value for key, value in completion.items() if key not in _REPLY_FIELDS}
    extra |= {"message": rest} if (rest := _without(message, _MESSAGE_FIELDS)) else {}
    extra |= {"choice": rest} if (rest := _without(first, ("message", "finish_reason", "index"))) else {}
    extra |= {"choices": choices[1:]} if choices[1:] else {}
    usage = completion.get("usage")
    return Reply(
        model=str(completion.get("model") or ""),
        response_id=completion.get("id"),
        content=message.get("content"),
        tool_calls=[_call(call) for call in dicts_of(message.get("tool_calls"))] or None,
        finish_reason=first.get("finish_reason"),
        usage=openai_usage(usage),
        usage_raw=usage,
        error=error,
        extra=extra or None,
    )


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = dict_of(call.get("function"))
    arguments = function.get("arguments")
    return {
        "id": call.get("id"),
        "name": function.get("name"),
        "arguments": parsed_arguments(arguments) if isinstance(arguments, str) else arguments,
    }


def _without(record: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}
