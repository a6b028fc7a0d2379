"""Chat completions, with the real client against the real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection
from typing import Any, NamedTuple

import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from peek_tui.demo.server import Failure, ModelServer, Reply, ScriptedModel, Text, ToolUse

Serve = Callable[..., ModelServer]

ASK: Any = {"model": "gpt-5.4-mini", "messages": [{"role": "user", "content": "Who is 4127?"}]}

WORDS = "Zoë — 顾客 👩‍💻 is waiting,\n\nnow  "
SPOKEN = Reply(
    (Text(WORDS), ToolUse("lookup", {"id": "4127", "заметка": "ł"}, id="call_1"), ToolUse("clock", {}, id="call_2"))
)
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": '{"id":"4127","заметка":"ł"}'}},
    {"id": "call_2", "type": "function", "function": {"name": "clock", "arguments": "{}"}},
]
USAGE = {
    "prompt_tokens": 17,
    "completion_tokens": 19,
    "total_tokens": 36,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
SLOW = Failure(429, "requests", "Rate limit reached", 0.001, code="rate_limit_exceeded")


def connect(server: ModelServer, retries: int = 2) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.base_url}/v1", api_key="demo", max_retries=retries)


def connect_async(server: ModelServer) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{server.base_url}/v1", api_key="demo")


def whole(server: ModelServer) -> ChatCompletion:
    with connect(server) as client:
        completion: ChatCompletion = client.chat.completions.create(**ASK)
        return completion


def streamed(server: ModelServer, **options: Any) -> ChatCompletion:
    with connect(server) as client, client.chat.completions.stream(**ASK, **options) as stream:
        return stream.get_final_completion()


def chunks(server: ModelServer, **options: Any) -> list[ChatCompletionChunk]:
    with connect(server) as client:
        return list(client.chat.completions.create(**ASK, **options, stream=True))


class Response(NamedTuple):
    """An answer as it came, to a request that no SDK would send."""

    status: int
    headers: Message
    body: bytes


def post(server: ModelServer, body: bytes, **headers: str) -> Response:
    given = headers or {"authorization": "Bearer demo"}
    with closing(HTTPConnection("127.0.0.1", server.server_address[1])) as connection:
        connection.request("POST", "/v1/chat/completions", body, given)
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())


def said(completion: ChatCompletion) -> tuple[str | None, list[dict[str, object]], str]:
    """What an answer says, without what the client adds to it while it reads a stream."""
    [choice] = completion.choices
    calls = [call.to_dict() for call in choice.message.tool_calls or ()]
    return choice.message.content, [_stated(call) for call in calls], choice.finish_reason


def _stated(call: dict[str, object]) -> dict[str, object]:
    function = call["function"]
    assert isinstance(function, dict)
    return {
        **{key: call[key] for key in ("id", "type")},
        "function": {key: function[key] for key in ("name", "arguments")},
    }


class TestAnswers:
    def test_whole(self, serve: Serve) -> None:
        """A request without `stream` gets one completion in the provider's shape."""
        assert whole(serve(SPOKEN)).to_dict() == {
            "id": "chatcmpl-01aa4d62bad506a9656182ca",
            "object": "chat.completion",
            "created": 1_795_143_600,
            "model": "gpt-5.4-mini",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": WORDS, "refusal": None, "tool_calls": CALLS},
                    "logprobs": None,
                    "finish_reason": "tool_calls",
                }
            ],
            "usage": USAGE,
            "service_tier": "default",
            "system_fingerprint": None,
        }

    def test_streamed(self, serve: Serve) -> None:
        """A stream adds up to the completion a request without `stream` gets."""
        stream = streamed(serve(SPOKEN), stream_options={"include_usage": True})
        completion = whole(serve(SPOKEN))
        assert said(stream) == said(completion) == (WORDS, CALLS, "tool_calls")
        assert (stream.id, stream.model, stream.usage) == (completion.id, completion.model, completion.usage)

    @pytest.mark.parametrize(
        ("reply", "content", "calls", "reason"),
        [
            (Reply((Text("yes"),)), "yes", [], "stop"),
            (Reply((Text("one, "), Text("two"))), "one, two", [], "stop"),
            (Reply((ToolUse("clock", {}, id="call_2"),)), None, CALLS[1:], "tool_calls"),
        ],
    )
    def test_parts(
        self, serve: Serve, reply: Reply, content: str | None, calls: list[dict[str, Any]], reason: str
    ) -> None:
        """An answer may have words, calls or both, and says why it ends."""
        assert said(whole(serve(reply))) == said(streamed(serve(reply))) == (content, calls, reason)

    @pytest.mark.parametrize(
        ("reason", "word"), [("max_tokens", "length"), ("refusal", "content_filter"), ("odd", "odd")]
    )
    def test_reasons(self, serve: Serve, reason: str, word: str) -> None:
        """A reason to stop is said in OpenAI's words, if it has one."""
        assert whole(serve(Reply((Text("so far"),), reason=reason))).choices[0].finish_reason == word

    async def test_async(self, serve: Serve) -> None:
        """The asynchronous client reads the same, streamed or not."""
        async with connect_async(serve(SPOKEN, SPOKEN)) as client:
            completion = await client.chat.completions.create(**ASK)
            async with client.chat.completions.stream(**ASK) as stream:
                final = await stream.get_final_completion()
        assert said(completion) == said(final) == (WORDS, CALLS, "tool_calls")

    async def test_at_once(self, serve: Serve) -> None:
        """Requests that overlap get the answers meant for them, in either format."""

        class Echo:
            def reply(self, request: Mapping[str, Any]) -> Reply:
                return Reply((Text(request["messages"][-1]["content"]),))

        server = serve(model=Echo(), pace=0.001)
        words = [f"слово {number}" for number in range(20)]

        async def ask(client: openai.AsyncOpenAI, word: str) -> str | None:
            messages: Any = [{"role": "user", "content": word}]
            async with client.chat.completions.stream(model="m", messages=messages) as stream:
                return (await stream.get_final_completion()).choices[0].message.content

        async with connect_async(server) as client:
            assert await asyncio.gather(*(ask(client, word) for word in words)) == words
        assert len({exchange.request_id for exchange in server.exchanges}) == 20

    def test_request_reaches_the_model(self, serve: Serve) -> None:
        """The model is given the body as the client sent it."""
        model = ScriptedModel(SPOKEN)
        whole(serve(model=model))
        assert model.requests == [ASK]


