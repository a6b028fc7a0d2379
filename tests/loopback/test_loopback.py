"""The loopback server is what the real packages expect of a provider, in every format."""

from __future__ import annotations

import importlib
from typing import Any

import anthropic
import openai
import pytest

from . import Failure, LoopbackServer, Reply, Text, Thinking, ToolUse, overloaded

SPOKEN = Reply((Thinking("let me see"), Text("two — and\n\n顾客"), ToolUse("add", {"a": 1}, id="call_1")))
ASK: list[Any] = [{"role": "user", "content": "hi"}]


def connect(server: LoopbackServer, **options: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.openai_url, api_key="k", max_retries=0, **options)


def gemini(server: LoopbackServer) -> Any:
    """Return Google's client; its package is named as text, for not everybody has it."""
    pytest.importorskip("google.genai")
    genai = importlib.import_module("google.genai")
    return genai.Client(api_key="k", http_options={"base_url": server.base_url})


@pytest.mark.parametrize("compressed", [False, True])
def test_responses(compressed: bool) -> None:
    """OpenAI's package reads the same response whole and streamed, compressed or not."""
    with LoopbackServer(SPOKEN, SPOKEN, compressed=compressed) as server, connect(server) as client:
        whole = client.responses.create(model="gpt", input="hi")
        with client.responses.stream(model="gpt", input="hi") as stream:
            streamed = stream.get_final_response()
    for answer in (whole, streamed):
        thought, _, call = answer.output
        assert (thought.type, answer.output_text) == ("reasoning", "two — and\n\n顾客")
        assert call.type == "function_call"
        assert (call.name, call.arguments, call.call_id) == ("add", '{"a":1}', "call_1")
        assert answer.usage is not None
        assert (answer.usage.output_tokens, answer.status) == (10, "completed")


def test_embeddings() -> None:
    """It reads a vector for each text, as floats and packed."""
    with LoopbackServer() as server, connect(server) as client:
        for packed in ("float", "base64"):
            answer = client.embeddings.create(model="e", input=["one", "two"], encoding_format=packed)
            assert [len(item.embedding) for item in answer.data] == ([8, 8] if packed == "float" else [44, 44])


def test_azure() -> None:
    """Azure's client finds its deployments and its version."""
    with LoopbackServer(SPOKEN) as server:
        client = openai.AzureOpenAI(azure_endpoint=server.base_url, api_key="k", api_version="2025-04-01-preview")
        with client:
            answer = client.chat.completions.create(model="mine", messages=ASK)
    assert answer.choices[0].message.content == "two — and\n\n顾客"
    assert server.exchanges[0].path == "/openai/deployments/mine/chat/completions?api-version=2025-04-01-preview"


def test_thinking() -> None:
    """Anthropic's package reads the same blocks whole and streamed, signature included."""
    ask: Any = {"model": "claude", "max_tokens": 9, "messages": ASK}
    with LoopbackServer(SPOKEN, SPOKEN) as server, anthropic.Anthropic(base_url=server.base_url, api_key="k") as client:
        whole = client.messages.create(**ask)
        with client.messages.stream(**ask) as stream:
            streamed = stream.get_final_message()
    for answer in (whole, streamed):
        assert answer.content[0].model_dump() == {"type": "thinking", "thinking": "let me see", "signature": "c2lnbmVk"}
        assert [block.type for block in answer.content] == ["thinking", "text", "tool_use"]


def test_gemini() -> None:
    """Google's package reads the same parts whole and streamed."""
    with LoopbackServer(SPOKEN, SPOKEN) as server:
        client = gemini(server)
        whole = client.models.generate_content(model="gemini-3-pro", contents="hi")
        pieces = list(client.models.generate_content_stream(model="gemini-3-pro", contents="hi"))
    assert whole.text == "".join(piece.text or "" for piece in pieces) == "two — and\n\n顾客"
    for call in (whole.function_calls[0], pieces[-1].function_calls[0]):
        assert (call.name, call.args, call.id) == ("add", {"a": 1}, "call_1")
    for answer in (whole, pieces[-1]):
        assert answer.usage_metadata.total_token_count == answer.usage_metadata.prompt_token_count + 11


def test_failures() -> None:
    """Every package raises its own error for a failure, and tries again when it may."""
    with LoopbackServer(Failure(400, "invalid", "no"), overloaded(), SPOKEN) as server:
        with connect(server) as client, pytest.raises(openai.BadRequestError):
            client.responses.create(model="gpt", input="hi")
        with openai.OpenAI(base_url=server.openai_url, api_key="k", max_retries=1) as client:
            assert client.responses.create(model="gpt", input="hi").output_text == "two — and\n\n顾客"
    with LoopbackServer(Failure(429, "", "slow down")) as server:
        google = gemini(server)
        with pytest.raises(Exception, match="RESOURCE_EXHAUSTED"):
            google.models.generate_content(model="gemini-3-pro", contents="hi")


def test_cut() -> None:
    """A body that is cut in the midst is seen as that, whole or streamed."""
    cut = Reply((Text("so far"),), breaks="cut")
    with LoopbackServer(cut, cut, Reply((Text("so far"),), breaks=overloaded())) as server, connect(server) as client:
        with pytest.raises(openai.APIConnectionError):
            client.responses.create(model="gpt", input="hi")
        with pytest.raises(openai.APIConnectionError):
            list(client.responses.create(model="gpt", input="hi", stream=True))
        *_, last = client.responses.create(model="gpt", input="hi", stream=True)
        assert last.type == "error"
        assert last.message == "Overloaded"
