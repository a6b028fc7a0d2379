from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext, trace_tool
from capture._core.spans import OpenCall, OpenCalls
from capture.testing import ManualClock, read_events

ROOT = "0" * 16


def parents(ctx: TraceContext) -> dict[str, str]:
    """The parent of each event, both by the names of the events; types stand in for names that are empty."""
    events = read_events(ctx.path)
    names = {event["id"]: event["name"] or event["type"] for event in events} | {ROOT: "root"}
    return {names[event["id"]]: names[event["parent"]] for event in events}


class TestOneTask:
    def test_agent(self, ctx: TraceContext) -> None:
        """What happens belongs to its agent."""
        ctx.record_user_message("hello")
        ctx.record_tool_call("search")
        assert parents(ctx) == {"desk": "root", "user_message": "desk", "search": "desk"}

    def test_turn(self, ctx: TraceContext) -> None:
        """What follows a turn belongs to it, until the next one; turns belong to the agent."""
        ctx.record_agent_turn("first")
        ctx.record_tool_call("a")
        ctx.record_agent_turn("second")
        ctx.record_user_message("hello")
        ctx.record_tool_call("b")
        assert parents(ctx) == {
            "desk": "root", "first": "desk", "a": "first", "second": "desk", "user_message": "second", "b": "second"
        }  # fmt: skip

    def test_decision(self, ctx: TraceContext) -> None:
        """Calls that follow a decision are its children until the next one; what is no call, and decisions, are not."""
        ctx.record_tool_call("before")
        ctx.record_decision(chosen_action="one")
        ctx.record_tool_call("a")
        ctx.record_llm_request("b")
        ctx.record_safety_check("check")
        ctx.record_decision(chosen_action="two")
        ctx.record_tool_call("d")
        assert parents(ctx) == {
            "desk": "root", "before": "desk", "one": "desk", "a": "one", "b": "one", "check": "desk",
            "two": "desk", "d": "two",
        }  # fmt: skip

    def test_subagent(self, ctx: TraceContext) -> None:
        """A subagent is a child of the decision that called for it; what happens until its end belongs to it."""
        ctx.record_decision(chosen_action="delegate")
        ctx.record_subagent_start("scout")
        ctx.record_tool_call("search")
        with TraceContext("inner"):
            pass
        ctx.record_subagent_end("scout")
        ctx.record_tool_call("after")
        assert parents(ctx) == {
            "desk": "root", "delegate": "desk", "scout": "scout", "search": "scout", "inner": "inner",
            "after": "delegate",
        }  # fmt: skip

    def test_turn_ends_a_decision(self, ctx: TraceContext) -> None:
        """A decision inside a turn belongs to it, and what it led to ends with the turn."""
        ctx.record_agent_turn("first")
        ctx.record_decision(chosen_action="one")
        ctx.record_tool_call("a")
        ctx.record_agent_turn("second")
        ctx.record_tool_call("b")
        assert parents(ctx) == {
            "desk": "root", "first": "desk", "one": "first", "a": "one", "second": "desk", "b": "second"
        }  # fmt: skip

    def test_agent_after_a_decision(self, ctx: TraceContext) -> None:
        """An agent that follows a decision is its child; decisions inside it are its own, and end with it."""
        ctx.record_decision(chosen_action="delegate")
        with TraceContext("critic") as inner:
            inner.record_decision(chosen_action="look")
            inner.record_tool_call("a")
        ctx.record_tool_call("b")
        names = parents(ctx)
        assert names.pop("critic") == "critic"  # its end, which bears the same name
        assert names == {"desk": "root", "delegate": "desk", "look": "critic", "a": "look", "b": "delegate"}
        assert read_events(ctx.path)[2]["parent"] == read_events(ctx.path)[1]["id"]

    def test_spans_nest(self, ctx: TraceContext) -> None:
        """What happens in a decorated call belongs to it, decisions there included; afterwards all is as before."""

        @trace_tool
        def inner() -> None:
            ctx.record_tool_call("deep")

        @trace_tool
        def outer() -> None:
            ctx.record_decision(chosen_action="choose")
            inner()
            ctx.record_tool_call("a")

        ctx.record_decision(chosen_action="start")
        outer()
        ctx.record_tool_call("b")
        events = read_events(ctx.path)
        calls = {event["id"]: event["name"] for event in events if event["type"] != "tool_result"}
        assert [(event["name"], calls.get(event["parent"])) for event in events] == [
            ("desk", None), ("start", "desk"), ("outer", "start"), ("choose", "outer"), ("inner", "choose"),
            ("deep", "inner"), ("inner", "inner"), ("a", "choose"), ("outer", "outer"), ("b", "start"),
        ]  # fmt: skip


