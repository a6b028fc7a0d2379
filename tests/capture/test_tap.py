"""The tap, with the real client against a real server: what passes is recorded, and passes as it is."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import anthropic
import httpx2
import pytest

import capture
from capture import TraceContext
from capture.instrument import http
from capture.instrument.answer import Answer
from capture.testing import read_events
from peek_tui.demo.server import Failure, ModelServer, Reply, ScriptedModel, Text, ToolUse, overloaded
from tests.conftest import RunPython

ASK: Any = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 64,
    "system": "Be kind.",
    "messages": [{"role": "user", "content": "Who is 4127?"}],
}
STREAMED = {**ASK, "stream": True}
WORDS = "Zoë — 顾客 👩‍💻 is waiting,\n\nnow  "
SPOKEN = Reply((Text(WORDS), ToolUse("lookup", {"id": "4127", "заметка": "ł"}, id="toolu_1")))
CONTENT = [
    {"type": "text", "text": WORDS},
    {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {"id": "4127", "заметка": "ł"}},
]
KEY = "sk-ant-api03-nobody-may-ever-see-this"

Serve = Callable[..., ModelServer]
Event = dict[str, Any]


@pytest.fixture
def untapped() -> None:
    """The libraries as their authors wrote them, until something is installed."""
    capture.uninstall()


@pytest.fixture
def tapped(untapped: None) -> None:
    """The library with the tap, until the test ends."""
    capture.install()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Open servers that give these answers, until the test ends."""
    with ExitStack() as servers:

        def open_server(*answers: Reply | Failure, pace: float = 0.0) -> ModelServer:
            return servers.enter_context(ModelServer(ScriptedModel(*answers), pace=pace))

        yield open_server


def connect(server: ModelServer | str, retries: int = 0, **options: Any) -> anthropic.Anthropic:
    url = server if isinstance(server, str) else server.base_url
    return anthropic.Anthropic(base_url=url, api_key=KEY, max_retries=retries, **options)


def connect_async(server: ModelServer, retries: int = 0) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=server.base_url, api_key=KEY, max_retries=retries)


def whole(client: anthropic.Anthropic) -> Any:
    return client.messages.create(**ASK)


def stream(client: anthropic.Anthropic) -> Any:
    with client.messages.stream(**ASK) as events:
        return events.get_final_message()


async def whole_async(client: anthropic.AsyncAnthropic) -> Any:
    return await client.messages.create(**ASK)


async def stream_async(client: anthropic.AsyncAnthropic) -> Any:
    async with client.messages.stream(**ASK) as events:
        return await events.get_final_message()


def ask(server: ModelServer, way: str) -> Any:
    """Ask a question in one of the four ways."""

    async def run() -> Any:
        async with connect_async(server) as client:
            return await (stream_async(client) if "stream" in way else whole_async(client))

    if "async" in way:
        return asyncio.run(run())
    with connect(server) as client:
        return stream(client) if "stream" in way else whole(client)


WAYS = ["whole", "stream", "whole async", "stream async"]


@pytest.fixture
def run(tapped: None, tmp_path: Path) -> Iterator[TraceContext]:
    """An open context, while the tap is in place."""
    with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
        yield ctx


def of(ctx: TraceContext, *types: str) -> list[Event]:
    return [event for event in read_events(ctx.path) if event["type"] in types]


