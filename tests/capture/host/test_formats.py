"""Every format with its provider's package, whole, streamed and asynchronous: what passed is what is recorded."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import openai
import pytest

from capture import TraceContext
from capture.wire import Wire, recognise
from tests.loopback import Exchange, Failure, LoopbackServer, Reply, Text, Thinking, ToolUse, overloaded

from ..whole import whole_events
from .clients import KEY

SPOKEN = Reply((Thinking("let me see"), Text("Zoë — 顾客 👩‍💻"), ToolUse("lookup", {"id": "4127"}, id="call_1")))
MESSAGES: Any = [{"role": "user", "content": "Who is 4127?"}]
Event = dict[str, Any]


def openai_client(server: LoopbackServer, **options: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.openai_url, api_key=KEY, **{"max_retries": 0, **options})


def gemini_client(server: LoopbackServer) -> Any:
    pytest.importorskip("google.genai")
    genai = importlib.import_module("google.genai")
    return genai.Client(api_key=KEY, http_options={"base_url": server.base_url})


def responses(server: LoopbackServer) -> None:
    with openai_client(server) as client:
        client.responses.create(model="gpt", input="hi", instructions="be kind", store=False)


def responses_stream(server: LoopbackServer) -> None:
    with openai_client(server) as client, client.responses.stream(model="gpt", input=MESSAGES) as stream:
        assert stream.get_final_response().output_text == "Zoë — 顾客 👩‍💻"


def responses_async(server: LoopbackServer) -> None:
    async def ask() -> None:
        client = openai.AsyncOpenAI(base_url=server.openai_url, api_key=KEY)
        async with client, client.responses.stream(model="gpt", input="hi") as stream:
            assert (await stream.get_final_response()).output_text == "Zoë — 顾客 👩‍💻"

    asyncio.run(ask())


def azure(server: LoopbackServer) -> None:
    version = "2025-04-01-preview"
    with openai.AzureOpenAI(azure_endpoint=server.base_url, api_key=KEY, api_version=version) as client:
        client.chat.completions.create(model="mine", messages=MESSAGES)


def embeddings(server: LoopbackServer) -> None:
    with openai_client(server) as client:
        assert len(client.embeddings.create(model="e", input=["one", "two"]).data) == 2


def gemini(server: LoopbackServer) -> None:
    client = gemini_client(server)
    config = {"system_instruction": "be kind", "temperature": 0}
    client.models.generate_content(model="gemini-3-pro", contents="hi", config=config)


def gemini_stream(server: LoopbackServer) -> None:
    client = gemini_client(server)
    assert len(list(client.models.generate_content_stream(model="gemini-3-pro", contents="hi"))) > 3


def gemini_async(server: LoopbackServer) -> None:
    async def ask() -> None:
        client = gemini_client(server)
        async for _ in await client.aio.models.generate_content_stream(model="gemini-3-pro", contents="hi"):
            pass
        await client.aio.aclose()

    asyncio.run(ask())


WAYS = [responses, responses_stream, responses_async, azure, embeddings, gemini, gemini_stream, gemini_async]


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def server(request: pytest.FixtureRequest) -> Iterator[LoopbackServer]:
    with LoopbackServer(SPOKEN, compressed=request.param) as server:
        yield server


def of(run: TraceContext, type: str) -> list[Event]:
    return [event for event in whole_events(run.path) if event["type"] == type]


def wire_of(exchange: Exchange) -> Wire:
    path, headers = exchange.path.partition("?")[0], exchange.request_headers
    wire = recognise("POST", path, headers)
    assert wire is not None
    return wire


@pytest.mark.parametrize("way", WAYS)
def test_exchange(run: TraceContext, server: LoopbackServer, way: Callable[[LoopbackServer], None]) -> None:
    """The request and a whole answer can be built again from what was recorded, secrets left out; a stream is
    recorded as what its package read.
    """
    way(server)
    [exchange], [request], [response] = server.exchanges, of(run, "llm_request"), of(run, "llm_response")
    wire, sent = wire_of(exchange), json.loads(exchange.request)
    assert wire.request_body(request["data"]) == sent
    http = request["data"]["http"]
    assert (http["method"], http["url"].partition("/")[2].partition("/")[2].partition("/")[2]) == (
        "POST", exchange.path.removeprefix("/")
    )  # fmt: skip
    assert KEY not in json.dumps([request, response])
    named = sent.get("model") or "gemini-3-pro"
    assert (request["name"], response["name"]) == (named, named)
    data = response["data"]
    assert (data["closed_by"], data["http"]["status"], "error" in response) == ("server", 200, False)
    assert data["http"]["request_id"] == exchange.request_id
    assert data["usage_raw"] == exchange.usage
    streamed = data["http"]["headers"]["content-type"].startswith("text/event-stream")
    assert streamed is ("stream" in way.__name__ or "async" in way.__name__)
    if not streamed and not server.compressed:
        assert wire.reply_body(data) == json.loads(exchange.response)
    if way is not embeddings:
        [call] = data["tool_calls"]
        assert (call["name"], call["arguments"]) == ("lookup", {"id": "4127"})
        assert "Zoë — 顾客 👩‍💻" in json.dumps(data["content"], ensure_ascii=False)
        assert bool(of(run, "llm_chunk")) is streamed


class TestAccessors:
    """What the SDK offers around a call changes nothing in what is recorded."""

    def ask(self, run: TraceContext, use: Callable[[openai.OpenAI], object], **options: Any) -> tuple[Event, Event]:
        with LoopbackServer(Reply((Text("hello"),))) as server, openai_client(server, **options) as client:
            use(client)
        [request], [response] = of(run, "llm_request"), of(run, "llm_response")
        return request, response

    def test_raw_response(self, run: TraceContext) -> None:
        """`with_raw_response` hands out the same bytes, and is recorded like any call."""

        def use(client: openai.OpenAI) -> None:
            raw = client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES)
            assert raw.headers["x-request-id"].startswith("req_")
            assert raw.parse().choices[0].message.content == "hello"

        assert self.ask(run, use)[1]["data"]["content"] == "hello"

    def test_streaming_response(self, run: TraceContext) -> None:
        """With `with_streaming_response` the body is read when its reader wants it, and recorded then."""

        def use(client: openai.OpenAI) -> None:
            with client.chat.completions.with_streaming_response.create(model="m", messages=MESSAGES) as response:
                assert of(run, "llm_response") == []
                assert json.loads(b"".join(response.iter_bytes()))["choices"][0]["message"]["content"] == "hello"

        data = self.ask(run, use)[1]["data"]
        assert (data["content"], data["closed_by"]) == ("hello", "server")

    def test_streaming_response_unread(self, run: TraceContext) -> None:
        """A body that its reader leaves unread was closed by the reader."""

        def use(client: openai.OpenAI) -> None:
            with client.chat.completions.with_streaming_response.create(model="m", messages=MESSAGES):
                pass

        data = self.ask(run, use)[1]["data"]
        assert (data["closed_by"], "content" in data) == ("consumer", False)

    def test_options(self, run: TraceContext) -> None:
        """What `with_options` and the call itself add is in the request that is recorded."""

        def use(client: openai.OpenAI) -> None:
            client.with_options(default_headers={"x-mine": "1"}, timeout=30).chat.completions.create(
                model="m", messages=MESSAGES, extra_body={"top_k": 3}, extra_headers={"x-also": "2"}
            )

        data = self.ask(run, use)[0]["data"]
        assert (data["extra"], data["http"]["headers"]["x-mine"], data["http"]["headers"]["x-also"]) == (
            {"top_k": 3}, "1", "2"
        )  # fmt: skip

    def test_httpx(self, run: TraceContext) -> None:
        """So it is over httpx."""
        http: Any = httpx.Client(trust_env=False)
        _, response = self.ask(run, lambda c: c.responses.create(model="m", input="hi"), http_client=http)
        assert response["data"]["content"][0]["content"][0]["text"] == "hello"


def test_upload(run: TraceContext) -> None:
    """A file that is uploaded in parts passes as it is and is no model call; the next call is recorded."""
    bodies = []
    for file in (b"x" * 100_000, b"y"):
        with LoopbackServer(Reply((Text("hello"),))) as server, openai_client(server) as client:
            with pytest.raises(openai.NotFoundError):  # the server knows no files
                client.files.create(file=("notes.txt", file), purpose="assistants")
            client.chat.completions.create(model="m", messages=MESSAGES)
            bodies.append(server.exchanges[0].request)
    assert b"x" * 100_000 in bodies[0]
    assert b'filename="notes.txt"' in bodies[1]
    assert len(of(run, "llm_request")) == 2


def test_a_body_that_is_still_made(run: TraceContext) -> None:
    """A body that is made piece by piece is not read by us: the call is recorded, what was asked is not known."""
    with LoopbackServer(Reply((Text("hello"),))) as server, httpx.Client(trust_env=False) as client:
        pieces = (piece for piece in (b'{"model": "m", ', b'"messages": [{"role": "user"}]}'))
        url, headers = f"{server.openai_url}/chat/completions", {"authorization": "Bearer k"}
        assert client.post(url, content=pieces, headers={**headers, "content-length": "46"}).status_code == 200
    [request], [response] = of(run, "llm_request"), of(run, "llm_response")
    assert "messages" not in request["data"]
    assert response["data"]["content"] == "hello"


PATIENCE = 30.0
"""Seconds after which a piece that does not come has failed the test; one that comes takes none of them."""
WORDS = [f" word{number}" for number in range(10)]


class HeldServer(LoopbackServer):
    """Sends a piece, and the next one only when it has been told that this one has arrived."""

    def __init__(self) -> None:
        self._told = threading.Semaphore(0)
        super().__init__(Reply((Text("".join(WORDS)),)), pace=1.0)

    def __enter__(self) -> HeldServer:
        return self

    def arrived(self) -> None:
        self._told.release()

    def close(self) -> None:
        self._told.release(100)  # nobody listens any more
        super().close()

    def pause(self, seconds: float) -> None:
        if seconds > 0 and not self._told.acquire(timeout=PATIENCE):
            raise ConnectionAbortedError("nobody said that the piece has arrived")


class TestPieces:
    """The pieces of a stream arrive one by one, as they are sent."""

    def responses(self, server: LoopbackServer) -> Iterator[str]:
        with openai_client(server) as client, client.responses.create(model="m", input="hi", stream=True) as stream:
            for event in stream:
                if event.type == "response.output_text.delta":
                    yield event.delta

    def gemini(self, server: LoopbackServer) -> Iterator[str]:
        client = gemini_client(server)
        for piece in client.models.generate_content_stream(model="m", contents="hi"):
            yield piece.text

    @pytest.mark.parametrize("way", [responses, gemini])
    def test_as_they_come(self, run: TraceContext, way: Callable[..., Iterator[str]]) -> None:
        """Each of ten pieces is read while the server waits to hear of it; all are recorded, with their times."""
        heard = []
        with HeldServer() as server:
            for word in way(self, server):
                heard.append(word)
                server.arrived()
        assert heard == WORDS
        assert "".join(chunk["data"]["text"] for chunk in of(run, "llm_chunk")) == "".join(WORDS)
        [response] = of(run, "llm_response")
        assert len(response["data"]["chunks"]) >= len(WORDS)
        assert response["data"]["closed_by"] == "server"

    @pytest.mark.parametrize("way", [responses, gemini])
    def test_stopped(self, run: TraceContext, way: Callable[..., Iterator[str]]) -> None:
        """A consumer that stops after three of them closed the stream; those are what is recorded."""
        with HeldServer() as server:
            words = way(self, server)
            for _ in range(3):
                next(words)
                server.arrived()
            words.close()  # type: ignore[attr-defined]
            gc.collect()
            [response] = of(run, "llm_response")
        assert (response["data"]["closed_by"], "error" in response) == ("consumer", False)
        said = json.dumps(response["data"]["content"])
        assert [word for word in WORDS if word in said] == WORDS[:3]


class TestFailures:
    CASES: Mapping[str, tuple[Reply | Failure, str]] = {
        "refused": (Failure(400, "invalid_request_error", "no such tool"), "invalid_request_error"),
        "overloaded": (Failure(503, "server_error", "busy"), "server_error"),
        "cut": (Reply((Text("so far"),), breaks="cut"), "httpx2.RemoteProtocolError"),
    }

    @pytest.mark.parametrize("case", CASES)
    def test_responses(self, run: TraceContext, case: str) -> None:
        """A failed call says how, in the provider's words or the transport's."""
        answer, kind = self.CASES[case]
        with LoopbackServer(answer) as server, openai_client(server) as client, pytest.raises(openai.OpenAIError):
            client.responses.create(model="m", input="hi")
        [response] = of(run, "llm_response")
        assert response["error"]["type"] == kind
        assert response["data"]["closed_by"] == ("error" if case == "cut" else "server")

    @pytest.mark.parametrize("stream", [False, True])
    def test_gemini(self, run: TraceContext, stream: bool) -> None:
        """So does Google's."""
        with LoopbackServer(Failure(429, "", "slow down")) as server:
            client = gemini_client(server)
            ask = client.models.generate_content_stream if stream else client.models.generate_content
            with pytest.raises(Exception, match="slow down"):
                list(ask(model="m", contents="hi"))
        [response] = of(run, "llm_response")
        assert response["error"] == {"type": "RESOURCE_EXHAUSTED", "message": "slow down"}

    def test_error_event(self, run: TraceContext) -> None:
        """A stream that ends in an error has failed with it, and keeps what had come."""
        with LoopbackServer(Reply((Text("so far"),), breaks=overloaded())) as server, openai_client(server) as client:
            *_, last = client.responses.create(model="m", input="hi", stream=True)
            assert last.type == "error"
        [response] = of(run, "llm_response")
        assert response["error"]["message"] == "Overloaded"
        assert response["data"]["content"][0]["content"][0]["text"] == "so far"

    def test_retries(self, run: TraceContext) -> None:
        """Each attempt is a request that says which it is; the second costs no message."""
        with LoopbackServer(overloaded(), SPOKEN) as server, openai_client(server, max_retries=1) as client:
            client.responses.create(model="m", input=MESSAGES)
        assert [event["data"]["attempt"] for event in of(run, "llm_request")] == [1, 2]
        assert ["error" in event for event in of(run, "llm_response")] == [True, False]

    @pytest.mark.parametrize("stream", [False, True])
    def test_timeout(self, run: TraceContext, stream: bool) -> None:
        """An answer that takes too long is a failure of the transport."""
        with (
            LoopbackServer(Reply((Text("late"),), delay=3600)) as server,
            openai_client(server, timeout=0.05) as client,
            pytest.raises(openai.APITimeoutError),
        ):
            client.responses.create(model="m", input="hi", stream=stream)
        [response] = of(run, "llm_response")
        assert (response["error"]["type"], response["data"]["closed_by"]) == ("httpx2.ReadTimeout", "error")