class TestGiven:
    def test_given(self, ctx: TraceContext) -> None:
        """A parent that is given is taken, whatever the rule would say."""
        message = ctx.record_user_message("hello")
        ctx.record_decision(chosen_action="one")
        ctx.record_tool_call("a", parent=message)
        ctx.record_tool_call("b", parent="5f3a9c1e00000007")
        assert [event["parent"] for event in read_events(ctx.path)[-2:]] == [message, "5f3a9c1e00000007"]

    @pytest.mark.parametrize("parent", ["", "xyz", "5F3A9C1E00000007", "5f3a9c1e0000000", 7, object(), "0" * 17])
    def test_invalid(self, ctx: TraceContext, parent: Any) -> None:
        """What is no id makes a root, and breaks no width."""
        ctx.record_tool_call("a", parent=parent)
        assert read_events(ctx.path)[-1]["parent"] == ROOT

    def test_none(self, ctx: TraceContext) -> None:
        """To give None is to leave it to the rule."""
        ctx.record_tool_call("a", parent=None)  # type: ignore[arg-type]
        assert parents(ctx)["a"] == "desk"


class TestResults:
    def test_latest_open_call(self, ctx: TraceContext) -> None:
        """A result belongs to the latest open call of its name, and closes it."""
        first, second = ctx.record_tool_call("search"), ctx.record_tool_call("search")
        other = ctx.record_tool_call("other")
        for _ in range(3):
            ctx.record_tool_result("search")
        ctx.record_tool_result("other")
        results = [event["parent"] for event in read_events(ctx.path)[4:]]
        assert results == [second, first, read_events(ctx.path)[0]["id"], other]

    @pytest.mark.parametrize(
        ("call", "answer"),
        [("llm_request", "llm_response"), ("subagent_start", "subagent_end"), ("agent_start", "agent_end")],
    )
    def test_other_calls(self, ctx: TraceContext, call: str, answer: str) -> None:
        """Responses and ends belong to their calls as results do."""
        key = {"llm_request": "model", "subagent_start": "agent_type", "agent_start": "agent_name"}[call]
        id = getattr(ctx, f"record_{call}")(**{key: "x"})
        ctx.record_tool_call("x")
        getattr(ctx, f"record_{answer}")(**{key: "x"})
        assert read_events(ctx.path)[-1]["parent"] == id

    def test_chunks(self, ctx: TraceContext) -> None:
        """A chunk belongs to its request and does not close it."""
        id = ctx.record_llm_request("claude")
        ctx.record_llm_chunk("a", model="claude")
        ctx.record_llm_chunk("b", model="claude")
        ctx.record_llm_response("claude", "ab")
        assert [event["parent"] for event in read_events(ctx.path)[2:]] == [id] * 3
        assert [("duration_ms" in event) for event in read_events(ctx.path)[2:]] == [False, False, True]

    def test_duration(self, ctx: TraceContext, clock: ManualClock) -> None:
        """A result without a duration has the time since its call; one that is given is kept."""
        call = ctx.record_tool_call("search")
        clock.advance(0.25)
        ctx.record_tool_result("search", parent=call)
        ctx.record_tool_call("search")
        ctx.record_tool_result("search", duration_ms=7.0)
        ctx.record_tool_result("search")
        durations = [event.get("duration_ms") for event in read_events(ctx.path) if event["type"] == "tool_result"]
        assert durations == [250.0, 7.0, None]

    def test_parent_given(self, ctx: TraceContext) -> None:
        """A result whose call is given closes that call, not the latest."""
        first, second = ctx.record_tool_call("search"), ctx.record_tool_call("search")
        ctx.record_tool_result("search", parent=first)
        ctx.record_tool_result("search")
        assert [event["parent"] for event in read_events(ctx.path)[3:]] == [first, second]

    def test_own_task_first(self, tmp_path: Path) -> None:
        """Of open calls of one name a task's own is preferred; one that has none answers another's."""
        ids: dict[str, str] = {}

        async def ask(name: str, turn: asyncio.Event) -> None:
            ids[name] = ctx.record_tool_call("search")
            await turn.wait()
            ids[f"{name}'s result"] = ctx.record_tool_result("search", name)

        async def run() -> None:
            turns = [asyncio.Event(), asyncio.Event()]
            tasks = [asyncio.create_task(ask(name, turn)) for name, turn in zip("ab", turns, strict=True)]
            await asyncio.sleep(0)
            for turn, task in zip(turns, tasks, strict=True):  # the first task answers while the other's call is later
                turn.set()
                await task
            ctx.record_tool_call("search")
            await asyncio.to_thread(ctx.record_tool_result, "search", "elsewhere")

        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            asyncio.run(run())
        events = {event["id"]: event for event in read_events(ctx.path)}
        assert events[ids["a's result"]]["parent"] == ids["a"]
        assert events[ids["b's result"]]["parent"] == ids["b"]
        call, result = list(events.values())[-3:-1]
        assert (result["data"]["result"], result["parent"]) == ("elsewhere", call["id"])

    def test_bounded(self, ctx: TraceContext) -> None:
        """An agent that never records results is remembered up to a bound of 1,024 open calls."""
        first = ctx.record_tool_call("search")
        for _ in range(1024):
            ctx.record_tool_call("other")
        ctx.record_tool_result("search")
        assert read_events(ctx.path)[-1]["parent"] == read_events(ctx.path)[0]["id"] != first

    def test_bound_is_seldom_reached(self, ctx: TraceContext) -> None:
        """At the bound the older half is forgotten at once, and the latest calls still get their results."""
        calls = [ctx.record_tool_call("search", number) for number in range(1_025)]
        assert len(ctx._open_calls._calls) == 512
        ctx.record_tool_result("search", parent=calls[-512])
        assert "duration_ms" in read_events(ctx.path)[-1]

    def test_calls_change_while_they_are_searched(self) -> None:
        """Calls that other threads open and close meanwhile do not disturb the search."""
        calls = OpenCalls()

        class Nosy(str):
            __slots__ = ()
            __hash__ = str.__hash__

            def __eq__(self, other: object) -> bool:
                calls.opened(OpenCall("2", "tool_call", "late", (0, None), 0))
                return super().__eq__(other)

        call = OpenCall("1", "tool_call", Nosy("search"), (0, None), 0)
        calls.opened(OpenCall("0", "tool_call", Nosy("other"), (0, None), 0))
        calls.opened(call)
        assert calls.latest("tool_call", "search", (0, None)) is call
        assert calls.with_id("1") is call
        calls.forget(call.id)
        calls.forget(call.id)
        assert calls.with_id("1") is None