class TestRecorded:
    @pytest.mark.parametrize("way", WAYS)
    def test_exchange(self, run: TraceContext, serve: Serve, way: str) -> None:
        """A request and its answer are recorded with what was sent and said, and with the exact tokens."""
        server = serve(SPOKEN)
        decision = run.record_decision(chosen_action="ask")
        message = ask(server, way)
        [exchange] = server.exchanges
        request, response = of(run, "llm_request", "llm_response")
        streamed = "stream" in way
        assert (request["name"], request["parent"]) == ("claude-sonnet-5-5", decision)
        sent_headers = request["data"]["http"].pop("headers")
        assert request["data"] == {
            "provider": "anthropic",
            "model": "claude-sonnet-5-5",
            "messages": ASK["messages"],
            "system": "Be kind.",
            "settings": {"max_tokens": 64, "stream": True} if streamed else {"max_tokens": 64},
            "attempt": 1,
            "http": {"method": "POST", "url": f"{server.base_url}/v1/messages"},
        }
        assert sent_headers | {"authorization": f"Bearer {KEY}"} == exchange.request_headers
        assert "authorization" not in sent_headers

        assert (response["name"], response["parent"]) == ("claude-sonnet-5-5", request["id"])
        assert "error" not in response
        assert exchange.usage is not None
        assert response["usage"] == {
            "input_tokens": exchange.usage["input_tokens"]
            + exchange.usage["cache_creation_input_tokens"]
            + exchange.usage["cache_read_input_tokens"],
            "output_tokens": exchange.usage["output_tokens"],
            "cache_read_tokens": exchange.usage["cache_read_input_tokens"],
            "cache_write_tokens": exchange.usage["cache_creation_input_tokens"],
        }
        data = response["data"]
        got_headers = data["http"].pop("headers")
        assert got_headers["request-id"] == exchange.request_id
        timing = {key: data.pop(key, None) for key in ("time_to_first_token_ms", "chunks")}
        assert data == {
            "provider": "anthropic",
            "model": "claude-sonnet-5-5",
            "response_id": message.id,
            "content": CONTENT,
            "tool_calls": [{"id": "toolu_1", "name": "lookup", "arguments": {"id": "4127", "заметка": "ł"}}],
            "finish_reason": "tool_use",
            "usage_raw": dict(exchange.usage),
            "closed_by": "server",
            "http": {"status": 200, "request_id": exchange.request_id},
            "extra": {"type": "message", "role": "assistant", "stop_sequence": None, "stop_details": None},
        }
        if streamed:
            assert timing["chunks"] is not None
            assert sum(size for _, size in timing["chunks"]) == len(exchange.response)
            times = [at for at, _ in timing["chunks"]]
            assert times == sorted(times)
            assert times[0] <= timing["time_to_first_token_ms"] <= response["duration_ms"]
        else:
            assert timing == {"time_to_first_token_ms": None, "chunks": None}

    @pytest.mark.parametrize("way", ["stream", "stream async"])
    def test_chunks(self, run: TraceContext, serve: Serve, way: str) -> None:
        """The pieces of a stream are recorded as they pass, and add up to the answer."""
        ask(serve(SPOKEN), way)
        [request] = of(run, "llm_request")
        chunks = of(run, "llm_chunk")
        assert {chunk["parent"] for chunk in chunks} == {request["id"]}
        assert chunks[0]["data"] == {"text": "Zoë"}
        assert "".join(chunk["data"].get("text", "") for chunk in chunks) == WORDS
        calls = [chunk["data"]["tool_call"] for chunk in chunks if "tool_call" in chunk["data"]]
        assert {(call["id"], call["name"]) for call in calls} == {("toolu_1", "lookup")}
        assert json.loads("".join(call["arguments"] for call in calls)) == {"id": "4127", "заметка": "ł"}

    async def test_at_once(self, tapped: None, tmp_path: Path, serve: Serve) -> None:
        """Requests that overlap keep their answers and their parents apart."""
        server = serve(*[Reply((Text(f"answer {n}"),)) for n in range(8)], pace=0.001)

        async def work(client: anthropic.AsyncAnthropic, n: int) -> str:
            ctx.record_decision(chosen_action=str(n))
            return str((await stream_async(client)).content[0].text)

        async with connect_async(server) as client:
            with TraceContext(path=tmp_path / "run.jsonl") as ctx:
                answers = await asyncio.gather(*(work(client, n) for n in range(8)))
        events = {event["id"]: event for event in read_events(ctx.path)}
        said = {}
        for event in events.values():
            if event["type"] == "llm_response":
                decision = events[events[event["parent"]]["parent"]]
                said[decision["name"]] = event["data"]["content"][0]["text"]
        assert said == {str(n): answer for n, answer in enumerate(answers)}

    def test_retries(self, run: TraceContext, serve: Serve) -> None:
        """Each attempt is a request of its own that says which it is; the failed one says how."""
        with connect(serve(overloaded(), SPOKEN), retries=2) as client:
            whole(client)
        assert [event["data"]["attempt"] for event in of(run, "llm_request")] == [1, 2]
        failed, good = of(run, "llm_response")
        assert failed["error"] == {"type": "overloaded_error", "message": "Overloaded"}
        assert (failed["data"]["http"]["status"], failed["data"]["closed_by"]) == (529, "server")
        assert (good["data"]["http"]["status"], good["data"]["finish_reason"]) == (200, "tool_use")
        assert "error" not in good

    def test_retries_of_a_stream(self, run: TraceContext, serve: Serve) -> None:
        """An attempt whose body the SDK drops unread has failed with its status."""
        with connect(serve(overloaded(), SPOKEN), retries=2) as client:
            stream(client)
        assert [event["data"]["attempt"] for event in of(run, "llm_request")] == [1, 2]
        failed, good = of(run, "llm_response")
        assert failed["error"] == {"type": "HTTP 529", "message": ""}
        assert (failed["data"]["closed_by"], "usage" in failed) == ("consumer", False)
        assert (good["data"]["http"]["status"], good["usage"]["output_tokens"] > 0) == (200, True)
        assert "error" not in good

    @pytest.mark.parametrize("way", WAYS)
    def test_refused(self, run: TraceContext, serve: Serve, way: str) -> None:
        """An error of the provider's has its own words."""
        with pytest.raises(anthropic.BadRequestError):
            ask(serve(Failure(400, "invalid_request_error", "no such tool")), way)
        [response] = of(run, "llm_response")
        assert response["error"] == {"type": "invalid_request_error", "message": "no such tool"}
        assert (response["data"]["http"]["status"], response["name"]) == (400, "claude-sonnet-5-5")

    @pytest.mark.parametrize("way", [whole, stream])
    def test_no_connection(self, run: TraceContext, way: Callable[[anthropic.Anthropic], Any]) -> None:
        """A connection that is refused is an answer with the error."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with connect(url) as client, pytest.raises(anthropic.APIConnectionError) as raised:
            way(client)
        request, response = of(run, "llm_request", "llm_response")
        assert isinstance(raised.value.__cause__, httpx2.ConnectError)
        assert (response["parent"], response["error"]["type"]) == (request["id"], "httpx2.ConnectError")
        assert response["error"]["message"] == str(raised.value.__cause__)
        assert (response["data"]["closed_by"], "http" in response["data"]) == ("error", False)

    @pytest.mark.parametrize("way", [whole, stream])
    def test_timeout(self, run: TraceContext, serve: Serve, way: Callable[[anthropic.Anthropic], Any]) -> None:
        """A read that takes too long is one too."""
        server = serve(Reply((Text("late"),), delay=3600))
        with connect(server, timeout=0.05) as client, pytest.raises(anthropic.APITimeoutError):
            way(client)
        [response] = of(run, "llm_response")
        assert (response["error"]["type"], response["data"]["closed_by"]) == ("httpx2.ReadTimeout", "error")

    @pytest.mark.parametrize("way", ["stream", "stream async"])
    def test_cut(self, run: TraceContext, serve: Serve, way: str) -> None:
        """A stream that is cut has failed, and keeps what had come."""
        with pytest.raises(httpx2.RemoteProtocolError):
            ask(serve(Reply((Text("so far"),), breaks="cut")), way)
        [response] = of(run, "llm_response")
        assert (response["error"]["type"], response["data"]["closed_by"]) == ("httpx2.RemoteProtocolError", "error")
        assert response["data"]["content"] == [{"type": "text", "text": "so far"}]
        assert response["usage"]["input_tokens"] > 0

    @pytest.mark.parametrize("way", ["stream", "stream async"])
    def test_error_event(self, run: TraceContext, serve: Serve, way: str) -> None:
        """A stream that ends in an `error` event has failed with it, and keeps what had come."""
        with pytest.raises(anthropic.APIStatusError):
            ask(serve(Reply((Text("so far"),), breaks=overloaded())), way)
        [response] = of(run, "llm_response")
        assert response["error"] == {"type": "overloaded_error", "message": "Overloaded"}
        assert response["data"]["content"] == [{"type": "text", "text": "so far"}]
        assert response["data"]["http"]["status"] == 200

    def test_consumer_stops(self, run: TraceContext, serve: Serve) -> None:
        """A consumer that stops early closed the stream itself; the word it read is recorded, whole or not."""
        server = serve(Reply((Text("one two three"),)), pace=3600)
        with connect(server) as client, client.messages.stream(**ASK) as events:
            assert next(iter(events.text_stream)) == "one"
        assert [chunk["data"] for chunk in of(run, "llm_chunk")] == [{"text": "one"}]
        [response] = of(run, "llm_response")
        assert (response["data"]["closed_by"], "error" in response) == ("consumer", False)
        assert response["data"]["content"] == [{"type": "text", "text": "one"}]
        assert "finish_reason" not in response["data"]

    def test_consumer_drops_the_stream(self, run: TraceContext, serve: Serve) -> None:
        """One that lets go of the pieces before it closes the response closed the stream too."""
        server = serve(Reply((Text("one two three"),)), pace=3600)
        headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
        with httpx2.Client(trust_env=False) as client:
            request = client.build_request("POST", f"{server.base_url}/v1/messages", json=STREAMED, headers=headers)
            response = client.send(request, stream=True)
            pieces = response.iter_raw()
            next(pieces)
            pieces.close()  # type: ignore[attr-defined]
            response.close()
        [answer] = of(run, "llm_response")
        assert (answer["data"]["closed_by"], "error" in answer) == ("consumer", False)

    async def test_consumer_is_cancelled(self, tapped: None, tmp_path: Path, serve: Serve) -> None:
        """A task that is cancelled in the middle of a stream closed it, and leaves an answer that says how."""
        server = serve(Reply((Text("one two three"),)), pace=3600)
        started = asyncio.Event()

        async def read(client: anthropic.AsyncAnthropic) -> None:
            async with client.messages.stream(**ASK) as events:
                async for _ in events.text_stream:
                    started.set()

        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            async with connect_async(server) as client:
                task = asyncio.create_task(read(client))
                await started.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            server.close()
        [response] = of(ctx, "llm_response")
        assert (response["error"]["type"], response["data"]["closed_by"]) == (
            "asyncio.exceptions.CancelledError", "consumer"
        )  # fmt: skip

    def test_compressed(self, run: TraceContext) -> None:
        """A compressed stream is recorded as its text, and sized as it passed."""
        frames = b'event: error\ndata: {"type":"error","error":{"type":"x_error","message":"Zo\xc3\xab"}}\n\n'
        packed = gzip.compress(frames)

        def answer(request: httpx2.Request) -> httpx2.Response:
            headers = {"content-type": "text/event-stream", "content-encoding": "gzip"}
            return httpx2.Response(200, headers=headers, stream=Pieces(packed))

        with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
            client_bytes = post_raw(client)
        assert client_bytes == packed
        [response] = of(run, "llm_response")
        assert response["error"] == {"type": "x_error", "message": "Zoë"}
        assert [size for _, size in response["data"]["chunks"]] == [1] * len(packed)

    def test_foreign_compression(self, run: TraceContext) -> None:
        """A stream in an encoding that cannot be read is sized and timed, and is no failure."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            headers = {"content-type": "text/event-stream", "content-encoding": "x-novel"}
            return httpx2.Response(200, headers=headers, stream=Pieces(b"abc"))

        with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
            assert post_raw(client) == b"abc"
        [response] = of(run, "llm_response")
        assert "error" not in response
        assert [size for _, size in response["data"]["chunks"]] == [1, 1, 1]

    def test_no_end_mark(self, run: TraceContext) -> None:
        """A stream that ends well for HTTP, but before the provider's own end mark, has failed."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            frames = b'event: ping\ndata: {"type":"ping"}\n\n'
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces(frames))

        with httpx2.Client(transport=httpx2.MockTransport(answer)) as client:
            post_raw(client)
        [response] = of(run, "llm_response")
        assert response["error"]["type"] == "IncompleteStream"


class Pieces(httpx2.SyncByteStream):
    """A body that comes a byte at a time."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield from (bytes([byte]) for byte in self._body)


