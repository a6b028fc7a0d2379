"""Which requests are model calls: told by path and body, whoever serves them."""

from __future__ import annotations

import pytest

from capture.wire import recognise

CHAT = "OpenAIChat"


@pytest.mark.parametrize(
    ("path", "kind", "model"),
    [
        ("/v1/chat/completions", CHAT, ""),
        ("/api/v1/chat/completions", CHAT, ""),  # OpenRouter
        ("/chat/completions", CHAT, ""),  # DeepSeek
        ("/v1beta/openai/chat/completions", CHAT, ""),  # Gemini
        ("/openai/deployments/mine/chat/completions", CHAT, "mine"),  # Azure; the version is a parameter
        ("/openai/v1/responses", "OpenAIResponses", ""),
        ("/openai/deployments/mine/embeddings", "OpenAIEmbeddings", "mine"),
        ("/v1beta/models/gemini-3-pro:generateContent", "Gemini", "gemini-3-pro"),
        ("/v1beta/models/gemini-3-pro:streamGenerateContent", "Gemini", "gemini-3-pro"),
        ("/v1/projects/p/locations/l/publishers/google/models/g:generateContent", "Gemini", "g"),
        ("/v1/projects/p/locations/l/publishers/anthropic/models/c@1:streamRawPredict", "AnthropicMessages", "c@1"),
    ],
)
def test_paths(path: str, kind: str, model: str) -> None:
    """A format is known by the end of its path, and so is the model where the path names it."""
    wire = recognise("POST", path, {})
    assert wire is not None
    assert (type(wire).__name__, wire.model) == (kind, model)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/files",
        "/v1/audio/transcriptions",
        "/v1/responses/resp_1/cancel",
        "/v1/chat/completions/1/messages",
        "/v1beta/models/gemini-3-pro:countTokens",
        "/v1beta/models/gemini/3:generateContent",
        "/v1beta/generateContent",
        "/v1/publishers/google/models/m:rawPredict",
        "/v1/endpoints/1:streamPredict",
    ],
)
def test_others(path: str) -> None:
    """Everything else is not."""
    assert recognise("POST", path, {}) is None
    assert recognise("GET", "/v1/chat/completions", {}) is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/responses", b'{"survey": 4, "answers": ["yes"]}'),
        ("/api/v1/responses", b'{"input": "yes"}'),
        ("/embeddings", b'{"model": "m", "text": "hi"}'),
        ("/embeddings", b'[{"model": "m", "input": "hi"}]'),
        ("/v1/messages", b'{"messages": ["hi"], "to": "all"}'),
    ],
)
def test_bodies(path: str, body: bytes) -> None:
    """A path that others use for something else is no model call unless its body is one."""
    wire = recognise("POST", path, {})
    assert wire is not None
    with pytest.raises(ValueError, match="no"):
        wire.request(body)