class TestTasks:
    async def test_siblings(self, tmp_path: Path) -> None:
        """Tasks that share a span do not see each other's turns and decisions, however they interleave."""

        async def work(name: str) -> None:
            await ctx.record_agent_turn(f"turn {name}")
            await asyncio.sleep(0)
            await ctx.record_decision(chosen_action=f"decide {name}")
            await asyncio.sleep(0)
            await ctx.record_tool_call(f"call {name}")
            await asyncio.sleep(0)
            await ctx.record_tool_result(f"call {name}")

        async with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            await ctx.record_decision(chosen_action="split")
            await asyncio.gather(work("a"), work("b"), work("c"))
            await ctx.record_tool_call("last")
        events = read_events(ctx.path)
        names = {event["id"]: event["name"] for event in events}
        found = [(event["name"], names[event["parent"]]) for event in events[2:-2] if event["type"] != "tool_result"]
        assert found == [
            *((f"turn {x}", "desk") for x in "abc"),
            *((f"decide {x}", f"turn {x}") for x in "abc"),
            *((f"call {x}", f"decide {x}") for x in "abc"),
        ]
        results = [(event["name"], names[event["parent"]]) for event in events if event["type"] == "tool_result"]
        assert results == [(f"call {x}", f"call {x}") for x in "abc"]
        assert (events[-2]["name"], names[events[-2]["parent"]]) == ("last", "split")

    async def test_tasks_start_where_they_were_made(self, tmp_path: Path) -> None:
        """A task begins where the one that made it stood."""

        async def work() -> None:
            ctx.record_tool_call("a")

        async with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_decision(chosen_action="one")
            task = asyncio.create_task(work())
            ctx.record_decision(chosen_action="two")
            await task
        assert parents(ctx)["a"] == "one"

    async def test_agents_side_by_side(self, tmp_path: Path) -> None:
        """Agents in sibling tasks keep what they do apart."""

        async def work(name: str) -> None:
            async with TraceContext(name):
                await asyncio.sleep(0)
                capture.current().record_tool_call(f"by {name}")
                await asyncio.sleep(0)

        async with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            await asyncio.gather(work("x"), work("y"))
        events = read_events(ctx.path)
        calls = {event["name"]: event for event in events if event["type"] == "tool_call"}
        starts = {event["id"]: event["name"] for event in events if event["type"] == "agent_start"}
        assert {name: (starts[call["parent"]], call["agent"]) for name, call in calls.items()} == {
            "by x": ("x", "x"),
            "by y": ("y", "y"),
        }

    def test_bare_threads(self, ctx: TraceContext) -> None:
        """A thread that inherits no context records into the agent, and keeps turns and decisions of its own."""

        def work() -> None:
            ctx.record_decision(chosen_action="there")
            ctx.record_tool_call("b")

        ctx.record_decision(chosen_action="here")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        ctx.record_tool_call("a")
        assert parents(ctx) == {"desk": "root", "here": "desk", "there": "desk", "b": "there", "a": "here"}

    async def test_executors(self, tmp_path: Path) -> None:
        """What `to_thread` runs stands where it was called."""
        async with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_decision(chosen_action="one")
            await asyncio.to_thread(lambda: capture.current().record_tool_call("a"))
        assert parents(ctx)["a"] == "one"
