"""The first piece of an answer reaches its consumer before the server has sent the second one: nothing is held back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from capture import TraceContext
from capture.testing import read_events
from peek_tui.demo.server import ModelServer, Reply, Text

from .clients import LINES, Line, ask, ask_async, text_of

Serve = Callable[..., ModelServer]

MESSAGES = [{"role": "user", "content": "Who is 4127?"}]
WORDS = ["one", " two", " three"]
PATIENCE = 30.0
"""Seconds after which a word that does not come has failed the test; one that comes takes none of them."""


class HeldServer(ModelServer):
    """Sends a word, and the next one only when it has been told that this one has arrived."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._told = threading.Semaphore(0)
        super().__init__(*args, **options)

    def arrived(self) -> None:
        """Let the next word go."""
        self._told.release()

    def pause(self, seconds: float) -> None:
        if seconds > 0 and not self._told.acquire(timeout=PATIENCE):
            raise ConnectionAbortedError("nobody said that the word has arrived")


@pytest.fixture
def server(serve: Serve) -> HeldServer:
    server = serve(Reply((Text("".join(WORDS)),)), kind=HeldServer, pace=1.0)
    assert isinstance(server, HeldServer)
    return server


def chunks(run: TraceContext) -> list[str]:
    return [event["data"]["text"] for event in read_events(run.path) if event["type"] == "llm_chunk"]


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.provider}-{line.http}")
class TestNothingIsHeldBack:
    def test_sync(self, run: TraceContext, line: Line, server: HeldServer) -> None:
        """Every word is read while the server waits to hear of it; the first one has been recorded once it is whole."""
        heard = []
        with line.connect(server, timeout=PATIENCE) as client:
            for piece in ask(client, line, MESSAGES, stream=True):
                if word := text_of(piece):
                    heard.append(word)
                    assert chunks(run) == ["one "][: len(heard) - 1]
                    server.arrived()
        assert heard == WORDS
        assert "".join(chunks(run)) == "".join(WORDS)

    async def test_async(self, run: TraceContext, line: Line, server: HeldServer) -> None:
        """So it is in a task."""
        heard = []
        async with line.connect_async(server, timeout=PATIENCE) as client:
            async for piece in await ask_async(client, line, MESSAGES, stream=True):
                if word := text_of(piece):
                    heard.append(word)
                    assert chunks(run) == ["one "][: len(heard) - 1]
                    server.arrived()
        assert heard == WORDS
        assert "".join(chunks(run)) == "".join(WORDS)
