"""The providers' real clients over both HTTP lines, and one question that each can be asked in several ways."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from peek_tui.demo.server import ModelServer

__all__ = ["KEY", "LINES", "Line", "ask", "ask_async", "text_of"]

KEY = "sk-ant-api03-nobody-may-ever-see-this"


class Line(NamedTuple):
    """A provider's package on an HTTP package."""

    provider: str
    http: str

    @property
    def model(self) -> str:
        return {"anthropic": "claude-sonnet-5-5", "openai": "gpt-5.4-mini"}[self.provider]

    def connect(self, server: ModelServer, **options: Any) -> Any:
        """Return the synchronous client, which goes straight to the server."""
        return self._connect("", server, options)

    def connect_async(self, server: ModelServer, **options: Any) -> Any:
        """Return the asynchronous one."""
        return self._connect("Async", server, options)

    def _connect(self, prefix: str, server: ModelServer, options: dict[str, Any]) -> Any:
        http = getattr(importlib.import_module(self.http), f"{prefix}Client")
        name = {"anthropic": "Anthropic", "openai": "OpenAI"}[self.provider]
        client = getattr(importlib.import_module(self.provider), prefix + name)
        url = server.base_url + {"anthropic": "", "openai": "/v1"}[self.provider]
        return client(base_url=url, api_key=KEY, http_client=http(trust_env=False), **{"max_retries": 0, **options})


LINES = [Line("anthropic", "httpx2"), Line("openai", "httpx2"), Line("openai", "httpx")]
"""What the packages of today allow; that there is no further one is a test of its own."""


def question(line: Line, messages: Any, stream: bool) -> dict[str, Any]:
    """Return the arguments of a request."""
    tool = {"name": "lookup", "description": "Look a customer up."}
    schema = {"type": "object", "properties": {"id": {"type": "string"}}}
    if line.provider == "anthropic":
        asked = {"max_tokens": 64, "tools": [{**tool, "input_schema": schema}]}
        return {"model": line.model, "messages": messages, **asked, **({"stream": True} if stream else {})}
    asked = {"tools": [{"type": "function", "function": {**tool, "parameters": schema}}]}
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    return {"model": line.model, "messages": messages, **asked, **(streamed if stream else {})}


def ask(client: Any, line: Line, messages: Any, stream: bool = False) -> Any:
    """Ask, and return the answer, or the stream of its pieces."""
    create = client.messages.create if line.provider == "anthropic" else client.chat.completions.create
    return create(**question(line, messages, stream))


async def ask_async(client: Any, line: Line, messages: Any, stream: bool = False) -> Any:
    """Ask likewise with an asynchronous client."""
    return await ask(client, line, messages, stream)


def text_of(piece: Any) -> str:
    """Return the words in one piece of a stream, as its package has parsed it; most pieces have none."""
    if hasattr(piece, "choices"):
        return "".join(choice.delta.content or "" for choice in piece.choices)
    return getattr(getattr(piece, "delta", None), "text", None) or ""
