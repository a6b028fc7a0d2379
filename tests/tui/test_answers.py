from __future__ import annotations

import asyncio
from pathlib import Path

from tests.state.traces import TraceFile

from .screens import Peek, opened, text_of


async def looked(peek: Peek) -> None:
    """Wait until the whole trace has been looked at for alerts."""
    async with asyncio.timeout(30):
        while peek.debug.answers.seen is not peek.debug.browse.snapshot:
            await peek.pilot.pause(0.02)
    await peek.pilot.pause()


def failed_run(path: Path) -> TraceFile:
    """A run that calls the same tool with the same arguments again and again, and ends with an error."""
    trace = TraceFile(path)
    start = trace.add("agent_start", "a", {"agent_name": "a"})
    for _ in range(12):
        call = trace.add("tool_call", "bash", {"arguments": {"command": "make"}}, parent=start)
        error = {"type": "E", "message": "no rule"}
        trace.add("tool_result", "bash", {"result": "no rule", "is_error": True}, parent=call, error=error)
    trace.add("agent_end", "a", {"status": "error"}, parent=start)
    return trace


async def test_opens_at_the_failure(tmp_path: Path) -> None:
    """A run that failed opens where it failed, says why there, and names its alerts."""
    path = failed_run(tmp_path / "run.jsonl").path
    async with opened([path], at_failure=True) as peek:
        await looked(peek)
        assert peek.row not in (None, 0)
        assert peek.bar("keys").startswith(f" opened at {peek.row}: ")
        alerts = peek.debug.view.found.alerts
        assert f"{len(alerts)} !" in peek.bar("title")
        assert "bash" in peek.bar("alerts")
        assert peek.app.screen.query_one("#alerts").display


async def test_said_of_the_event(tmp_path: Path) -> None:
    """An event that is evidence of an alert says so first."""
    path = failed_run(tmp_path / "run.jsonl").path
    async with opened([path]) as peek:
        await looked(peek)
        await peek.go(peek.debug.view.found.alerts[0].first_row)
        assert text_of(peek.inspector).splitlines()[1].lstrip(" ▾").startswith("alert")


async def test_stays(tmp_path: Path) -> None:
    """What is found later moves nobody from where they are."""
    trace = failed_run(tmp_path / "run.jsonl")
    async with opened([trace.path], at_failure=True) as peek:
        await looked(peek)
        await peek.go(3)
        trace.add("agent_end", "a", {"status": "error"})
        async with asyncio.timeout(30):
            while len(peek.debug.browse.snapshot) != 27:
                await peek.pilot.pause(0.05)
        await looked(peek)
        assert peek.row == 3


async def test_begun_again(tmp_path: Path) -> None:
    """What was found in a trace that is no longer there is forgotten."""
    trace = failed_run(tmp_path / "run.jsonl")
    async with opened([trace.path]) as peek:
        await looked(peek)
        trace.path.write_bytes(b"")
        TraceFile(tmp_path / "other.jsonl").path.rename(trace.path)
        trace.add("log")
        async with asyncio.timeout(30):
            while len(peek.debug.browse.snapshot) != 1:
                await peek.pilot.pause(0.05)
        await looked(peek)
        assert peek.debug.view.found.alerts == ()
