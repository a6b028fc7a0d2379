"""A consumer that stops before the answer ends, in every way there is: the recording says who closed it."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

import capture
from capture import TraceContext
from capture.testing import read_events
from peek_tui.demo.server import ModelServer, Reply, Text

from .clients import KEY, LINES, Line, ask, ask_async, text_of

Serve = Callable[..., ModelServer]

MESSAGES = [{"role": "user", "content": "Who is 4127?"}]
SLOW = {"pace": 3600.0}
"""The server sends the first word and then waits, until it is closed."""


class HostError(Exception):
    """What an agent raises while it reads."""


@pytest.fixture(params=LINES, ids=lambda line: f"{line.provider}-{line.http}")
def line(request: pytest.FixtureRequest) -> Line:
    given: Line = request.param
    return given


@pytest.fixture
def server(serve: Serve) -> ModelServer:
    return serve(Reply((Text("one two three"),)), **SLOW)


def response(run: TraceContext) -> dict[str, Any]:
    """The one answer."""
    [answer] = [event for event in read_events(run.path) if event["type"] == "llm_response"]
    return answer


def spoken(answer: dict[str, Any]) -> str:
    content = answer["data"].get("content") or ""
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def first_word(stream: Any) -> str:
    return next(text for piece in stream if (text := text_of(piece)))


def break_in_with(stream: Any) -> None:
    with stream:
        for piece in stream:
            if text_of(piece):
                break


def raise_in_with(stream: Any) -> None:
    with suppress(HostError), stream:
        first_word(stream)
        raise HostError


def close(stream: Any) -> None:
    first_word(stream)
    stream.close()


def close_twice(stream: Any) -> None:
    first_word(stream)
    stream.close()
    stream.close()


def close_the_response(stream: Any) -> None:
    first_word(stream)
    stream.response.close()


def drop(stream: Any) -> None:
    first_word(stream)


SYNC = [break_in_with, raise_in_with, close, close_twice, close_the_response, drop]


@pytest.mark.parametrize("stop", SYNC)
def test_sync(run: TraceContext, line: Line, server: ModelServer, stop: Callable[[Any], None]) -> None:
    """Whether it breaks out, closes, fails or forgets: the consumer closed the stream, and what had come is kept."""
    with line.connect(server) as client:
        stop(ask(client, line, MESSAGES, stream=True))
        gc.collect()
        answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer) == ("consumer", False)
    assert (spoken(answer), "finish_reason" in answer["data"]) == ("one", False)


def test_never_read(run: TraceContext, line: Line, server: ModelServer) -> None:
    """A stream that nobody reads a piece of is closed by its consumer too, at the latest when it is dropped."""
    with line.connect(server) as client:
        ask(client, line, MESSAGES, stream=True)
        gc.collect()
        answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer, spoken(answer)) == ("consumer", False, "")


async def first_word_async(stream: Any) -> None:
    async for piece in stream:
        if text_of(piece):
            return


async def break_in_async_with(stream: Any) -> None:
    async with stream:
        async for piece in stream:
            if text_of(piece):
                break


async def raise_in_async_with(stream: Any) -> None:
    with suppress(HostError):
        async with stream:
            await first_word_async(stream)
            raise HostError


async def close_async(stream: Any) -> None:
    await first_word_async(stream)
    await stream.close()


async def close_the_response_async(stream: Any) -> None:
    await first_word_async(stream)
    await stream.response.aclose()


async def drop_async(stream: Any) -> None:
    await first_word_async(stream)


ASYNC = [break_in_async_with, raise_in_async_with, close_async, close_the_response_async, drop_async]


def asked(line: Line, server: ModelServer, use: Callable[[Any], Awaitable[None]]) -> None:
    """Have a stream used in a loop of its own, which at its end closes what was dropped in it."""

    async def ask_and_use() -> None:
        async with line.connect_async(server) as client:
            await use(await ask_async(client, line, MESSAGES, stream=True))
            gc.collect()

    asyncio.run(ask_and_use())


@pytest.mark.parametrize("stop", ASYNC)
def test_async(run: TraceContext, line: Line, server: ModelServer, stop: Callable[[Any], Awaitable[None]]) -> None:
    """An asynchronous consumer that stops is recorded likewise."""
    asked(line, server, stop)
    answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer) == ("consumer", False)
    assert (spoken(answer), "finish_reason" in answer["data"]) == ("one", False)


def test_never_read_async(run: TraceContext, line: Line, server: ModelServer) -> None:
    """So is one that never begins."""

    async def leave(stream: Any) -> None:
        """Do nothing with it."""

    asked(line, server, leave)
    answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer, spoken(answer)) == ("consumer", False, "")


@pytest.mark.parametrize("by", ["cancel", "timeout"])
async def test_cancelled(run: TraceContext, line: Line, server: ModelServer, by: str) -> None:
    """A task that is cancelled while it waits for the next piece, or runs out of its time, closed the stream; the
    answer says how, and keeps what had come.
    """
    reading = asyncio.Event()

    async def read(client: Any) -> None:
        async for piece in await ask_async(client, line, MESSAGES, stream=True):
            if text_of(piece):
                reading.set()

    async with line.connect_async(server) as client:
        task = asyncio.create_task(read(client))
        await reading.wait()
        if by == "cancel":
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(task, 0.01)
    answer = response(run)
    assert answer["error"]["type"] == "asyncio.exceptions.CancelledError"
    assert (answer["data"]["closed_by"], spoken(answer)) == ("consumer", "one")


class Thinking(ModelServer):
    """A server that says when it is about to wait."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.reached = threading.Event()
        super().__init__(*args, **options)

    def pause(self, seconds: float) -> None:
        self.reached.set()
        super().pause(seconds)


