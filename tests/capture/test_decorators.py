from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from capture import TraceContext, trace_agent, trace_llm_call, trace_tool
from capture.testing import ManualClock, read_events

Decorate = Callable[[Callable[..., Any]], Callable[..., Any]]

ALL = [trace_agent, trace_tool, trace_llm_call]


def brief(ctx: TraceContext) -> list[tuple[str, str]]:
    return [(event["type"], event["name"]) for event in read_events(ctx.path)[1:]]


class TestUntouched:
    @pytest.mark.parametrize("decorate", ALL)
    def test_function(self, ctx: TraceContext, decorate: Any) -> None:
        """A decorated function keeps its name, signature, docstring and module, and its very result."""

        def work(first: int, /, second: str = "x", *rest: object, third: bool, **more: object) -> list[object]:
            """Do the work."""
            return [first, second, rest, third, more, result]

        result = object()
        traced = decorate(work)
        assert inspect.signature(traced) == inspect.signature(work)
        assert (traced.__name__, traced.__qualname__, traced.__doc__, traced.__module__, traced.__wrapped__) == (
            "work", work.__qualname__, "Do the work.", __name__, work
        )  # fmt: skip
        assert not inspect.iscoroutinefunction(traced)
        given = traced(1, "y", 2, third=True, fourth=4)
        assert given == [1, "y", (2,), True, {"fourth": 4}, result]
        assert given[-1] is result

    @pytest.mark.parametrize("decorate", ALL)
    async def test_coroutine_function(self, tmp_path: Path, decorate: Any) -> None:
        """A decorated coroutine function is one."""
        result = object()

        async def work(argument: int) -> object:
            await asyncio.sleep(0)
            return result

        traced = decorate(work)
        assert inspect.iscoroutinefunction(traced)
        assert inspect.signature(traced) == inspect.signature(work)
        with TraceContext(path=tmp_path / "run.jsonl"):
            assert await traced(1) is result

    @pytest.mark.parametrize("decorate", ALL)
    @pytest.mark.parametrize("failure", [KeyError("no"), KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()])
    def test_exception(self, ctx: TraceContext, decorate: Decorate, failure: BaseException) -> None:
        """What a decorated function raises is raised, as the same object."""

        @decorate
        def fail() -> NoReturn:
            raise failure

        with pytest.raises(type(failure)) as raised:
            fail()
        assert raised.value is failure

    @pytest.mark.parametrize("decorate", ALL)
    def test_wrong_arguments(self, ctx: TraceContext, decorate: Decorate) -> None:
        """A call with wrong arguments fails as it would without us."""

        @decorate
        def work(argument: int) -> None:
            pass

        with pytest.raises(TypeError, match=r"work\(\) missing 1 required positional argument: 'argument'$"):
            work()

    @pytest.mark.parametrize("decorate", ALL)
    def test_anything_callable(self, ctx: TraceContext, decorate: Any) -> None:
        """Callables without a name or a signature can be decorated too."""

        class Callable:
            def __call__(self, argument: int) -> int:
                return argument

        assert decorate(functools.partial(int, base=2))("101") == 5
        assert decorate(Callable())(7) == 7
        assert decorate(dict)(a=1) == {"a": 1}
        assert len(read_events(ctx.path)) == 1 + 3 * 2