class TestWire:
    def test_deltas(self, serve: Serve) -> None:
        """A stream is the role, the text in words, each call's name and then its arguments in pieces, and the end."""
        reply = Reply(
            (Text("Hi there"), ToolUse("find", {"a": "é" * 20}, id="call_1"), ToolUse("now", {}, id="call_2"))
        )
        deltas = [chunk.choices[0].delta.to_dict() for chunk in chunks(serve(reply))]
        find = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": ""}}
        now = {"id": "call_2", "type": "function", "function": {"name": "now", "arguments": ""}}
        assert deltas == [
            {"role": "assistant", "content": "", "refusal": None},
            {"content": "Hi"},
            {"content": " there"},
            {"tool_calls": [{"index": 0, **find}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"a":"' + "é" * 14}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": "é" * 6 + '"}'}}]},
            {"tool_calls": [{"index": 1, **now}]},
            {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
            {},
        ]

    def test_bytes(self, serve: Serve) -> None:
        """Events have no names; one completion id is on all of them, and the last is `[DONE]`."""
        body = post(serve(SPOKEN), json.dumps({**ASK, "stream": True}).encode()).body
        *frames, done, rest = body.split(b"\n\n")
        assert (done, rest) == (b"data: [DONE]", b"")
        events = [json.loads(frame.removeprefix(b"data: ")) for frame in frames]
        assert {(event["id"], event["object"]) for event in events} == {
            ("chatcmpl-01aa4d62bad506a9656182ca", "chat.completion.chunk")
        }

    def test_usage_of_a_stream(self, serve: Serve) -> None:
        """Only a stream that asks for the usage gets it, in a last chunk without choices."""
        *pieces, last = chunks(serve(SPOKEN), stream_options={"include_usage": True})
        assert {piece.usage for piece in pieces} == {None}
        assert last.choices == []
        assert last.usage is not None
        assert last.usage.to_dict() == USAGE
        assert {chunk.usage for chunk in chunks(serve(SPOKEN))} == {None}

    def test_cached_tokens(self, serve: Serve) -> None:
        """The tokens of a prompt include what was read from the cache."""
        server = serve(SPOKEN, SPOKEN)
        whole(server)
        usage = whole(server).usage
        assert usage is not None
        assert usage.prompt_tokens_details is not None
        assert (usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens) == (17, 7)

    def test_headers(self, serve: Serve) -> None:
        """An answer names its request where the client looks for it."""
        server = serve(SPOKEN)
        assert whole(server)._request_id == server.exchanges[0].request_id == "req_0128cb03b06c288e88c6a880"

    def test_pace(self, monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
        """The server thinks for the reply's delay, then waits for its pace after each piece."""
        waits: list[float] = []
        server = serve(Reply((Text("one two"), ToolUse("now", {})), delay=0.7), pace=0.25)
        monkeypatch.setattr(server, "pause", waits.append)
        streamed(server)
        assert waits == [0.7, 0.25, 0.25, 0.25, 0.25]


class TestFailures:
    def test_slow_down(self, serve: Serve) -> None:
        """A 429 is retried by the SDK, streaming or not, and the second attempt says that it is one."""
        server = serve(SLOW, SPOKEN, SLOW, SPOKEN)
        assert (said(streamed(server)), said(whole(server))) == ((WORDS, CALLS, "tool_calls"),) * 2
        assert [exchange.status for exchange in server.exchanges] == [429, 200, 429, 200]
        attempts = [exchange.request_headers["x-stainless-retry-count"] for exchange in server.exchanges]
        assert attempts == ["0", "1", "0", "1"]

    def test_error(self, serve: Serve) -> None:
        """An error has the provider's shape, and its words reach the caller."""
        server = serve(SLOW)
        with pytest.raises(openai.RateLimitError) as raised, connect(server, retries=0) as client:
            client.chat.completions.create(**ASK)
        error = {"message": "Rate limit reached", "type": "requests", "param": None, "code": "rate_limit_exceeded"}
        assert json.loads(server.exchanges[0].response) == {"error": error}
        assert (raised.value.type, raised.value.code) == ("requests", "rate_limit_exceeded")
        assert raised.value.request_id == server.exchanges[0].request_id

    @pytest.mark.parametrize(
        ("body", "status", "error"),
        [
            (b"<", 400, ("The request body is not valid JSON: Expecting value: line 1 column 1 (char 0)", None, None)),
            (
                b'{"model":"m"}',
                400,
                ("Missing required parameter: 'messages'.", "messages", "missing_required_parameter"),
            ),
        ],
    )
    def test_bad_requests(
        self, serve: Serve, body: bytes, status: int, error: tuple[str, str | None, str | None]
    ) -> None:
        """What the API does not understand is refused in the provider's error shape, and not to be retried."""
        response = post(serve(), body)
        assert (response.status, response.headers["x-should-retry"]) == (status, "false")
        message, param, code = error
        assert json.loads(response.body) == {
            "error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}
        }

    def test_no_key(self, serve: Serve) -> None:
        """A request without a key is not authenticated."""
        response = post(serve(SPOKEN), json.dumps(ASK).encode(), accept="*/*")
        assert response.status == 401
        assert json.loads(response.body)["error"]["message"] == "You didn't provide an API key."

    def test_error_in_a_stream(self, serve: Serve) -> None:
        """A stream may end in an error, which the SDK raises after what came before it."""
        heard: list[str | None] = []
        broken = Failure(500, "server_error", "The server had an error")
        with connect(serve(Reply((Text("so far"),), breaks=broken))) as client:
            stream = client.chat.completions.create(**ASK, stream=True)
            with pytest.raises(openai.APIError, match="The server had an error"):
                heard.extend(chunk.choices[0].delta.content for chunk in stream)
        assert heard == ["", "so", " far"]

    def test_cut_stream(self, serve: Serve) -> None:
        """A stream may be cut, and the server goes on with the next request."""
        server = serve(Reply((Text("so far"),), breaks="cut"), SPOKEN)
        with pytest.raises(openai.APIConnectionError):
            streamed(server)
        assert said(streamed(server)) == (WORDS, CALLS, "tool_calls")
        assert [exchange.complete for exchange in server.exchanges] == [False, True]


class TestExchanges:
    def test_kept(self, serve: Serve) -> None:
        """What was received and sent is kept byte for byte, with its usage whether or not it was asked for."""
        server = serve(SPOKEN)
        sent = json.dumps({**ASK, "stream": True}).encode()
        received = post(server, sent).body
        [exchange] = server.exchanges
        assert (exchange.path, exchange.status) == ("/v1/chat/completions", 200)
        assert (exchange.request, exchange.response) == (sent, received)
        assert (exchange.usage, exchange.complete) == (USAGE, True)
