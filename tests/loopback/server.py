"""The demo's model server, with the formats added that the demo does not speak, and with compressed answers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any

from peek_tui.demo.handler import Answer, Connection
from peek_tui.demo.server import Failure, Model, ModelServer, Reply, ScriptedModel
from peek_tui.demo.wire import AnthropicMessages, JSONObject, OpenAIChat, Wire

from .embeddings import OpenAIEmbeddings
from .gemini import Gemini
from .responses import OpenAIResponses

__all__ = ["LoopbackServer"]

_OPENAI_PATH = re.compile(r"(?:/[^/]+)*/(chat/completions|responses|embeddings)")
"""What OpenAI's format is asked for, wherever it is served: `/v1`, Azure's deployments, a router's prefix."""
_GEMINI_PATH = re.compile(r"(?:/[^/]+)*/models/([^/:]+):(generateContent|streamGenerateContent)")
_OPENAI: dict[str, Wire] = {
    "chat/completions": OpenAIChat(),
    "responses": OpenAIResponses(),
    "embeddings": OpenAIEmbeddings(),
}


class LoopbackConnection(Connection):
    """Compresses what it sends when its server says so."""

    def _payload(self, body: JSONObject) -> bytes:
        payload, packer = super()._payload(body), _gzip()
        return packer.compress(payload) + packer.flush() if self._compresses() else payload

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self._packer = _gzip()
        super()._send_head(status, {**headers, "content-encoding": "gzip"} if self._compresses() else headers)

    def _send_chunk(self, data: bytes, *, end: bool = False) -> None:
        if self._compresses():
            data = self._packer.compress(data) + self._packer.flush(zlib.Z_FINISH if end else zlib.Z_SYNC_FLUSH)
        super()._send_chunk(data, end=end)

    def _compresses(self) -> bool:
        return bool(getattr(self.server, "compressed", False))


class LoopbackServer(ModelServer):
    """Serves these answers, or a model, in every format; a context manager.

    `pace` is the number of seconds between two pieces of a streamed answer; `compressed` has bodies sent as gzip.
    """

    connection = LoopbackConnection

    def __init__(
        self, *answers: Reply | Failure, model: Model | None = None, pace: float = 0.0, compressed: bool = False
    ) -> None:
        self.compressed = compressed
        super().__init__(ScriptedModel(*answers) if model is None else model, pace=pace)

    def __enter__(self) -> LoopbackServer:
        return self

    @property
    def openai_url(self) -> str:
        """What OpenAI's package and those that speak like it take as their base URL."""
        return f"{self.base_url}/v1"

    def wire(self, path: str) -> Wire | None:
        if path.endswith("/v1/messages"):
            return AnthropicMessages()
        if match := _OPENAI_PATH.fullmatch(path):
            return _OPENAI[match[1]]
        if match := _GEMINI_PATH.fullmatch(path):
            return Gemini(match[1], streamed=match[2] == "streamGenerateContent")
        return None

    def ask(self, wire: Wire, request: JSONObject, request_id: str) -> Answer | Failure:
        if isinstance(wire, OpenAIEmbeddings):
            return Answer(Reply(()), wire.embed(request))
        return super().ask(wire, request, request_id)


def _gzip() -> Any:
    return zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
