"""Generators under the decorators: recorded whole, and as they are for their consumers."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator, Iterator
from typing import Any

import pytest

import capture
from capture import TraceContext, trace_agent, trace_llm_call, trace_tool
from capture.testing import read_events


def calls(ctx: TraceContext) -> list[tuple[str, str]]:
    """Each event's name or type, and that of its parent, without the agent's own two."""
    events = read_events(ctx.path)
    names = {event["id"]: event["name"] or event["type"] for event in events}
    return [(names[event["id"]], names[event["parent"]]) for event in events[1:] if event["type"] != "agent_end"]


def result(ctx: TraceContext) -> dict[str, Any]:
    """The payload of the last result."""
    events = [event for event in read_events(ctx.path) if event["type"] in ("tool_result", "llm_response")]
    return dict(events[-1]["data"])


@trace_tool
def count(stop: int) -> Generator[int, str | None, str]:
    for number in range(stop):
        capture.current().record_log(f"inside {number}")
        heard = yield number
        if heard:
            capture.current().record_log(heard)
    return "done"


@trace_llm_call(model="small")
async def words(messages: list[str]) -> AsyncGenerator[str, None]:
    try:
        for word in messages:
            yield word
    finally:
        capture.current().record_log("cleanup")


def test_what_is_recorded_between_two_items_belongs_to_the_consumer(ctx: TraceContext) -> None:
    """A generator's own events belong to its call, the consumer's in between do not."""
    for number in count(2):
        ctx.record_log(f"outside {number}")
    assert calls(ctx) == [
        ("count", "desk"),
        ("inside 0", "count"),
        ("outside 0", "desk"),
        ("inside 1", "count"),
        ("outside 1", "desk"),
        ("count", "count"),
    ]
    assert result(ctx) == {"result": {"items": [0, 1], "count": 2, "returned": "done"}, "is_error": False}


def test_send_throw_and_return_pass_through(ctx: TraceContext) -> None:
    """What a consumer sends and throws reaches the generator, and what it returns reaches the consumer."""
    generator = count(2)
    assert (next(generator), generator.send("heard")) == (0, 1)
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "done"
    second = count(2)
    next(second)
    thrown = KeyError("mine")
    with pytest.raises(KeyError) as raised:
        second.throw(thrown)
    assert raised.value is thrown
    assert read_events(ctx.path)[-1]["error"]["message"] == "'mine'"


def test_closed_by_the_consumer(ctx: TraceContext) -> None:
    """A consumer that stops early is recorded as such, with what it took."""
    generator = count(5)
    next(generator)
    generator.close()
    ctx.record_log("after")
    assert result(ctx) == {"result": {"items": [0], "count": 1}, "is_error": False, "closed_by": "consumer"}
    assert calls(ctx)[-1] == ("after", "desk")


async def test_asynchronous(ctx: TraceContext) -> None:
    """An asynchronous generator is recorded likewise, its cleanup inside its call."""
    assert [word async for word in words(["a", "b"])] == ["a", "b"]
    assert result(ctx)["content"] == {"items": ["a", "b"], "count": 2}
    stopped = words(["c", "d"])
    await anext(stopped)
    await stopped.aclose()
    assert result(ctx) == {"model": "small", "content": {"items": ["c"], "count": 1}, "closed_by": "consumer"}
    assert calls(ctx).count(("cleanup", "small")) == 2


def test_endless(ctx: TraceContext) -> None:
    """Of a generator without end the first hundred items are kept, and all are counted."""

    @trace_tool
    def ones() -> Iterator[int]:
        while True:
            yield 1

    generator = ones()
    for _ in range(250):
        next(generator)
    generator.close()  # type: ignore[attr-defined]
    assert result(ctx)["result"] == {"items": [1] * 100, "count": 250}


def test_they_stay_what_they_are() -> None:
    """A decorated generator function is one still, with its name and signature."""
    assert inspect.isgeneratorfunction(count)
    assert inspect.isasyncgenfunction(words)
    assert (count.__name__, str(inspect.signature(count))) == (
        "count",
        "(stop: 'int') -> 'Generator[int, str | None, str]'",
    )


def test_nothing_happens_before_the_first_item(ctx: TraceContext) -> None:
    """A generator nobody asks for an item has not been called."""
    count(3)
    assert calls(ctx) == []


def test_agent(ctx: TraceContext) -> None:
    """An agent that is a generator runs from its first item to its last."""

    @trace_agent
    def steps() -> Iterator[int]:
        capture.current().record_log("at work")
        yield 1

    assert list(steps()) == [1]
    assert calls(ctx) == [("steps", "desk"), ("at work", "steps")]
    ends = [event["data"]["status"] for event in read_events(ctx.path) if event["type"] == "agent_end"]
    assert ends == ["completed"]
