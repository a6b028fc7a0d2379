"""One call that several observers see is one event."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

import capture
from capture import TraceContext, trace_tool
from capture.instrument import joins
from capture.instrument.joins import ModelCall, ToolCall
from capture.testing import ManualClock, read_events
from tests.loopback import LoopbackServer, Reply, Text

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
