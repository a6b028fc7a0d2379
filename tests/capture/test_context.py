from __future__ import annotations

import asyncio
import os
import sys
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture.testing import ManualClock, SeededRandomness, read_events

Event = dict[str, Any]


def brief(path: Path | None) -> list[tuple[str, str]]:
    return [(event["type"], event["name"]) for event in read_events(path)]


class TestStart:
    def test_root(self, tmp_path: Path) -> None:
        """A run begins with what runs, where, and under which version."""
        with TraceContext("desk", path=tmp_path / "run.jsonl", tags=["a", "b"]) as ctx:
            pass
        start = read_events(ctx.path)[0]
        assert (start["type"], start["name"], start["parent"]) == ("agent_start", "desk", "0" * 16)
        git = start["data"].pop("git", None)
        assert git is None or len(git["commit"]) == 40
        assert start["data"] == {
            "agent_name": "desk",
            "tags": ["a", "b"],
            "argv": sys.argv,
            "cwd": str(Path.cwd()),
            "pid": os.getpid(),
            "host": os.uname().nodename,
            "python": "{}.{}.{}".format(*sys.version_info),
            "capture": {"version": capture.__version__},
        }

    def test_default_file(self, tmp_path: Path, clock: ManualClock) -> None:
        """Without a path the file stands in the trace directory, named after start, agent, session and writer."""
        randomness = SeededRandomness()
        session, writer = randomness(16).hex(), randomness(4).hex()
        with TraceContext("Support desk/№ 1") as ctx:
            assert ctx.session == session
        assert ctx.path == tmp_path / f"traces/20251120T080000Z-Support_desk_1-{session[:8]}-{writer}.jsonl"
        assert [event["id"] for event in read_events(ctx.path)] == [f"{writer}00000000", f"{writer}00000001"]
        assert {event["session"] for event in read_events(ctx.path)} == {session}

    @pytest.mark.parametrize(
        ("name", "safe"), [("../../etc", "etc"), ("Zoë", "Zo"), ("顾客", "agent"), (".", "agent"), ("a" * 99, "a" * 60)]
    )
    def test_safe_names(self, tmp_path: Path, name: str, safe: str) -> None:
        """Whatever an agent is called, its file is one file of the trace directory."""
        with TraceContext(name) as ctx:
            pass
        assert ctx.path is not None
        assert ctx.path.parent == tmp_path / "traces"
        assert ctx.path.name.split("-")[1] == safe

    def test_directory_given(self, tmp_path: Path) -> None:
        """A path that is a directory gets a new file in it."""
        with TraceContext("desk", path=tmp_path) as ctx:
            pass
        assert list(tmp_path.glob("*.jsonl")) == [ctx.path]

    def test_relative_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A relative path means what it meant when the context opened."""
        monkeypatch.chdir(tmp_path)
        with TraceContext(path="run.jsonl") as ctx:
            (tmp_path / "elsewhere").mkdir()
            monkeypatch.chdir(tmp_path / "elsewhere")
        assert ctx.path == tmp_path / "run.jsonl"
        assert brief(ctx.path)[-1][0] == "agent_end"

    def test_configured(self, tmp_path: Path) -> None:
        """What `init` sets holds for contexts that say nothing else."""
        capture.init(agent_name="configured", directory=tmp_path / "here", tags=["all"])
        with TraceContext(tags=["own"]) as ctx:
            pass
        start = read_events(ctx.path)[0]
        assert ctx.path is not None
        assert ctx.path.parent == tmp_path / "here"
        assert (start["name"], start["data"]["tags"]) == ("configured", ["all", "own"])

    @pytest.mark.parametrize(
        ("given", "session"),
        [
            ("0AF7651916CD43DD8448EB211C80319C", "0af7651916cd43dd8448eb211c80319c"),
            ("0af76519-16cd-43dd-8448-eb211c80319c", "0af7651916cd43dd8448eb211c80319c"),
            ("order-4127", sha256(b"order-4127").hexdigest()[:32]),
            ("\ud800", sha256(b"\xed\xa0\x80").hexdigest()[:32]),
        ],
    )
    def test_session_given(self, tmp_path: Path, given: str, session: str) -> None:
        """A session is 32 hex digits: those given, a UUID's, or a digest of any other word."""
        with TraceContext(path=tmp_path / "run.jsonl", session=given) as ctx:
            assert ctx.session == session

    def test_before_it_is_entered(self) -> None:
        """A context that was never entered records nothing, and says so by the root's id."""
        ctx = TraceContext("desk")
        assert ctx.record_decision("why") == "0" * 16
        assert (ctx.session, ctx.path) == ("", None)

    async def test_async(self, tmp_path: Path) -> None:
        """A context is entered with `async with` as with `with`."""
        async with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            await ctx.record_decision("why", chosen_action="go")
        assert brief(ctx.path) == [("agent_start", "desk"), ("decision", "go"), ("agent_end", "desk")]


