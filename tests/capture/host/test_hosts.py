"""Hosts that were asked for: model calls at paths that nobody knows, told by their bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

import capture
from capture import TraceContext
from capture.testing import read_events
from peek_tui.demo.wire import Wire
from tests.loopback import Exchange, LoopbackServer, Reply, Text, ToolUse

SPOKEN = Reply((Text("Zoë is waiting"), ToolUse("lookup", {"id": "4127"}, id="call_1")))
PATHS = {
    "/ask/chat": "/v1/chat/completions",
    "/ask/claude": "/v1/messages",
    "/ask/responses-api": "/v1/responses",
    "/ask/gemini": "/v1beta/models/gemini-3-pro:streamGenerateContent",
}
TALK = [{"role": "user", "content": "Who is 4127?"}]
TOOL = {"name": "lookup", "input_schema": {"type": "object"}}
STREAMS: dict[str, Any] = {
    "/ask/chat": {"model": "gpt", "messages": TALK, "stream": True, "stream_options": {"include_usage": True}},
    "/ask/claude": {"model": "claude", "messages": TALK, "max_tokens": 9, "tools": [TOOL], "stream": True},
    "/ask/responses-api": {"model": "gpt", "input": TALK, "stream": True},
    "/ask/gemini": {"contents": [{"role": "user", "parts": [{"text": "Who is 4127?"}]}]},
}


class Gateway(LoopbackServer):
    """A model server whose paths are its own."""

    def wire(self, path: str) -> Wire | None:
        return super().wire(PATHS.get(path, path))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway(*[SPOKEN] * 4)
    with server:
        yield server


def name_of(server: LoopbackServer) -> str:
    """Return the server as `name:port`."""
    return server.base_url.removeprefix("http://")


def post(server: LoopbackServer, path: str, body: Any) -> bytes:
    headers = {"authorization": "Bearer k", "anthropic-version": "2023-06-01"}
    with (
        httpx2.Client(trust_env=False) as client,
        client.stream("POST", server.base_url + path, json=body, headers=headers) as response,
    ):
        return b"".join(response.iter_raw())


def of(context: TraceContext, *types: str) -> list[dict[str, Any]]:
    return [event for event in read_events(context.path) if event["type"] in types]


def test_not_asked(run: TraceContext, gateway: Gateway) -> None:
    """A host that nobody named passes untouched and unrecorded."""
    received = post(gateway, "/ask/chat", STREAMS["/ask/chat"])
    assert received == gateway.exchanges[0].response
    assert [event["type"] for event in read_events(run.path)] == ["agent_start"]


@pytest.mark.parametrize("path", STREAMS)
@pytest.mark.parametrize("named", [str, str.upper, "https://{}/ask".format, lambda name: name.partition(":")[0]])
def test_streams(run: TraceContext, gateway: Gateway, path: str, named: Callable[[str], str]) -> None:
    """What is streamed by a host that was named is recorded as if its format had been known, and passes as it is."""
    capture.init(hosts=[named(name_of(gateway))])
    received = post(gateway, path, STREAMS[path])
    [exchange] = gateway.exchanges
    assert received == exchange.response
    [request], [response] = of(run, "llm_request"), of(run, "llm_response")
    assert request["data"]["provider"] == response["data"]["provider"] == "127.0.0.1"
    [asked] = [STREAMS[path][key] for key in ("messages", "input", "contents") if key in STREAMS[path]]
    assert request["data"]["messages"] == asked
    assert "Zoë is waiting" in json.dumps(response["data"]["content"], ensure_ascii=False)
    assert [(call["name"], call["arguments"]) for call in response["data"]["tool_calls"]] == [
        ("lookup", {"id": "4127"})
    ]
    assert (response["usage"]["input_tokens"], response["usage"]["output_tokens"]) == billed(exchange)
    assert "Zoë" in "".join(chunk["data"].get("text", "") for chunk in of(run, "llm_chunk"))
    assert response["data"]["closed_by"] == "server"
    assert "error" not in response


def billed(exchange: Exchange) -> tuple[int, int]:
    usage = exchange.usage
    assert usage is not None
    given = usage.get("prompt_tokens") or usage.get("input_tokens") or usage["promptTokenCount"]
    spent = usage.get("completion_tokens") or usage.get("output_tokens") or usage["candidatesTokenCount"]
    return given + usage.get("cache_read_input_tokens", 0) + usage.get("cache_creation_input_tokens", 0), spent


def test_by_environment(run: TraceContext, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """`PEEK_HOSTS` says the same for a program that is not changed."""
    monkeypatch.setenv("PEEK_HOSTS", f"models.internal, {name_of(gateway)}")
    capture.init()
    post(gateway, "/ask/chat", {"model": "gpt", "messages": TALK})
    [response] = of(run, "llm_response")
    assert response["data"]["content"] == "Zoë is waiting"


def test_named_in_one_text(run: TraceContext, gateway: Gateway) -> None:
    """The hosts may be given to `init` as the environment gives them."""
    capture.init(hosts=f"models.internal, {name_of(gateway)}")
    post(gateway, "/ask/chat", {"model": "gpt", "messages": TALK})
    assert len(of(run, "llm_response")) == 1


def test_only_what_is_posted(run: TraceContext, gateway: Gateway) -> None:
    """What is only fetched from a named host is no model call, and other hosts stay unseen."""
    capture.init(hosts=[name_of(gateway)])
    with httpx2.Client(trust_env=False) as client:
        client.get(f"{gateway.base_url}/ask/chat")
    with Gateway() as other:
        post(other, "/ask/chat", STREAMS["/ask/chat"])
    assert [event["type"] for event in read_events(run.path)] == ["agent_start"]


@pytest.mark.parametrize("named", ["models.internal:443", "https://models.internal:443/ask"])
def test_named_with_the_usual_port(run: TraceContext, named: str) -> None:
    """A host may be named with the port that its URLs leave out; one of another port is another host."""
    capture.init(hosts=[named])
    with httpx2.Client(transport=answered(b'["hi"]')) as client:
        client.post("https://models.internal/ask", json={"prompt": "Hi?"})
        client.post("http://models.internal/ask", json={"prompt": "Hello?"})
    assert [event["data"]["messages"] for event in of(run, "llm_request")] == ["Hi?"]


def answered(body: bytes, kind: str = "application/json", status: int = 200) -> httpx2.MockTransport:
    """Return a host that answers everything with this."""
    return httpx2.MockTransport(lambda _: httpx2.Response(status, content=body, headers={"content-type": kind}))


@pytest.mark.parametrize(
    ("kind", "body", "content"),
    [
        ("application/json", b'{"generated": "hi"}', {"generated": "hi"}),
        ("application/json", b'["hi"]', ["hi"]),
        ("text/plain", "grüß".encode(), "grüß"),
        (
            "text/event-stream",
            b'data: {"token": "h"}\n\ndata: {"token": "i"}\n\n',
            ['{"token": "h"}', '{"token": "i"}'],
        ),
        ("text/event-stream", b"data: h\n\ndata: i\n\n", ["h", "i"]),
    ],
)
def test_unknown_answers(run: TraceContext, kind: str, body: bytes, content: Any) -> None:
    """An answer that is of no format we know is recorded as it is."""
    capture.init(hosts=["models.internal"])
    with httpx2.Client(transport=answered(body, kind)) as client:
        assert (
            client.post("http://models.internal/ask", json={"model": "own", "prompt": "Hi?", "depth": 3}).content
            == body
        )
    [request], [response] = of(run, "llm_request"), of(run, "llm_response")
    assert (request["name"], request["data"]["messages"]) == ("own", "Hi?")
    assert request["data"]["extra"] == {"body": {"model": "own", "prompt": "Hi?", "depth": 3}}
    assert response["data"]["content"] == content
    assert "error" not in response


def test_unknown_bodies(run: TraceContext) -> None:
    """A question that is no JSON is recorded as it is, and a refusal is an error."""
    capture.init(hosts=["models.internal"])
    with httpx2.Client(transport=answered(b'{"error": {"type": "busy", "message": "later"}}', status=503)) as client:
        client.post("http://models.internal/ask", content=b"<Hi?>")
    [request], [response] = of(run, "llm_request"), of(run, "llm_response")
    assert request["data"]["extra"] == {"body": "<Hi?>"}
    assert response["error"] == {"type": "busy", "message": "later"}


def test_path_that_others_use(run: TraceContext) -> None:
    """A body that is not of the format its path stands for is recorded all the same, of a named host only."""
    with httpx2.Client(transport=answered(b'{"saved": true}')) as client:
        for host in ("models.internal", "forms.internal"):
            client.post(f"http://{host}/responses", json={"survey": 4})
        capture.init(hosts=["models.internal"])
        for host in ("models.internal", "forms.internal"):
            client.post(f"http://{host}/responses", json={"survey": 4})
    assert [event["data"]["extra"] for event in of(run, "llm_request")] == [{"survey": 4}]
