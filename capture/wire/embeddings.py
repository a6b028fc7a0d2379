"""OpenAI's `POST /embeddings` (https://platform.openai.com/docs/api-reference/embeddings)."""

from __future__ import annotations

from typing import Any, ClassVar

from . import Reply, ToolResult
from .chat_stream import OpenAIChatStream
from .json_wire import JSONWire
from .openai import OpenAIChat
from .places import Places, split
from .usage import openai_usage

__all__ = ["OpenAIEmbeddings"]


class OpenAIEmbeddings(JSONWire):
    """The wire format of embeddings: what is embedded are the messages, the vectors are the content."""

    provider = "openai"
    request_places: ClassVar[Places] = {"model": ("model",), "messages": ("input",)}
    settings = frozenset(("dimensions", "encoding_format"))
    reply_places: ClassVar[Places] = {"model": ("model",), "content": ("data",), "usage_raw": ("usage",)}

    def __init__(self, model: str = "") -> None:
        super().__init__(model, certain=False)

    def fits(self, body: dict[str, Any]) -> bool:
        return "input" in body and (bool(self.model) or isinstance(body.get("model"), str))

    def answers(self, body: dict[str, Any]) -> bool:
        return isinstance(body.get("data"), list)

    def results(self, messages: Any) -> list[ToolResult]:
        return []

    def read(self, body: dict[str, Any]) -> Reply:
        named, rest = split(body, self.reply_places)
        return Reply(**named, usage=openai_usage(named.get("usage_raw")), extra=rest or None)

    def stream(self) -> OpenAIChatStream:
        return OpenAIChatStream(OpenAIChat())  # nobody streams embeddings; what comes would be kept all the same