async def test_cancelled_before_the_answer(run: TraceContext, line: Line, serve: Serve) -> None:
    """One that is cancelled before a byte has come leaves an answer as well."""
    server: Any = serve(Reply((Text("late"),), delay=3600), kind=Thinking)
    async with line.connect_async(server) as client:
        task = asyncio.create_task(ask_async(client, line, MESSAGES))
        await asyncio.to_thread(server.reached.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    answer = response(run)
    assert answer["error"]["type"] == "asyncio.exceptions.CancelledError"
    assert (answer["data"]["closed_by"], "http" in answer["data"]) == ("consumer", False)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_interrupted(run: TraceContext, line: Line, server: ModelServer, interrupt: type[BaseException]) -> None:
    """A program that is interrupted between two pieces closed the stream, and its interrupt is the one it gets."""
    failure = interrupt()

    def read() -> None:
        with line.connect(server) as client, ask(client, line, MESSAGES, stream=True) as stream:
            first_word(stream)
            raise failure

    with pytest.raises(interrupt) as raised:
        read()
    assert raised.value is failure
    answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer, spoken(answer)) == ("consumer", False, "one")


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_response_without_a_package(run: TraceContext, server: ModelServer, library: Any) -> None:
    """A response that is forgotten with no package to close it counts as closed by its consumer."""
    body = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": MESSAGES, "stream": True}
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
    with library.Client(trust_env=False) as client:
        request = client.build_request("POST", f"{server.base_url}/v1/messages", json=body, headers=headers)
        answer = client.send(request, stream=True)
        assert b"message_start" in next(answer.iter_raw())
        del answer
        gc.collect()
        assert response(run)["data"]["closed_by"] == "consumer"


def test_read_to_the_end(run: TraceContext, line: Line, serve: Serve) -> None:
    """A consumer that takes everything did not stop early, even if it closes the stream afterwards."""
    with line.connect(serve(Reply((Text("one two three"),)))) as client:
        stream = ask(client, line, MESSAGES, stream=True)
        assert "".join(map(text_of, stream)) == "one two three"
        stream.close()
        del stream
        gc.collect()
    answer = response(run)
    assert (answer["data"]["closed_by"], "error" in answer, spoken(answer)) == ("server", False, "one two three")


def test_the_same_generators(untapped: None, tmp_path: Path, line: Line, serve: Serve) -> None:
    """A stream that is forgotten leaves the loop what it would leave it without us: no generator of ours is among
    those that it must close.
    """

    async def ask_and_forget() -> list[str]:
        begun: list[str] = []
        hooks = sys.get_asyncgen_hooks()
        assert hooks.firstiter is not None

        def first(generator: Any) -> None:
            begun.append(generator.__qualname__)
            hooks.firstiter(generator)  # type: ignore[misc]

        sys.set_asyncgen_hooks(firstiter=first)
        async with line.connect_async(serve(Reply((Text("one two three"),)), **SLOW)) as client:
            await drop_async(await ask_async(client, line, MESSAGES, stream=True))
        return begun

    without = asyncio.run(ask_and_forget())
    capture.install()
    with TraceContext(path=tmp_path / "run.jsonl"):
        assert asyncio.run(ask_and_forget()) == without
    assert "Response.aiter_raw" in without
