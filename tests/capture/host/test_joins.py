"""One call that several observers see is one event."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

import capture
from capture import TraceContext, trace_llm_call, trace_tool
from capture.instrument import joins
from capture.instrument.joins import ModelCall, ToolCall
from capture.testing import ManualClock, read_events
from tests.loopback import LoopbackServer, Reply, Text, ToolUse

from ..whole import whole_events

BODY = {"model": "gpt-test", "messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture(autouse=True)
def nothing_learned() -> Iterator[None]:
    """No test knows what another one's calls were like."""
    yield
    joins._off_wire.clear()
    joins._answers.clear()
    joins._innermost.set(None)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(*[Reply((Text("hello"),))] * 9) as server:
        yield server


def seen(ctx: TraceContext) -> list[str]:
    """Return what was recorded, each event with what it belongs to."""
    assert ctx.path is not None
    events = read_events(ctx.path)
    names = {event["id"]: f"{event['type']} {event['name']}" for event in events}
    return [f"{names[each['id']]} < {names.get(each['parent'], '')}" for each in events[1:]]


def from_outside(kind: str, name: str) -> ModelCall:
    """Return a model call that an observer outside sees, called `name` to tell who recorded it."""
    return ModelCall(kind, name, lambda: {"messages": BODY["messages"]})


def ask(server: LoopbackServer) -> str:
    """Ask over the tapped wire, and return the response's id."""
    capture.install()
    with httpx2.Client(trust_env=False, headers={"authorization": "Bearer k"}) as client:
        return str(client.post(f"{server.openai_url}/chat/completions", json=BODY).json()["id"])


