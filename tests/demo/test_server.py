from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import anthropic
import httpx2
import pytest

from peek_tui.demo.server import Failure, ModelServer, Reply, ScriptedModel, Text, ToolUse, overloaded

Serve = Callable[..., ModelServer]
Connect = Callable[[ModelServer], anthropic.Anthropic]

ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Who is 4127?"}]}

WORDS = "Zoë — 顾客 👩‍💻 is waiting,\n\nnow  "
SPOKEN = Reply(
    (Text(WORDS), ToolUse("lookup", {"id": "4127", "заметка": "ł"}, id="toolu_1"), ToolUse("clock", {}, id="toolu_2"))
)
CONTENT = [
    {"type": "text", "text": WORDS},
    {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"id": "4127", "заметка": "ł"}},
    {"type": "tool_use", "id": "toolu_2", "name": "clock", "input": {}},
]
USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 8,
    "cache_read_input_tokens": 0,
    "cache_creation": {"ephemeral_5m_input_tokens": 8, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 19,
    "service_tier": "standard",
}


class Echo:
    """A model that repeats the last thing it was told."""

    def reply(self, request: Mapping[str, Any]) -> Reply:
        return Reply((Text(request["messages"][-1]["content"]),))


class Broken:
    """A model with a bug."""

    def reply(self, request: Mapping[str, Any]) -> Reply:
        raise KeyError("tool_use_id")


def read_stream(client: anthropic.Anthropic) -> anthropic.types.ParsedMessage[None]:
    with client.messages.stream(**ASK) as stream:
        return stream.get_final_message()


def post(server: ModelServer, body: bytes, path: str = "/v1/messages", **headers: str) -> httpx2.Response:
    given = headers or {"x-api-key": "demo"}
    with httpx2.Client(trust_env=False) as client:
        return client.post(server.base_url + path, content=body, headers=given)


def events(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(frame.split(b"\ndata: ")[1]) for frame in body.split(b"\n\n") if frame]


class TestAnswers:
    def test_whole(self, serve: Serve, connect: Connect) -> None:
        """A request without `stream` gets one message in the provider's shape."""
        message = connect(serve(SPOKEN)).messages.create(**ASK)
        assert message.to_dict() == {
            "id": "msg_01aa4d62bad506a9656182ca",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-5-5",
            "content": CONTENT,
            "stop_reason": "tool_use",
            "stop_sequence": None,
            "stop_details": None,
            "usage": USAGE,
        }

    def test_streamed(self, serve: Serve, connect: Connect) -> None:
        """A stream adds up to the message a request without `stream` gets."""
        streamed = read_stream(connect(serve(SPOKEN)))
        whole = connect(serve(SPOKEN)).messages.create(**ASK)
        assert streamed.to_dict() == whole.to_dict()

    async def test_async(self, serve: Serve) -> None:
        """The asynchronous client reads the same, streamed or not."""
        server = serve(SPOKEN, SPOKEN)
        async with anthropic.AsyncAnthropic(base_url=server.base_url, api_key="demo") as client:
            whole = await client.messages.create(**ASK)
            async with client.messages.stream(**ASK) as stream:
                streamed = await stream.get_final_message()
        assert [block.to_dict() for block in whole.content] == CONTENT
        assert [block.to_dict() for block in streamed.content] == CONTENT

    async def test_at_once(self, serve: Serve) -> None:
        """Requests that overlap get the answers meant for them."""
        server = serve(model=Echo(), pace=0.001)
        words = [f"слово {number}" for number in range(20)]

        async def ask(client: anthropic.AsyncAnthropic, word: str) -> str:
            async with client.messages.stream(**{**ASK, "messages": [{"role": "user", "content": word}]}) as stream:
                return await stream.get_final_text()

        async with anthropic.AsyncAnthropic(base_url=server.base_url, api_key="demo") as client:
            assert await asyncio.gather(*(ask(client, word) for word in words)) == words
        assert len({exchange.request_id for exchange in server.exchanges}) == 20

    def test_refusal(self, serve: Serve, connect: Connect) -> None:
        """A refusal carries its stop reason and its details, and may have no content."""
        details = {"type": "refusal", "category": "cyber", "explanation": "no"}
        message = read_stream(connect(serve(Reply((), reason="refusal", details=details))))
        assert (message.content, message.stop_reason) == ([], "refusal")
        assert message.stop_details is not None
        assert message.stop_details.to_dict() == details

    def test_request_reaches_the_model(self, serve: Serve, connect: Connect) -> None:
        """The model is given the body as the client sent it."""
        model = ScriptedModel(SPOKEN)
        connect(serve(model=model)).messages.create(**ASK)
        assert model.requests == [ASK]


