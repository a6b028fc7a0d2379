"""Google's `generateContent` and `streamGenerateContent?alt=sse`.

Both forms come from the same answer, so a client that streams and one that does not read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from peek_tui.demo.wire import Block, JSONObject, Reply, Text, Thinking, Tokens, invalid_request, wire_id
from peek_tui.demo.wire.format import Frame, dump, pieces_of_text
from peek_tui.demo.wire.reply import Failure

__all__ = ["Gemini"]

_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}
_REASONS = {"max_tokens": "MAX_TOKENS", "refusal": "SAFETY"}


class Gemini:
    """The format of one model, whose name stands in the path, as does whether the answer is a stream."""

    request_id = "x-request-id"
    usage = "usageMetadata"

    def __init__(self, model: str, *, streamed: bool) -> None:
        self._model = model
        self._streamed = streamed

    def streams(self, request: JSONObject) -> bool:
        return self._streamed

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        return None if request.get("contents") else invalid_request("contents is not specified")

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        content = {"parts": [_part(block, request_id, n) for n, block in enumerate(reply.blocks)], "role": "model"}
        reason = _REASONS.get(reply.stop_reason, "STOP")
        thought = sum(isinstance(block, Thinking) for block in reply.blocks)
        prompt = tokens.fresh + tokens.written + tokens.read
        return {
            "candidates": [{"content": content, "finishReason": reason, "index": 0}],
            "usageMetadata": {
                "promptTokenCount": prompt,
                "candidatesTokenCount": tokens.output,
                "totalTokenCount": prompt + tokens.output + thought,
                **({"cachedContentTokenCount": tokens.read} if tokens.read else {}),
                **({"thoughtsTokenCount": thought} if thought else {}),
            },
            "modelVersion": self._model,
            "responseId": wire_id("", request_id),
        }

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        [candidate] = whole["candidates"]
        *firsts, last = [piece for part in candidate["content"]["parts"] for piece in _pieces(part)]
        for part in firsts:
            said = {"content": {"parts": [part], "role": "model"}, "index": 0}
            yield Frame(_event_bytes({**whole, "candidates": [said]}), spoken=True)
        end = {**candidate, "content": {"parts": [last], "role": "model"}}
        yield Frame(_event_bytes({**whole, "candidates": [end]}), closing=True)

    def error(self, failure: Failure, request_id: str) -> JSONObject:
        status = _STATUSES.get(failure.status, "UNAVAILABLE")
        return {"error": {"code": failure.status, "message": failure.message, "status": status}}

    def error_frame(self, failure: Failure, request_id: str) -> bytes:
        return _event_bytes(self.error(failure, request_id))


def _part(block: Block, request_id: str, index: int) -> JSONObject:
    if isinstance(block, Text):
        return {"text": block.text}
    if isinstance(block, Thinking):
        return {"text": block.text, "thought": True}
    call = {"id": block.id} if block.id else {}
    return {"functionCall": {**call, "name": block.name, "args": dict(block.input)}, "thoughtSignature": "c2lnbmVk"}


def _pieces(part: JSONObject) -> list[JSONObject]:
    return [{**part, "text": text} for text in pieces_of_text(part["text"])] if "text" in part else [part]


def _event_bytes(event: JSONObject) -> bytes:
    return b"data: %s\r\n\r\n" % dump(event)
