"""OpenAI's Chat Completions API: one completion, as JSON or as a stream of chunks up to `[DONE]`.

Both forms come from the same completion object, so a client that streams and one that does not read the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .format import Frame, JSONObject, Tokens, dump, invalid_request, pieces_of_json, pieces_of_text, wire_id
from .reply import Failure, Reply, Text, ToolUse

__all__ = ["OpenAIChat", "chunk_bytes", "completion", "completion_chunks"]

_REQUIRED = ("model", "messages")
_FINISH_REASONS = {
    "end_turn": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
}
_CREATED = 1_795_143_600
"""The night of 20 November 2026, in which the demo takes place: two runs of it can be compared."""


class OpenAIChat:
    """The format of `POST /v1/chat/completions`."""

    request_id = "x-request-id"
    usage = "usage"

    def streams(self, request: JSONObject) -> bool:
        return bool(request.get("stream"))

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        if not (headers.get("authorization") or headers.get("api-key")):
            return Failure(401, "invalid_request_error", "You didn't provide an API key.")
        missing = [key for key in _REQUIRED if not request.get(key)]
        if not missing:
            return None
        text = f"Missing required parameter: '{missing[0]}'."
        return invalid_request(text, param=missing[0], code="missing_required_parameter")

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        return completion(reply, id=wire_id("chatcmpl-", request_id), model=request["model"], usage=_usage(tokens))

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        include_usage = bool((request.get("stream_options") or {}).get("include_usage"))
        for chunk in completion_chunks(whole, include_usage=include_usage):
            delta = chunk["choices"][0]["delta"] if chunk["choices"] else {}
            yield Frame(chunk_bytes(chunk), spoken=bool(delta) and "role" not in delta, closing=not delta)
        yield Frame(b"data: [DONE]\n\n", closing=True)

    def error(self, failure: Failure, request_id: str) -> JSONObject:
        keys = ("message", "type", "param", "code")
        return {"error": {key: getattr(failure, key) for key in keys}}

    def error_frame(self, failure: Failure, request_id: str) -> bytes:
        return chunk_bytes(self.error(failure, request_id))


def completion(reply: Reply, *, id: str, model: str, usage: Mapping[str, Any]) -> JSONObject:
    """The whole answer, as a request without `stream` gets it."""
    text = "".join(block.text for block in reply.blocks if isinstance(block, Text))
    uses = [block for block in reply.blocks if isinstance(block, ToolUse)]
    message: JSONObject = {"role": "assistant", "content": text or None, "refusal": None}
    if uses:
        message["tool_calls"] = [_tool_call(use, id, index) for index, use in enumerate(uses)]
    reason = _FINISH_REASONS.get(reply.stop_reason, reply.stop_reason)
    return {
        "id": id,
        "object": "chat.completion",
        "created": _CREATED,
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
        "usage": dict(usage),
        "service_tier": "default",
        "system_fingerprint": None,
    }


def completion_chunks(whole: JSONObject, *, include_usage: bool) -> Iterator[JSONObject]:
    """The same answer as the chunks of a stream; only a request that asks for the usage gets it."""
    head = {key: value for key, value in whole.items() if key not in ("choices", "usage")}
    head |= {"object": "chat.completion.chunk"} | ({"usage": None} if include_usage else {})
    [choice] = whole["choices"]
    for delta in _deltas(choice["message"]):
        yield {**head, "choices": [{**_EMPTY_CHOICE, "delta": delta}]}
    yield {**head, "choices": [{**_EMPTY_CHOICE, "finish_reason": choice["finish_reason"]}]}
    if include_usage:
        yield {**head, "choices": [], "usage": whole["usage"]}


_EMPTY_CHOICE: JSONObject = {"index": 0, "delta": {}, "logprobs": None, "finish_reason": None}


def chunk_bytes(chunk: JSONObject) -> bytes:
    """One server-sent event; OpenAI's have no names."""
    return b"data: %s\n\n" % dump(chunk)


def _usage(tokens: Tokens) -> JSONObject:
    """The provider's `prompt_tokens` include what was read from the cache."""
    prompt = tokens.fresh + tokens.written + tokens.read
    return {
        "prompt_tokens": prompt,
        "completion_tokens": tokens.output,
        "total_tokens": prompt + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.read, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _tool_call(use: ToolUse, completion_id: str, index: int) -> JSONObject:
    function = {"name": use.name, "arguments": dump(dict(use.input)).decode()}
    return {"id": use.id or wire_id("call_", completion_id, index), "type": "function", "function": function}


def _deltas(message: JSONObject) -> Iterator[JSONObject]:
    text = message["content"]
    yield {"role": "assistant", "content": None if text is None else "", "refusal": None}
    for piece in pieces_of_text(text or ""):
        yield {"content": piece}
    for index, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        yield {"tool_calls": [{"index": index, **call, "function": {**function, "arguments": ""}}]}
        for piece in pieces_of_json(function["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
