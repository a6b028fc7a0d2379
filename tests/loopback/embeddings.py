"""OpenAI's embeddings: vectors that are the same for the same text."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator, Mapping

from peek_tui.demo.usage import tokens
from peek_tui.demo.wire import JSONObject, OpenAIChat, Reply, Tokens, invalid_request
from peek_tui.demo.wire.format import Frame
from peek_tui.demo.wire.reply import Failure

__all__ = ["OpenAIEmbeddings"]

DIMENSIONS = 8


class OpenAIEmbeddings(OpenAIChat):
    """The format of `POST /v1/embeddings`. Its errors are those of chat completions."""

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        missing = [key for key in ("model", "input") if not request.get(key)]
        return invalid_request(f"Missing required parameter: '{missing[0]}'.") if missing else None

    def embed(self, request: JSONObject) -> JSONObject:
        """The whole answer."""
        given = request["input"]
        texts = [str(text) for text in (given if isinstance(given, list) else [given])]
        packed = request.get("encoding_format") == "base64"
        count = sum(map(tokens, texts))
        data = [
            {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
            for index, vector in enumerate(map(_vector, texts))
        ]
        usage = {"prompt_tokens": count, "total_tokens": count}
        return {"object": "list", "data": data, "model": request["model"], "usage": usage}

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        return self.embed(request)

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        raise NotImplementedError("embeddings are not streamed")

    def streams(self, request: JSONObject) -> bool:
        return False


def _vector(text: str) -> list[float]:
    return [byte / 256 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSIONS]]


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