class TestTool:
    def test_call_and_result(self, ctx: TraceContext, clock: ManualClock) -> None:
        """A tool's call is recorded with its arguments by name, its result with the duration."""

        @trace_tool
        def search(query: str, *words: str, limit: int = 10, **more: object) -> list[str]:
            clock.advance(0.25)
            return ["found"]

        assert search("refunds", "a", "b", limit=3, deep=True) == ["found"]
        start, call, result = read_events(ctx.path)
        assert (call["type"], call["name"], call["parent"]) == ("tool_call", "search", start["id"])
        assert call["data"]["arguments"] == {
            "query": "refunds", "words": {"$type": "tuple", "items": ["a", "b"]}, "limit": 3, "more": {"deep": True}
        }  # fmt: skip
        assert (result["type"], result["name"], result["parent"]) == ("tool_result", "search", call["id"])
        assert (result["data"], result["duration_ms"]) == ({"result": ["found"], "is_error": False}, 250.0)

    def test_call_stands_before_the_body(self, ctx: TraceContext) -> None:
        """The call is in the file when the tool begins."""

        @trace_tool
        def search() -> None:
            assert brief(ctx) == [("tool_call", "search")]

        search()
        assert brief(ctx) == [("tool_call", "search"), ("tool_result", "search")]

    def test_failure(self, ctx: TraceContext, clock: ManualClock) -> None:
        """A tool that raises has a result with the error and the duration."""

        @trace_tool
        def search() -> NoReturn:
            clock.advance(0.25)
            raise TimeoutError("too slow")

        with pytest.raises(TimeoutError):
            search()
        result = read_events(ctx.path)[-1]
        assert (result["type"], result["data"], result["duration_ms"]) == ("tool_result", {"is_error": True}, 250.0)
        assert (result["error"]["type"], result["error"]["message"]) == ("TimeoutError", "too slow")

    async def test_cancelled(self, tmp_path: Path) -> None:
        """A tool whose task is cancelled has a result that says so."""

        @trace_tool
        async def search() -> None:
            started.set()
            await asyncio.sleep(3600)

        started = asyncio.Event()
        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            task = asyncio.create_task(search())
            await started.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert read_events(ctx.path)[-2]["error"]["type"] == "asyncio.exceptions.CancelledError"

    def test_methods(self, ctx: TraceContext) -> None:
        """Of a method's arguments the object or class it belongs to is left out."""

        class Desk:
            @trace_tool
            def method(self, query: str) -> Desk:
                return self

            @classmethod
            @trace_tool
            def of_class(cls, query: str) -> tuple[type[Desk], str]:
                return cls, query

            @staticmethod
            @trace_tool
            def of_none(query: str) -> str:
                return query

            @trace_tool
            async def awaited(self, query: str) -> Desk:
                return self

        desk = Desk()
        assert desk.method("a") is desk
        assert Desk.of_class("b") == (Desk, "b")
        assert Desk.of_none("c") == "c"
        assert asyncio.run(desk.awaited("d")) is desk
        calls = [event for event in read_events(ctx.path) if event["type"] == "tool_call"]
        assert [(call["name"], call["data"]["arguments"]) for call in calls] == [
            ("method", {"query": "a"}), ("of_class", {"query": "b"}), ("of_none", {"query": "c"}),
            ("awaited", {"query": "d"}),
        ]  # fmt: skip

    def test_arguments_that_fit_no_signature(self, ctx: TraceContext) -> None:
        """Arguments that cannot be named stand in a list."""
        trace_tool(dict)([("a", 1)], b=2)
        assert read_events(ctx.path)[1]["data"]["arguments"] == {
            "args": [[{"$type": "tuple", "items": ["a", 1]}]], "b": 2
        }  # fmt: skip

    def test_name(self, ctx: TraceContext) -> None:
        """A tool may be recorded under another name."""

        @trace_tool(name="lookup")
        def search() -> None:
            pass

        @trace_tool()
        def plain() -> None:
            pass

        search()
        plain()
        assert [name for _, name in brief(ctx)] == ["lookup", "lookup", "plain", "plain"]

    def test_names_of_partials(self, ctx: TraceContext) -> None:
        """A partial is named after its function, an object after its class."""

        class Search:
            def __call__(self) -> None:
                pass

        trace_tool(functools.partial(functools.partial(sorted), [2, 1]))()
        trace_tool(Search())()
        assert [name for _, name in brief(ctx)] == ["sorted", "sorted", "Search", "Search"]

    def test_nested(self, ctx: TraceContext) -> None:
        """A tool that calls itself and others has results that belong to their own calls."""

        @trace_tool
        def count(number: int) -> int:
            return number and other(number)

        @trace_tool
        def other(number: int) -> int:
            return count(number - 1) + 1

        assert count(2) == 2
        events = read_events(ctx.path)[1:]
        calls = {event["id"]: event for event in events if event["type"] == "tool_call"}
        results = [event for event in events if event["type"] == "tool_result"]
        assert [(calls[r["parent"]]["data"]["arguments"]["number"], r["data"]["result"]) for r in results] == [
            (0, 0), (1, 1), (1, 1), (2, 2), (2, 2)
        ]  # fmt: skip
        depth: list[str] = [read_events(ctx.path)[0]["id"], *calls]
        assert [call["parent"] for call in calls.values()] == depth[:-1]
        assert {result["parent"] for result in results} == set(calls)

    async def test_side_by_side(self, tmp_path: Path) -> None:
        """Calls of one tool at once keep their results apart, and what happens inside them."""

        @trace_tool
        async def search(word: str) -> str:
            await asyncio.sleep(0)
            inner.record_log("inside", word)
            await asyncio.sleep(0)
            return word

        with TraceContext(path=tmp_path / "run.jsonl") as inner:
            assert await asyncio.gather(*(search(word) for word in "abc")) == ["a", "b", "c"]
        events = read_events(inner.path)
        words = {e["id"]: e["data"]["arguments"]["word"] for e in events if e["type"] == "tool_call"}
        assert sorted(words.values()) == ["a", "b", "c"]
        for event in events:
            if event["type"] == "tool_result":
                assert words[event["parent"]] == event["data"]["result"]
            elif event["type"] == "log":
                assert words[event["parent"]] == event["data"]["text"]


