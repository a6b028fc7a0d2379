"""`wrap(client)`: this client records and no other, once, whatever else records."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from google import genai

import capture
from capture import TraceContext
from capture.testing import read_events
from peek_tui.demo.server import Reply, Text
from tests.loopback.server import LoopbackServer

ASK: Any = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
KEY = "k"
UNKEPT = {"connection": "close"}


class Speaker:
    def reply(self, request: object) -> Reply:
        return Reply((Text("hello"),))


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(model=Speaker()) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path) -> Iterator[TraceContext]:
    with TraceContext("desk", path=tmp_path / "run.jsonl") as context:
        yield context


def recorded(run: TraceContext) -> list[str]:
    """Return the models that were asked, and what answered, one word a call."""
    return [event["type"].removeprefix("llm_") for event in read_events(run.path) if event["type"] != "agent_start"]


def ask_anthropic(client: anthropic.Anthropic) -> None:
    client.messages.create(**ASK, max_tokens=9)


def ask_openai(client: openai.OpenAI) -> None:
    client.with_options(timeout=9).chat.completions.create(**ASK)


def ask_openai_async(client: openai.AsyncOpenAI) -> None:
    async def ask() -> None:
        await client.chat.completions.create(**ASK)
        await client.close()

    asyncio.run(ask())


def ask_google(client: genai.Client) -> None:
    client.models.generate_content(model="m", contents="hi")


def ask_by_hand(client: httpx.Client | httpx2.Client) -> None:
    client.post("/v1/chat/completions", json=ASK)


def connect_google(url: str) -> genai.Client:
    return genai.Client(api_key=KEY, http_options=genai.types.HttpOptions(base_url=url))


CLIENTS: dict[str, tuple[Callable[[str], Any], Callable[[Any], None]]] = {
    "anthropic": (lambda url: anthropic.Anthropic(base_url=url, api_key=KEY), ask_anthropic),
    "openai": (lambda url: openai.OpenAI(base_url=f"{url}/v1", api_key=KEY), ask_openai),
    "openai async": (lambda url: openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY), ask_openai_async),
    "google": (connect_google, ask_google),
    "httpx": (lambda url: httpx.Client(base_url=url, headers=UNKEPT), ask_by_hand),
    "httpx2": (lambda url: httpx2.Client(base_url=url, headers=UNKEPT), ask_by_hand),
}
every_client = pytest.mark.parametrize(("connect", "ask"), CLIENTS.values(), ids=CLIENTS.keys())


@every_client
def test_one_client(
    server: LoopbackServer, run: TraceContext, connect: Callable[[str], Any], ask: Callable[[Any], None]
) -> None:
    """The very client comes back and records, another one of its kind does not, and `uninstall()` ends it."""
    client = connect(server.base_url)
    assert capture.wrap(client) is client
    ask(connect(server.base_url))
    assert recorded(run) == []
    ask(client)
    assert recorded(run) == ["request", "response"]
    capture.uninstall()
    ask(connect(server.base_url) if asyncio.iscoroutinefunction(getattr(client, "close", None)) else client)
    assert recorded(run) == ["request", "response"]


@pytest.mark.parametrize("order", [("wrap", "install"), ("install", "wrap"), ("wrap", "wrap")])
@pytest.mark.parametrize(("connect", "ask"), [CLIENTS["anthropic"], CLIENTS["httpx"]], ids=["anthropic", "httpx"])
def test_at_once(
    server: LoopbackServer,
    run: TraceContext,
    connect: Callable[[str], Any],
    ask: Callable[[Any], None],
    order: tuple[str, str],
) -> None:
    """With `install()` as well, in either order, and wrapped twice, a call is recorded once."""
    client = connect(server.base_url)
    for step in order:
        capture.install() if step == "install" else capture.wrap(client)
    ask(client)
    assert recorded(run) == ["request", "response"]


def test_sdk_functions(server: LoopbackServer) -> None:
    """What the client's own library has is untouched, and so are the attributes of the client."""
    client = openai.OpenAI(base_url=server.openai_url, api_key=KEY)
    before = dict(vars(client)), dict(vars(client._client))
    capture.wrap(client)
    assert (dict(vars(client)), dict(vars(client._client))) == before


def test_forgotten(server: LoopbackServer) -> None:
    """A wrapped client that nobody holds is gone, as it would be without."""
    client = httpx.Client(base_url=server.base_url)
    capture.wrap(client)
    reference = weakref.ref(client)
    client.close()
    del client
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize("client", [None, "a client", object()])
def test_no_client(client: object) -> None:
    """What has no HTTP client is an error that says what to give, and nothing is patched."""
    send = httpx.Client.send
    with pytest.raises(capture.UsageError, match=r"^wrap\(\) finds no client of httpx or httpx2 in this builtins\."):
        capture.wrap(client)
    assert httpx.Client.send is send


def test_client_that_raises(swallowed: list[Exception]) -> None:
    """What a client raises when it is looked at stays here, and the client comes back as it is."""

    class Unconnected:
        @property
        def _client(self) -> object:
            raise RuntimeError("not connected")

    client = Unconnected()
    assert capture.wrap(client) is client
    assert [str(error) for error in swallowed] == ["not connected"]
