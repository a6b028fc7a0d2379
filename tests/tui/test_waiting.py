from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest

from capture import TraceContext
from peek_tui.state.seek import Seek

from .screens import Peek, opened

WAITS = " waiting for a breakpoint or alert; ^C or any move ends it"


@asynccontextmanager
async def waiting(path: Path, *keys: str) -> AsyncIterator[tuple[Peek, TraceContext]]:
    """A run that goes on, looked at by somebody who sets a breakpoint on a tool, and then lets it run."""
    with TraceContext(agent_name="a", path=path) as agent:
        agent.record_tool_call("search", {"q": "lamp"})
        agent.record_tool_result("search", "none")
        async with opened([path], follow=True) as peek:
            await peek.press("k", "b", *keys, "c")
            await peek.until(lambda: peek.bar("keys") == WAITS)
            assert "WAITING" in peek.bar("title")
            assert (peek.row, peek.debug.browse.follow) == (2, True)
            yield peek, agent


async def test_breakpoint(tmp_path: Path) -> None:
    """Where there is no further stop yet, `c` follows the run to the next one, and stays there."""
    async with waiting(tmp_path / "run.jsonl") as (peek, agent):
        for _ in range(3):
            agent.record_user_message("Go on.")
        await peek.until(lambda: peek.row == 5)
        assert "WAITING" in peek.bar("title")
        agent.record_tool_call("search", {"q": "other"})
        agent.record_tool_result("search", "none")
        agent.record_user_message("Go on.")
        await peek.until(lambda: peek.bar("keys") == " stopped at 6: tool_call search")
        assert (peek.row, peek.debug.browse.follow) == (6, False)
        agent.record_tool_call("search", {"q": "third"})
        await peek.until(lambda: len(peek.debug.browse.rows) == 10)
        assert peek.row == 6
        assert "WAITING" not in peek.bar("title")


async def test_alert(tmp_path: Path) -> None:
    """What a guardrail says stops it too, and so does what analysis finds."""
    async with waiting(tmp_path / "one.jsonl") as (peek, agent):
        agent.record_safety_check("spending", "block", "high", "too much")
        await peek.until(lambda: peek.bar("keys") == " stopped at 3: safety_check spending")
    async with waiting(tmp_path / "two.jsonl") as (peek, agent):
        for _ in range(20):
            agent.record_tool_call("make", {"target": "all"})
            agent.record_tool_result("make", "no rule")
        await peek.until(lambda: peek.bar("keys").startswith(" stopped at "))
        alerts = peek.debug.view.found.alerts
        assert peek.row in {alert.last_row for alert in alerts}


@pytest.mark.parametrize("key", ["k", "ctrl+c", "F", "e"])
async def test_ended(tmp_path: Path, key: str) -> None:
    """A move ends the waiting, and so does ^C, which ends nothing else."""
    async with waiting(tmp_path / "run.jsonl") as (peek, agent):
        await peek.press(key)
        assert "WAITING" not in peek.bar("title")
        agent.record_tool_call("search", {})
        await peek.until(lambda: len(peek.debug.browse.rows) == 4)
        assert "stopped" not in peek.bar("keys")


async def test_ended_while_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was still being looked through when a move ended the waiting takes nobody anywhere."""
    began, go_on, ended, work = Event(), Event(), Event(), Seek.work

    def slow_work(seek: Seek) -> None:
        began.set()
        go_on.wait(60)
        work(seek)
        ended.set()

    async with waiting(tmp_path / "run.jsonl") as (peek, agent):
        monkeypatch.setattr(Seek, "at_once", lambda _: False)
        monkeypatch.setattr(Seek, "work", slow_work)
        agent.record_tool_call("search", {"q": "other"})
        await peek.until(began.is_set)
        await peek.press("k")
        said, row = peek.bar("keys"), peek.row
        go_on.set()
        await peek.until(ended.is_set)
        assert (peek.bar("keys"), peek.row) == (said, row)


@pytest.mark.parametrize("comes", ["breakpoint", "alert", "end"])
async def test_came_while_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, comes: str) -> None:
    """What stops a run, or ends it, while what was there is still looked through is not missed."""
    go_on, work = Event(), Seek.work

    def slow_work(seek: Seek) -> None:
        go_on.wait(60)
        work(seek)

    path = tmp_path / "run.jsonl"
    with TraceContext(agent_name="a", path=path) as agent:
        agent.record_tool_call("search", {"q": "lamp"})
        async with opened([path], follow=True) as peek:
            await peek.press("b")
            monkeypatch.setattr(Seek, "at_once", lambda _: False)
            monkeypatch.setattr(Seek, "work", slow_work)
            await peek.press("c")
            if comes == "breakpoint":
                agent.record_tool_call("search", {"q": "other"})
            elif comes == "alert":
                agent.record_safety_check("spending", "block", "high", "too much")
            else:
                agent.__exit__(None, None, None)
            await peek.until(lambda: len(peek.debug.browse.rows) == 3)
            await peek.until(lambda: peek.debug.reader.reading.over is (comes == "end"))
            await peek.until(lambda: peek.debug.answers.seen is peek.debug.browse.snapshot)
            go_on.set()
            said = {
                "breakpoint": " stopped at 2: tool_call search",
                "alert": " stopped at 2: safety_check spending",
                "end": " the run is finished: no breakpoint or alert came",
            }
            await peek.until(lambda: peek.bar("keys") == said[comes])
            assert not peek.debug.browse.follow


async def test_run_ends(tmp_path: Path) -> None:
    """When the run ends there is nothing to wait for any more, which is said."""
    async with waiting(tmp_path / "run.jsonl") as (peek, agent):
        agent.__exit__(None, None, None)
        await peek.until(lambda: peek.bar("keys") == " the run is finished: no breakpoint or alert came")
        assert "WAITING" not in peek.bar("title")


async def test_typed_meanwhile(tmp_path: Path) -> None:
    """A line that is being typed stays in sight when the run stops."""
    async with waiting(tmp_path / "run.jsonl") as (peek, agent):
        await peek.press("ampersand", *"typ")
        agent.record_tool_call("search", {})
        await peek.until(lambda: not peek.debug.browse.follow)
        assert peek.bar("keys").startswith(" &typ█")


async def test_over(story: Path) -> None:
    """Of a run that is over nothing is waited for."""
    async with opened([story]) as peek:
        await peek.press("G", "c")
        assert peek.bar("keys") == " no later breakpoint or alert"