def test_innermost(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """What passes the tap is recorded by the tap, whoever watches it from outside."""
    span, framework = from_outside("otel", "span"), from_outside("library Model", "library")
    ask(server)
    framework.end(content="hello")
    span.end(content="hello")
    assert seen(ctx) == ["llm_request gpt-test < agent_start desk", "llm_response gpt-test < llm_request gpt-test"]


def test_nobody_inside(ctx: TraceContext, clock: ManualClock) -> None:
    """What nobody saw inside is recorded by the innermost of those outside, with the time it took."""
    outer, inner = from_outside("otel", "outer"), from_outside("library Model", "inner")
    clock.advance(2.5)
    inner.end(response_id="r1", content="hello", usage={"input_tokens": 3, "output_tokens": 1})
    outer.end(response_id="r1", content="hello")
    assert seen(ctx) == ["llm_request inner < agent_start desk", "llm_response inner < llm_request inner"]
    assert ctx.path is not None
    answer = read_events(ctx.path)[-1]
    assert answer["duration_ms"] == 2500
    assert answer["usage"] == {"input_tokens": 3, "output_tokens": 1}


def test_in_flight(ctx: TraceContext) -> None:
    """A kind of call that no one inside saw is recorded at its beginning from then on, so that it can be watched."""
    from_outside("library Model", "first").end()
    call = from_outside("library Model", "second")
    assert seen(ctx)[-1] == "llm_request second < agent_start desk"
    call.end()
    assert seen(ctx)[-1] == "llm_response second < llm_request second"


def test_on_the_wire_after_all(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """When such a call passes the tap for once, the answer belongs to the request that is there already."""
    from_outside("library Model", "first").end()
    call = from_outside("library Model", "second")
    ask(server)
    call.end(content="hello")
    assert seen(ctx)[2:] == ["llm_request second < agent_start desk", "llm_response gpt-test < llm_request second"]


def test_response_id(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """An observer in another task knows by the response's id that the call is recorded."""
    call = contextvars.copy_context().run(from_outside, "library Model", "library")
    call.end(response_id=ask(server))
    assert seen(ctx) == ["llm_request gpt-test < agent_start desk", "llm_response gpt-test < llm_request gpt-test"]


def test_another_call(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """A call that a tool makes meanwhile is another one."""
    call = from_outside("library Model", "library")
    trace_tool(ask)(server)
    call.end()
    requests = [line for line in seen(ctx) if line.startswith("llm_request")]
    assert requests == ["llm_request gpt-test < tool_call ask", "llm_request library < agent_start desk"]


def test_the_next_call(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """A call whose end is told late is not taken for the next one."""
    first = from_outside("library Model", "first")
    second = from_outside("library Model", "second")
    ask(server)
    second.end()
    first.end()
    requests = [line for line in seen(ctx) if line.startswith("llm_request")]
    assert requests == ["llm_request gpt-test < agent_start desk", "llm_request first < agent_start desk"]


PAIR = ["llm_request gpt-test < agent_start desk", "llm_response gpt-test < llm_request gpt-test"]


def asked_by_function(server: LoopbackServer) -> None:
    trace_llm_call(ask)(server)


def asked_by_coroutine(server: LoopbackServer) -> None:
    @trace_llm_call
    async def ask_async() -> None:
        async with httpx2.AsyncClient(trust_env=False, headers={"authorization": "Bearer k"}) as client:
            await client.post(f"{server.openai_url}/chat/completions", json=BODY)

    asyncio.run(ask_async())


def asked_by_generator(server: LoopbackServer) -> None:
    @trace_llm_call
    def stream() -> Iterator[bytes]:
        with httpx2.Client(trust_env=False, headers={"authorization": "Bearer k"}) as client:
            url, body = f"{server.openai_url}/chat/completions", {**BODY, "stream": True}
            with client.stream("POST", url, json=body) as response:
                yield from response.iter_raw()

    for _ in stream():
        pass


def asked_by_async_generator(server: LoopbackServer) -> None:
    @trace_llm_call
    async def stream() -> AsyncIterator[str]:
        yield ask(server)

    async def read() -> list[str]:
        return [text async for text in stream()]

    asyncio.run(read())


def asked_by_thread(server: LoopbackServer) -> None:
    @trace_llm_call
    def work() -> str:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(ask, server).result()

    work()


def asked_by_itself_again(server: LoopbackServer) -> None:
    @trace_llm_call
    def work(deeper: int) -> str:
        return work(deeper - 1) if deeper else ask(server)

    work(2)


def asked_beside_itself(server: LoopbackServer) -> None:
    """Ask in a thread that nothing is carried into: only the response's id tells."""

    class Answer:
        id = ""

    @trace_llm_call
    def work() -> Answer:
        answer = Answer()

        def run() -> None:
            answer.id = contextvars.Context().run(ask, server)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return answer

    work()


@pytest.mark.parametrize(
    "asked",
    [
        asked_by_function,
        asked_by_coroutine,
        asked_by_generator,
        asked_by_async_generator,
        asked_by_thread,
        asked_by_itself_again,
        asked_beside_itself,
    ],
)
def test_traced(
    ctx: TraceContext, server: LoopbackServer, untapped: None, asked: Callable[[LoopbackServer], None]
) -> None:
    """What a function under `trace_llm_call` asks over the wire is one call each time, which the tap records."""
    capture.install()
    asked(server)
    asked(server)
    assert [line for line in seen(ctx) if "llm_chunk" not in line] == PAIR * 2


def test_traced_below_others(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """So it is when a framework calls the function."""
    capture.install()
    framework = from_outside("library Model", "library")
    trace_llm_call(trace_llm_call(ask))(server)
    framework.end(content="hello")
    assert seen(ctx) == PAIR


def test_traced_asks_twice(ctx: TraceContext, server: LoopbackServer, untapped: None) -> None:
    """A function that asks twice makes two calls, and what it records in between belongs to neither."""
    capture.install()

    @trace_llm_call
    def work() -> None:
        ask(server)
        ctx.record_log("again")
        ask(server)

    work()
    assert seen(ctx) == [*PAIR, "log again < agent_start desk", *PAIR]


def test_traced_tools(ctx: TraceContext, untapped: None) -> None:
    """A tool that the model asks for belongs to where the function was called."""
    capture.install()
    with LoopbackServer(Reply((ToolUse("search", {"q": "a"}, id="call_1"),))) as server:
        ctx.record_decision("look", 0.9, "search")
        trace_llm_call(ask)(server)
    assert [line for line in seen(ctx) if "decision" in line] == [
        "decision search < agent_start desk",
        "llm_request gpt-test < decision search",
        "tool_call search < decision search",
    ]


def test_traced_off_the_wire(ctx: TraceContext, untapped: None) -> None:
    """A function whose call no tap saw is recorded as it was called; from then on as it begins."""
    capture.install()
    lengths: list[int] = []

    @trace_llm_call(model="own")
    def work(messages: list[str]) -> str:
        messages.append("hello")
        lengths.append(len(seen(ctx)))
        return "hello"

    work(["hi"])
    work(["hi"])
    assert lengths == [0, 3]
    assert seen(ctx) == ["llm_request own < agent_start desk", "llm_response own < llm_request own"] * 2
    requests = [event["data"]["messages"] for event in whole_events(ctx.path) if event["type"] == "llm_request"]
    assert requests == [["hi"], ["hi"]]


def test_traced_with_something_inside(ctx: TraceContext, untapped: None) -> None:
    """What is recorded inside belongs to the call, whose request then stands before it."""
    capture.install()

    @trace_llm_call(model="own")
    def work() -> Iterator[str]:
        ctx.record_llm_chunk("hel", model="own")
        yield "hel"
        ctx.record_log("slow")
        ctx.record_agent_turn("own", 1)
        yield "lo"

    for _ in work():
        ctx.record_log("heard")
    assert seen(ctx) == [
        "llm_request own < agent_start desk",
        "llm_chunk own < llm_request own",
        "log heard < agent_start desk",
        "log slow < llm_request own",
        "agent_turn own < llm_request own",
        "log heard < agent_start desk",
        "llm_response own < llm_request own",
    ]


@pytest.mark.parametrize("in_thread", [False, True])
def test_traced_while_its_request_is_recorded(ctx: TraceContext, untapped: None, in_thread: bool) -> None:
    """What an argument's `__repr__` records, there or in a thread it waits for, does not record the request again."""
    capture.install()

    class Prompt:
        def __repr__(self) -> str:
            if in_thread:
                thread = threading.Thread(target=contextvars.copy_context().run, args=(ctx.record_log, "looked"))
                thread.start()
                thread.join()
            else:
                ctx.record_log("looked")
            return "hi"

    @trace_llm_call(model="own")
    def work(prompt: Prompt) -> None:
        ctx.record_log("asks")

    work(Prompt())
    assert sorted(seen(ctx)) == [
        "llm_request own < agent_start desk",
        "llm_response own < llm_request own",
        "log asks < llm_request own",
        "log looked < agent_start desk",
    ]


def test_traced_without_a_tap(ctx: TraceContext, untapped: None) -> None:
    """Where nothing else could see the call, its request is there at once."""

    @trace_llm_call(model="own")
    def work() -> list[str]:
        return seen(ctx)

    assert work() == ["llm_request own < agent_start desk"]


def test_failure(ctx: TraceContext) -> None:
    """How a call failed is recorded where the call is."""
    from_outside("library Model", "library").end(error=ValueError("no model"))
    assert ctx.path is not None
    assert read_events(ctx.path)[-1]["error"]["message"] == "no model"


def test_answers_are_forgotten() -> None:
    """The ids of responses that are remembered are the latest ones."""
    for number in range(3_000):
        joins.answered(f"r{number}")
    assert list(joins._answers) == [f"r{number}" for number in range(3_000 - joins._ANSWERS_KEPT, 3_000)]


def test_tool(ctx: TraceContext) -> None:
    """A tool that a library calls and `trace_tool` decorates is one call, with the result the library tells."""

    @trace_tool
    def search(q: str) -> str:
        return q.upper()

    call = ToolCall.seen("library", "search", {"q": "a"})
    assert call is not None
    search("a")
    call.end("A")
    assert seen(ctx) == ["tool_call search < agent_start desk", "tool_result search < tool_call search"]


def test_tool_calls_itself(ctx: TraceContext) -> None:
    """A tool that calls itself, or another one, makes calls of their own."""

    @trace_tool
    def count(n: int) -> int:
        return n and 1 + count(n - 1)

    call = ToolCall.seen("library", "count", {"n": 1})
    assert call is not None
    count(1)
    call.end(1)
    names: list[Any] = [line for line in seen(ctx) if line.startswith("tool_call")]
    assert names == ["tool_call count < agent_start desk", "tool_call count < tool_call count"]