class TestEnd:
    def test_completed(self, tmp_path: Path, clock: ManualClock) -> None:
        """An end has the run's status, duration and totals."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_llm_request("claude")
            ctx.record_llm_response("claude", usage={"input_tokens": 10, "output_tokens": 4})
            ctx.record_tool_call("search")
            clock.advance(1.5)
            ctx.record_tool_result("search", is_error=True)
        events = read_events(ctx.path)
        end = events[-1]
        assert (end["type"], end["name"], end["parent"]) == ("agent_end", "desk", events[0]["id"])
        assert (end["duration_ms"], end["ts"] - events[0]["ts"]) == (1500.0, 1_500_000_000)
        totals = {"events": 5, "errors": 1, "llm_calls": 1, "tool_calls": 1, "input_tokens": 10, "output_tokens": 4}
        assert end["data"] == {"status": "completed", "totals": totals}

    def test_exception(self, tmp_path: Path) -> None:
        """An exception that leaves the block is recorded with its stack, and goes on as the same object."""
        failure = ValueError("no")

        def fail() -> None:
            raise failure

        with pytest.raises(ValueError, match="no") as raised, TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            fail()
        assert raised.value is failure
        end = read_events(ctx.path)[-1]
        assert end["data"]["status"] == "error"
        assert (end["error"]["type"], end["error"]["message"]) == ("ValueError", "no")
        assert f'File "{__file__}"' in end["error"]["stack"]
        assert end["error"]["stack"].endswith("in fail\n    raise failure\nValueError: no\n")

    @pytest.mark.parametrize(
        ("exception", "status"),
        [
            (SystemExit(), "completed"),
            (SystemExit(0), "completed"),
            (KeyboardInterrupt(), "cancelled"),
            (GeneratorExit(), "cancelled"),
            (asyncio.CancelledError(), "cancelled"),
        ],
    )
    def test_no_failures(self, tmp_path: Path, exception: BaseException, status: str) -> None:
        """Leaving well and being stopped are no errors; the exception goes on as the same object."""
        with pytest.raises(type(exception)) as raised, TraceContext(path=tmp_path / "run.jsonl") as ctx:
            raise exception
        assert raised.value is exception
        end = read_events(ctx.path)[-1]
        assert (end["data"]["status"], "error" in end) == (status, False)

    @pytest.mark.parametrize("code", [1, "the reason"])
    def test_failed_exit(self, tmp_path: Path, code: object) -> None:
        """To exit with a code that says failure is one."""
        with pytest.raises(SystemExit), TraceContext(path=tmp_path / "run.jsonl") as ctx:
            sys.exit(code)  # type: ignore[arg-type]
        end = read_events(ctx.path)[-1]
        assert (end["data"]["status"], end["error"]["type"], end["error"]["message"]) == (
            "error", "SystemExit", str(code)
        )  # fmt: skip

    async def test_cancelled_task(self, tmp_path: Path) -> None:
        """A task that is cancelled inside the block ends its agent as `cancelled`."""
        entered = asyncio.Event()

        async def run() -> None:
            async with TraceContext("desk", path=tmp_path / "run.jsonl"):
                entered.set()
                await asyncio.sleep(3600)

        task = asyncio.create_task(run())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert read_events(tmp_path / "run.jsonl")[-1]["data"]["status"] == "cancelled"

    def test_after_the_end(self, tmp_path: Path) -> None:
        """What a task records after its agent ended is kept, as the agent's."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            pass
        id = ctx.record_tool_call("late")
        start, end, late = read_events(ctx.path)
        assert (end["type"], late["id"], late["parent"]) == ("agent_end", id, start["id"])

    def test_ends_once(self, tmp_path: Path) -> None:
        """A context that is left twice has ended once."""
        ctx = TraceContext("desk", path=tmp_path / "run.jsonl")
        with ctx:
            ctx.__exit__(None, None, None)
        assert brief(ctx.path) == [("agent_start", "desk"), ("agent_end", "desk")]