def post_raw(client: httpx2.Client) -> bytes:
    """Ask for a stream without an SDK, and return the bytes of the wire."""
    headers = {"anthropic-version": "2023-06-01"}
    with client.stream("POST", "http://model.test/v1/messages", json=STREAMED, headers=headers) as response:
        return b"".join(response.iter_raw())


class TestPasses:
    """What the agent gets is what it would get without us."""

    def raw(self, server: ModelServer, body: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        with httpx2.Client(trust_env=False) as client:
            headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
            with client.stream("POST", f"{server.base_url}/v1/messages", json=body, headers=headers) as response:
                data = b"".join(response.iter_raw())
            assert response.elapsed.total_seconds() > 0
        kept = [(name, value) for name, value in response.headers.items() if name != "date"]
        return response.status_code, kept, data

    @pytest.mark.parametrize("body", [ASK, STREAMED])
    @pytest.mark.parametrize("answer", [SPOKEN, overloaded(), Failure(400, "invalid_request_error", "no")])
    def test_bytes(
        self, untapped: None, tmp_path: Path, serve: Serve, body: Mapping[str, Any], answer: Reply | Failure
    ) -> None:
        """The agent receives byte for byte the same with capture and without, and so does the server."""
        plain, watched = serve(answer), serve(answer)
        without = self.raw(plain, body)
        capture.install()
        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            assert self.raw(watched, body) == without
        assert without[2] == plain.exchanges[0].response == watched.exchanges[0].response
        assert plain.exchanges[0].request == watched.exchanges[0].request
        assert len(of(ctx, "llm_response")) == 1

    @pytest.mark.parametrize("way", WAYS)
    def test_messages(self, untapped: None, tmp_path: Path, serve: Serve, way: str) -> None:
        """The SDK's message is the same with capture and without."""
        without = ask(serve(SPOKEN), way)
        capture.install()
        with TraceContext(path=tmp_path / "run.jsonl"):
            assert ask(serve(SPOKEN), way) == without

    OBSERVERS = [(http._ModelCall, name) for name in ("before", "returned", "raised")] + [
        (Answer, name) for name in ("begin", "whole", "chunk", "ended", "failed", "closed")
    ]

    @pytest.mark.parametrize(("observer", "method"), OBSERVERS, ids=lambda value: getattr(value, "__name__", value))
    @pytest.mark.parametrize("way", WAYS)
    def test_observers_that_raise(
        self,
        monkeypatch: pytest.MonkeyPatch,
        run: TraceContext,
        serve: Serve,
        swallowed: list[Exception],
        observer: type[Any],
        method: str,
        way: str,
    ) -> None:
        """When any observer of the tap raises, the agent gets the same answers and the same failures."""

        def broken(self: object, *values: object) -> NoReturn:
            raise RuntimeError("ours")

        monkeypatch.setattr(observer, method, broken)
        server = serve(SPOKEN, overloaded(), Reply((Text("so far"),), breaks="cut"))
        assert [block.to_dict() for block in ask(server, way).content] == CONTENT
        with pytest.raises(anthropic.OverloadedError):
            ask(server, way)
        if "stream" in way:
            with pytest.raises(httpx2.RemoteProtocolError):
                ask(server, way)
        assert {str(error) for error in swallowed} <= {"ours"}
        never = {"failed", "ended", "closed", "chunk", "raised"} if "stream" not in way else {"whole", "raised"}
        assert bool(swallowed) is (method not in never)

    def test_request_of_another_kind(self, run: TraceContext, serve: Serve) -> None:
        """What is not a question to a model passes unseen."""
        server = serve(SPOKEN)
        with httpx2.Client(trust_env=False) as client:
            client.get(f"{server.base_url}/v1/messages")
            client.post(f"{server.base_url}/v1/messages/count_tokens", json=ASK)
            client.post(f"{server.base_url}/v1/complete", json=ASK, headers={"anthropic-version": "2023-06-01"})
        assert len(server.exchanges) == 3
        assert [event["type"] for event in read_events(run.path)] == ["agent_start"]

    def test_foreign_body(self, run: TraceContext, serve: Serve) -> None:
        """A body that is none of the provider's passes as it is, and is recorded as it is."""
        server = serve()
        with httpx2.Client(trust_env=False) as client:
            headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
            response = client.post(f"{server.base_url}/v1/messages", content=b"<", headers=headers)
        assert response.status_code == 400
        [request] = of(run, "llm_request")
        assert request["data"]["extra"] == {"body": "<"}
        [answer] = of(run, "llm_response")
        assert answer["error"]["type"] == "invalid_request_error"


class TestSecrets:
    @pytest.mark.parametrize("way", WAYS)
    def test_keys(self, run: TraceContext, serve: Serve, way: str) -> None:
        """A key is never written, whether the call succeeds or fails."""
        server = serve(SPOKEN, overloaded())
        ask(server, way)
        with pytest.raises(anthropic.OverloadedError):
            ask(server, way)
        assert run.path is not None
        assert server.exchanges[0].request_headers["authorization"] == f"Bearer {KEY}"
        assert KEY[:8].encode() not in run.path.read_bytes()

    @pytest.mark.parametrize("who", [f"me:{KEY}", KEY])
    def test_other_places(self, run: TraceContext, serve: Serve, who: str) -> None:
        """Neither is a header with a key, a cookie, or what the address says of who asks."""
        server = serve(SPOKEN)
        url = f"{server.base_url.replace('//', f'//{who}@')}/v1/messages?key={KEY}&beta=true&api_key={KEY}"
        headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01", "Cookie": f"s={KEY}"}
        with httpx2.Client(trust_env=False) as client:
            client.post(url, json=ASK, headers=headers)
        assert KEY in server.exchanges[0].path
        assert run.path is not None
        assert KEY.encode() not in run.path.read_bytes()
        recorded = of(run, "llm_request")[0]["data"]["http"]["url"]
        place = server.base_url.replace("//", "//redacted@")
        assert recorded == f"{place}/v1/messages?key=redacted&beta=true&api_key=redacted"


AGENT = """
import sys
import capture
{before}
import anthropic
{after}
client = anthropic.Anthropic(base_url=sys.argv[1], api_key="demo")
message = client.messages.create(model="claude", max_tokens=9, messages=[{{"role": "user", "content": "hi"}}])
print(message.content[0].text)
assert type(sys.modules["httpx2"].__loader__).__module__ != "capture.instrument._imports"
"""


class TestInstall:
    @pytest.mark.parametrize(
        ("before", "after"),
        [("capture.install()", ""), ("", "capture.install()"), ("capture.install()", "capture.install()")],
    )
    def test_order(self, run_python: RunPython, tmp_path: Path, serve: Serve, before: str, after: str) -> None:
        """`install()` works before and after the SDK is imported, and twice is once."""
        server = serve(Reply((Text("hello"),)))
        program = AGENT.format(before=before, after=after)
        assert run_python(program, server.base_url).stdout == "hello\n"
        [path] = (tmp_path / "traces").iterdir()
        assert [event["type"] for event in read_events(path)] == [
            "agent_start", "llm_request", "llm_response", "agent_end"
        ]  # fmt: skip

    def test_twice(self, run: TraceContext, serve: Serve) -> None:
        """Installed twice, the tap records once."""
        send = httpx2.Client.send
        capture.install()
        assert httpx2.Client.send is send
        ask(serve(SPOKEN), "whole")
        assert len(of(run, "llm_request")) == 1

    def test_signature(self, tapped: None) -> None:
        """A tapped method keeps its name and its original."""
        for client in (httpx2.Client, httpx2.AsyncClient):
            assert client.send.__name__ == "send"
            assert client.send.__module__ == "httpx2._client"
        assert asyncio.iscoroutinefunction(httpx2.AsyncClient.send)