class TestModel:
    def test_fields(self, ctx: TraceContext, clock: ManualClock) -> None:
        """Arguments with the names of a request's fields become those, all others settings."""

        @trace_llm_call(model="claude", provider="anthropic")
        def ask(messages: list[str], system: str, tools: list[str], temperature: float = 1.0) -> dict[str, str]:
            clock.advance(0.5)
            return {"text": "hello"}

        ask(["hi"], system="be kind", tools=["search"], temperature=0.2)
        _, request, response = read_events(ctx.path)
        assert (request["type"], request["name"]) == ("llm_request", "claude")
        assert request["data"] == {
            "provider": "anthropic", "model": "claude", "messages": ["hi"], "system": "be kind", "tools": ["search"],
            "settings": {"temperature": 0.2},
        }  # fmt: skip
        assert (response["type"], response["name"], response["parent"], response["duration_ms"]) == (
            "llm_response", "claude", request["id"], 500.0
        )  # fmt: skip
        assert response["data"] == {"provider": "anthropic", "model": "claude", "content": {"text": "hello"}}

    def test_model_as_an_argument(self, ctx: TraceContext) -> None:
        """The model that a call names is the one that it asks."""

        @trace_llm_call
        def ask(model: str, prompt: str) -> str:
            return "hello"

        ask("small", prompt="hi")
        request, response = read_events(ctx.path)[1:]
        assert (request["name"], response["name"], request["data"]["settings"]) == ("small", "small", {"prompt": "hi"})

    def test_failure(self, ctx: TraceContext) -> None:
        """A call that raises has a response with the error."""

        @trace_llm_call(model="claude")
        async def ask() -> NoReturn:
            raise ConnectionError("refused")

        with pytest.raises(ConnectionError):
            asyncio.run(ask())
        request, response = read_events(ctx.path)[1:]
        assert (response["parent"], response["error"]["type"], response["error"]["message"]) == (
            request["id"], "ConnectionError", "refused"
        )  # fmt: skip


class TestAgent:
    def test_joins(self, ctx: TraceContext) -> None:
        """A decorated agent inside another is a further agent of the session."""

        @trace_agent(name="critic")
        def review(text: str) -> None:
            pass

        review("x")
        start, inner, end = read_events(ctx.path)
        assert (inner["type"], inner["name"], inner["parent"]) == ("agent_start", "critic", start["id"])
        assert (end["type"], end["parent"], end["data"]["status"]) == ("agent_end", inner["id"], "completed")

    @pytest.mark.parametrize(
        ("failure", "status"), [(ValueError("no"), "error"), (asyncio.CancelledError(), "cancelled")]
    )
    def test_failure(self, ctx: TraceContext, failure: BaseException, status: str) -> None:
        """It ends as the function did."""

        @trace_agent
        async def review() -> NoReturn:
            raise failure

        with pytest.raises(type(failure)):
            asyncio.run(review())
        end = read_events(ctx.path)[-1]
        assert (end["data"]["status"], end.get("error", {}).get("message")) == (
            status, "no" if status == "error" else None
        )  # fmt: skip

    def test_each_call_is_a_run(self, tmp_path: Path) -> None:
        """Outside every context each call is a session of its own."""

        @trace_agent
        def review() -> None:
            pass

        review()
        review()
        files = list((tmp_path / "traces").iterdir())
        assert [[event["type"] for event in read_events(file)] for file in files] == [["agent_start", "agent_end"]] * 2
        assert len({read_events(file)[0]["session"] for file in files}) == 2

    @pytest.mark.parametrize("decorate", ALL)
    def test_afterwards(self, ctx: TraceContext, decorate: Callable[..., Any]) -> None:
        """After a decorated call everything stands where it stood, whether it failed or not."""

        @decorate
        def work(fails: bool) -> None:
            ctx.record_decision(chosen_action="inside")
            if fails:
                raise ValueError("no")

        decision = ctx.record_decision(chosen_action="outside")
        work(False)
        with pytest.raises(ValueError, match="no"):
            work(True)
        call = ctx.record_tool_call("after")
        events = {event["id"]: event for event in read_events(ctx.path)}
        assert events[call]["parent"] == decision
