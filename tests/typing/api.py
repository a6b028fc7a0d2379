"""Typed uses of the public API. Nothing here runs: `mypy --strict` must accept it, and knows the types it states."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, assert_type

import httpx

import capture
from capture import EventId, TraceContext, trace_agent, trace_llm_call, trace_tool
from capture.testing import ManualClock, MemorySink, SeededRandomness, read_events


def contexts() -> None:
    with TraceContext("desk", path="run.jsonl", session="order-1", tags=["a"]) as ctx:
        assert_type(ctx, TraceContext)
        assert_type(ctx.path, Path | None)
        assert_type(ctx.session, str)
    with TraceContext(agent_name="desk", path=Path("run.jsonl"), tags=("a",)), TraceContext():
        assert_type(capture.current(), TraceContext)


async def awaited() -> None:
    async with TraceContext() as ctx:
        assert_type(ctx, TraceContext)
        id = ctx.record_decision("why", 0.5, "go", alternatives=["stay"], evidence_event_ids=[EventId("0" * 16)])
        assert_type(id, EventId)
        assert_type(await id, EventId)
        assert_type(await ctx.record_tool_call("search", {"q": 1}), EventId)


def events(ctx: TraceContext) -> None:
    call: str = ctx.record_tool_call("search", arguments={"q": "x"}, parent="0" * 16, importance=0.5)
    assert_type(ctx.record_tool_result("search", result=[1], error=ValueError("no"), parent=call), EventId)
    ctx.record_tool_result("search", error="no", duration_ms=1.5, links=(call,), agent="planner")
    ctx.record_tool_result("search", error={"type": "E", "message": "no"}, is_error=True)
    ctx.record_llm_request("claude", [{"role": "user"}], system="s", tools=[], settings={"top_k": 1}, attempt=1)
    ctx.record_llm_response("claude", "text", usage={"input_tokens": 1}, cost_usd=0.5, chunks=[[0.5, 12]])
    assert_type(ctx.record_error(KeyError("no")), EventId)
    assert_type(ctx.create_checkpoint(state=object(), memory=None, label="x"), EventId)
    ctx.record_log("stdout", "text", source={"kind": "otel"})


def sessions() -> None:
    assert_type(capture.start_session("desk", Path("run.jsonl"), tags=["a"]), TraceContext)
    capture.init(agent_name="desk", directory="traces", clock=ManualClock(), randomness=SeededRandomness())
    capture.init(directory=Path("traces"), randomness=bytes)
    capture.end_session()
    capture.end_session("error", ValueError("no"))
    capture.install()
    capture.install(only=["httpx", "threads"])
    capture.uninstall()
    assert_type(capture.wrap(httpx.Client()), httpx.Client)
    assert_type(capture.__version__, str)


@trace_tool
def search(query: str, *, limit: int = 10) -> list[str]:
    return [query] * limit


@trace_tool(name="lookup")
async def search_async(query: str) -> list[str]:
    return [query]


@trace_agent
def review(text: str) -> bool:
    return bool(text)


@trace_agent(name="critic")
async def review_async(text: str) -> bool:
    return bool(text)


@trace_llm_call
def ask(model: str, messages: list[str]) -> str:
    return model + messages[0]


@trace_llm_call(model="claude", provider="anthropic")
async def ask_async(messages: list[str]) -> str:
    return messages[0]


@trace_tool
def stream(count: int) -> Iterator[int]:
    yield count


@trace_tool
async def stream_async(count: int) -> AsyncIterator[int]:
    yield count


class Desk:
    @trace_tool
    def method(self, query: str) -> int:
        return len(query)

    @classmethod
    @trace_tool
    def of_class(cls, query: str) -> int:
        return len(query)


async def decorated() -> None:
    """A decorated function has the type it had."""
    assert_type(search("x", limit=3), list[str])
    assert_type(await search_async("x"), list[str])
    assert_type(review("x"), bool)
    assert_type(await review_async("x"), bool)
    assert_type(ask("claude", ["x"]), str)
    assert_type(await ask_async(["x"]), str)
    assert_type(stream(3), Iterator[int])
    assert_type(stream_async(3), AsyncIterator[int])
    assert_type(Desk().method("x"), int)
    assert_type(Desk.of_class("x"), int)
    plain: Callable[[str], bool] = review
    coroutine: Callable[[str], Coroutine[Any, Any, bool]] = review_async
    assert_type(plain("x"), bool)
    assert_type(await coroutine("x"), bool)


def refused(ctx: TraceContext) -> None:
    """What is wrong is said to be: an unused `ignore` here is an error."""
    search(7)  # type: ignore[arg-type]
    search("x", depth=1)  # type: ignore[call-arg]
    ctx.record_tool_call()  # type: ignore[call-arg]
    ctx.record_decision(confidence="high")  # type: ignore[arg-type]
    ctx.record_decision(mood="calm")  # type: ignore[call-arg]
    TraceContext(tags=7)  # type: ignore[arg-type]
    capture.nonsense()  # type: ignore[attr-defined]


def testing() -> None:
    clock = ManualClock()
    clock.advance(1.5)
    assert_type(clock.time_ns(), int)
    assert_type(SeededRandomness(7)(4), bytes)
    assert_type(read_events(Path("run.jsonl")), list[dict[str, Any]])
    sink = MemorySink()
    sink.write(b"\n")
    assert_type(sink.lines, list[bytes])