class TestWire:
    def test_order_of_events(self, serve: Serve) -> None:
        """A stream is the provider's sequence of events, and each frame names its own."""
        reply = Reply((Text("Hi there"), ToolUse("clock", {}, id="toolu_2")))
        body = post(serve(reply), json.dumps({**ASK, "stream": True}).encode()).content
        assert [event["type"] for event in events(body)] == [
            "message_start",
            "content_block_start",
            "ping",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
        assert body.startswith(b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_')
        assert body.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')

    def test_deltas(self, serve: Serve) -> None:
        """Text comes in words and arguments in pieces of JSON, the first of them empty."""
        reply = Reply((Text("Hi there"), ToolUse("find", {"a": "é" * 20}, id="toolu_2")))
        body = post(serve(reply), json.dumps({**ASK, "stream": True}).encode()).content
        assert [event["delta"] for event in events(body) if event["type"] == "content_block_delta"] == [
            {"type": "text_delta", "text": "Hi"},
            {"type": "text_delta", "text": " there"},
            {"type": "input_json_delta", "partial_json": ""},
            {"type": "input_json_delta", "partial_json": '{"a":"' + "é" * 14},
            {"type": "input_json_delta", "partial_json": "é" * 6 + '"}'},
        ]

    def test_usage_of_a_stream(self, serve: Serve) -> None:
        """A stream opens with the input's tokens and ends with the totals."""
        body = post(serve(SPOKEN), json.dumps({**ASK, "stream": True}).encode()).content
        first, *_, last, _ = events(body)
        assert first["message"]["usage"] == {**USAGE, "output_tokens": 1}
        assert last["usage"] == {
            "input_tokens": 10,
            "cache_creation_input_tokens": 8,
            "cache_read_input_tokens": 0,
            "output_tokens": 19,
        }

    def test_headers(self, serve: Serve) -> None:
        """An answer names its request, and does not name the machine."""
        response = post(serve(SPOKEN), json.dumps(ASK).encode())
        assert response.headers["request-id"] == "req_0128cb03b06c288e88c6a880"
        assert response.headers["content-type"] == "application/json"
        assert response.headers["server"] == "peek-demo"

    def test_pace(self, monkeypatch: pytest.MonkeyPatch, serve: Serve, connect: Connect) -> None:
        """The server thinks for the reply's delay, then waits for its pace after each piece."""
        waits: list[float] = []
        server = serve(Reply((Text("one two three"),), delay=0.7), pace=0.25)
        monkeypatch.setattr(server, "pause", waits.append)
        assert read_stream(connect(server)).content[0].to_dict() == {"type": "text", "text": "one two three"}
        assert waits == [0.7, 0.25, 0.25, 0.25]


class TestFailures:
    def test_overloaded_once(self, serve: Serve, connect: Connect) -> None:
        """A 529 is retried by the SDK, streaming or not, and the second attempt says that it is one."""
        server = serve(overloaded(), SPOKEN, overloaded(), SPOKEN)
        client = connect(server)
        assert read_stream(client).stop_reason == "tool_use"
        assert client.messages.create(**ASK).stop_reason == "tool_use"
        assert [exchange.status for exchange in server.exchanges] == [529, 200, 529, 200]
        attempts = [exchange.request_headers["x-stainless-retry-count"] for exchange in server.exchanges]
        assert attempts == ["0", "1", "0", "1"]

    def test_overloaded_for_good(self, serve: Serve, connect: Connect) -> None:
        """A provider that stays overloaded is given up after two retries, with its own words."""
        server = serve(*[overloaded()] * 3)
        with pytest.raises(anthropic.OverloadedError) as raised:
            connect(server).messages.create(**ASK)
        assert (raised.value.status_code, raised.value.type) == (529, "overloaded_error")
        assert raised.value.request_id == server.exchanges[2].request_id
        assert len(server.exchanges) == 3

    @pytest.mark.parametrize(
        ("seconds", "headers"),
        [
            (None, {"x-should-retry": "false"}),
            (0, {"x-should-retry": "true", "retry-after-ms": "1", "retry-after": "0"}),
            (1.25, {"x-should-retry": "true", "retry-after-ms": "1250", "retry-after": "2"}),
        ],
    )
    def test_retry_headers(self, seconds: float | None, headers: dict[str, str]) -> None:
        """A failure says whether and when to come back."""
        assert Failure(429, "rate_limit_error", "Slow down", seconds).headers() == headers

    @pytest.mark.parametrize(
        ("path", "body", "status", "kind", "text"),
        [
            ("/v1/complete", b"{}", 404, "not_found_error", "Not found: POST /v1/complete"),
            (
                "/v1/messages",
                b"<",
                400,
                "invalid_request_error",
                "The request body is not valid JSON: Expecting value: line 1 column 1 (char 0)",
            ),
            ("/v1/messages", b"[]", 400, "invalid_request_error", "The request body is not a JSON object"),
            ("/v1/messages", b'{"model":"m"}', 400, "invalid_request_error", "max_tokens: Field required"),
        ],
    )
    def test_bad_requests(self, serve: Serve, path: str, body: bytes, status: int, kind: str, text: str) -> None:
        """What the API does not understand is refused in the provider's error shape, and not to be retried."""
        response = post(serve(), body, path)
        assert (response.status_code, response.headers["x-should-retry"]) == (status, "false")
        assert response.json() == {
            "type": "error",
            "error": {"type": kind, "message": text},
            "request_id": response.headers["request-id"],
        }

    def test_other_methods(self, serve: Serve) -> None:
        """Only POST is served."""
        with httpx2.Client(trust_env=False) as client:
            response = client.get(f"{serve().base_url}/v1/messages")
        assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found_error")

    def test_no_key(self, serve: Serve) -> None:
        """A request without a key is not authenticated."""
        response = post(serve(SPOKEN), json.dumps(ASK).encode(), accept="*/*")
        assert (response.status_code, response.json()["error"]["type"]) == (401, "authentication_error")

    def test_a_model_that_raises(self, serve: Serve, connect: Connect) -> None:
        """An exception in a model is the client's error 500, once and with its text."""
        server = serve(model=Broken())
        with pytest.raises(anthropic.InternalServerError) as raised:
            connect(server).messages.create(**ASK)
        assert (raised.value.status_code, raised.value.api_message) == (500, "KeyError: 'tool_use_id'")
        assert len(server.exchanges) == 1

    def test_error_in_a_stream(self, serve: Serve, connect: Connect) -> None:
        """A stream may end in an `error` event, which the SDK raises after what came before it."""
        said: list[str] = []
        with (
            pytest.raises(anthropic.APIStatusError) as raised,
            connect(serve(Reply((Text("so far"),), breaks=overloaded()))).messages.stream(**ASK) as stream,
        ):
            said.extend(stream.text_stream)
        assert said == ["so", " far"]
        assert (raised.value.status_code, raised.value.type) == (200, "overloaded_error")

    def test_cut_stream(self, serve: Serve, connect: Connect) -> None:
        """A stream may be cut, and the server goes on with the next request."""
        server = serve(Reply((Text("so far"),), breaks="cut"), SPOKEN)
        client = connect(server)
        with pytest.raises(httpx2.RemoteProtocolError):
            read_stream(client)
        assert read_stream(client).stop_reason == "tool_use"
        assert [exchange.complete for exchange in server.exchanges] == [False, True]


class TestExchanges:
    def test_bytes(self, serve: Serve) -> None:
        """What was received and sent is kept byte for byte."""
        server = serve(SPOKEN)
        sent = json.dumps({**ASK, "stream": True}).encode()
        received = post(server, sent, "/v1/messages?beta=true").content
        [exchange] = server.exchanges
        assert (exchange.path, exchange.status) == ("/v1/messages?beta=true", 200)
        assert (exchange.request, exchange.response) == (sent, received)
        assert (exchange.usage, exchange.complete) == (USAGE, True)

    def test_failures_have_no_usage(self, serve: Serve) -> None:
        """An error costs nothing."""
        server = serve(overloaded())
        body = post(server, json.dumps(ASK).encode()).content
        [exchange] = server.exchanges
        assert (exchange.status, exchange.response, exchange.usage) == (529, body, None)

    def test_quiet(self, serve: Serve, connect: Connect, capfd: pytest.CaptureFixture[str]) -> None:
        """The server prints nothing."""
        connect(serve(SPOKEN)).messages.create(**ASK)
        assert capfd.readouterr() == ("", "")


class TestLeaving:
    def test_client_leaves(self, serve: Serve, connect: Connect, capfd: pytest.CaptureFixture[str]) -> None:
        """A client that leaves in the middle of a stream costs only that stream."""
        server = serve(Reply((Text("word " * 200),)), SPOKEN, pace=0.005)
        client = connect(server)
        with client.messages.stream(**ASK) as stream:
            assert next(stream.text_stream) == "word"
        assert read_stream(client).stop_reason == "tool_use"
        server.close()
        assert sorted(exchange.complete for exchange in server.exchanges) == [False, True]
        assert capfd.readouterr() == ("", "")

    def test_server_closes(self, connect: Connect) -> None:
        """Closing the server cuts what is under way at once, and leaves no thread behind."""
        threads = threading.active_count()
        server = ModelServer(ScriptedModel(Reply((Text("one two"),))), pace=3600)
        with connect(server).messages.stream(**ASK) as stream:
            assert next(stream.text_stream) == "one"
            server.close()
            with pytest.raises(httpx2.RemoteProtocolError):
                stream.get_final_message()
        assert threading.active_count() == threads
        assert [exchange.complete for exchange in server.exchanges] == [False]

    def test_idle_connections(self, connect: Connect) -> None:
        """A client that keeps its connection open does not keep the server from closing, twice if need be."""
        threads = threading.active_count()
        with ModelServer(ScriptedModel(SPOKEN)) as server:
            connect(server).messages.create(**ASK)
            server.close()
        assert threading.active_count() == threads