class TestNested:
    def test_joins(self, tmp_path: Path) -> None:
        """A context inside another is a further agent of its session, in the same file."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer:
            with TraceContext("critic", tags=["x"]) as inner:
                inner.record_tool_call("look")
                inner.record_tool_result("look")
            outer.record_tool_call("search")
        assert (inner.session, inner.path) == (outer.session, outer.path)
        events = read_events(outer.path)
        assert [(event["type"], event["name"], event.get("agent")) for event in events] == [
            ("agent_start", "desk", None),
            ("agent_start", "critic", "critic"),
            ("tool_call", "look", "critic"),
            ("tool_result", "look", "critic"),
            ("agent_end", "critic", "critic"),
            ("tool_call", "search", None),
            ("agent_end", "desk", None),
        ]
        ids = [event["id"] for event in events]
        assert [event["parent"] for event in events[1:]] == [ids[0], ids[1], ids[2], ids[1], ids[0], ids[0]]
        assert events[1]["data"] == {"agent_name": "critic", "tags": ["x"]}
        assert (events[4]["data"]["totals"]["events"], events[6]["data"]["totals"]["events"]) == (3, 6)
        assert events[6]["data"]["totals"]["tool_calls"] == 2

    def test_through_the_outer(self, tmp_path: Path) -> None:
        """What is recorded through the outer context, while the block of an inner is open here, is the inner's."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer, TraceContext("critic"):
            outer.record_tool_call("search")
        call = read_events(outer.path)[2]
        assert (call["agent"], call["parent"]) == ("critic", read_events(outer.path)[1]["id"])

    def test_through_the_inner_after_its_end(self, tmp_path: Path) -> None:
        """What is recorded through an inner context that ended is still its own."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer:
            with TraceContext("critic") as inner:
                pass
            inner.record_log("late")
        events = read_events(outer.path)
        assert (events[3]["name"], events[3]["agent"], events[3]["parent"]) == ("late", "critic", events[1]["id"])

    @pytest.mark.parametrize(("path", "session"), [("own.jsonl", None), (None, "0af7651916cd43dd8448eb211c80319c")])
    def test_of_its_own(self, tmp_path: Path, path: str | None, session: str | None) -> None:
        """A context inside another that names a file or another session does not join it."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer:
            with TraceContext("critic", path and tmp_path / path, session) as inner:
                inner.record_log("inside")
            outer.record_log("outside")
        assert inner.path != outer.path
        assert inner.session != outer.session
        assert brief(outer.path) == [("agent_start", "desk"), ("log", "outside"), ("agent_end", "desk")]
        assert brief(inner.path) == [("agent_start", "critic"), ("log", "inside"), ("agent_end", "critic")]

    def test_through_one_inside(self, tmp_path: Path) -> None:
        """What is recorded through a context, inside one that did not join it, stands where the inner one began."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer:
            decision = outer.record_decision(chosen_action="delegate")
            with TraceContext("critic", path=tmp_path / "own.jsonl") as inner:
                inner.record_decision(chosen_action="look")
                outer.record_tool_call("search")
        call = read_events(outer.path)[2]
        assert (call["name"], call["parent"], len(read_events(inner.path))) == ("search", decision, 3)

    def test_namesakes(self, tmp_path: Path) -> None:
        """An agent inside another of its name needs no name of its own on its events."""
        with TraceContext("desk", path=tmp_path / "run.jsonl") as outer, TraceContext("desk"):
            outer.record_log("x")
        assert [event.get("agent") for event in read_events(outer.path)] == [None] * 5

    def test_same_session_by_name(self, tmp_path: Path) -> None:
        """A context that names the session it is in joins it."""
        with (
            TraceContext("desk", path=tmp_path / "run.jsonl", session="order-1"),
            TraceContext(session="order-1") as it,
        ):
            pass
        assert it.path == tmp_path / "run.jsonl"

    def test_left_out_of_order(self, tmp_path: Path) -> None:
        """Contexts left in the wrong order end, and leave nothing open."""
        outer, inner = TraceContext("desk", path=tmp_path / "run.jsonl"), TraceContext("critic")
        outer.__enter__()
        inner.__enter__()
        outer.__exit__(None, None, None)
        inner.record_log("after")
        inner.__exit__(None, None, None)
        assert brief(outer.path)[2:] == [("agent_end", "desk"), ("log", "after"), ("agent_end", "critic")]
        with TraceContext("next", path=tmp_path / "next.jsonl") as following:
            pass
        assert read_events(following.path)[0]["parent"] == "0" * 16


class TestTasks:
    async def test_names(self, tmp_path: Path) -> None:
        """An event says in which task it was recorded, unless it was the one that opened the run."""

        async def work() -> None:
            ctx.record_log("inside")

        async with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            ctx.record_log("home")
            await asyncio.create_task(work(), name="worker")
        assert [event.get("task") for event in read_events(ctx.path)] == [None, None, "worker", None]

    def test_threads(self, tmp_path: Path) -> None:
        """An event says in which thread it was recorded, and the task there."""

        async def work() -> None:
            ctx.record_log("inside")

        def run() -> None:
            ctx.record_log("thread")
            asyncio.run(work())

        with TraceContext(path=tmp_path / "run.jsonl") as ctx:
            thread = threading.Thread(target=run, name="pool-1")
            thread.start()
            thread.join()
        tasks = [event.get("task") for event in read_events(ctx.path)]
        assert (tasks[0], tasks[1], tasks[3]) == (None, "pool-1", None)
        assert tasks[2] is not None
        assert tasks[2].startswith("pool-1/Task-")
