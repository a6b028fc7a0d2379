from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.geometry import Region

from peek_tui.tui.screens.chooser import Chooser
from tests.state.traces import TraceFile

from .screens import SIZES, Peek, opened, text_of


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


async def test_frozen(tmp_path: Path) -> None:
    """An alert of what a frozen view does not show yet is said to be that."""
    trace = TraceFile(tmp_path / "run.jsonl")
    start = trace.add("agent_start", "a", {"agent_name": "a"})
    async with opened([trace.path]) as peek:
        await peek.press("p")
        for _ in range(6):
            call = trace.add("tool_call", "bash", {"arguments": {"command": "make"}}, parent=start)
            trace.add("tool_result", "bash", {"result": "no rule", "is_error": True}, parent=call)
        async with asyncio.timeout(30):
            while not peek.debug.view.found.alerts:
                await peek.pilot.pause(0.02)
        await peek.press("A")
        await peek.pilot.pause()
        await peek.press("enter")
        assert "the frozen view does not have that event" in peek.bar("keys")
        assert peek.row == 0


async def test_suspects_of_a_longer_run(demo: Path, tmp_path: Path) -> None:
    """Who is to blame is asked again when the run has gone on."""
    lines = lines_of(demo)
    path = tmp_path / "run.jsonl"
    append(path, lines[:30])
    async with opened([path]) as peek:
        before = await suspected(peek)
        append(path, lines[30:])
        async with asyncio.timeout(30):
            while len(peek.debug.browse.snapshot) != len(lines):
                await peek.pilot.pause(0.05)
        assert await suspected(peek) != before


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def append(path: Path, lines: list[bytes]) -> None:
    with path.open("ab") as stream:
        stream.writelines(lines)


async def suspected(peek: Peek) -> list[str]:
    """Ask who is to blame."""
    await peek.press("Q")
    async with asyncio.timeout(30):
        while not isinstance(peek.app.screen, Chooser):
            await peek.pilot.pause(0.02)
    await peek.press("escape")
    return [suspect.id for suspect in peek.debug.view.suspects.ranked]


@pytest.mark.parametrize("size", SIZES)
async def test_told_in_full(demo: Path, size: tuple[int, int]) -> None:
    """What a list over the screen has no room for is told below it, of the choice that is selected."""
    async with opened([demo], size) as peek:
        await peek.until(lambda: len(peek.debug.view.found.alerts) == 2)
        first, second = (alert.title for alert in peek.debug.view.found.alerts)
        await peek.press("A", "down")
        listed, whole = peek.app.screen.query_one("#choices"), peek.app.screen.query_one("#whole")
        await peek.until(lambda: listed.size.height == 2)
        is_cut = not {first, second} <= {line.split("  ")[-1].strip() for line in text_of(listed).splitlines()}
        assert whole.display is (is_cut and size[1] >= 16)
        if whole.display:
            assert second in " ".join(text_of(whole).split())
        await peek.press("enter")
        assert peek.row == peek.debug.view.found.alerts[1].first_row


async def test_told_in_full_when_resized(demo: Path) -> None:
    """A list over the screen is, from size to size, what it would be had it been opened so."""
    async with opened([demo], (200, 60)) as peek:
        await peek.until(lambda: len(peek.debug.view.found.alerts) == 2)
        await peek.press("A", "down")
        for size in (*SIZES, SIZES[0]):
            await peek.pilot.resize_terminal(*size)
            resized = await listed_at(peek, size)
            await peek.press("escape", "A", "down")
            assert resized == await listed_at(peek, size)


async def listed_at(peek: Peek, size: tuple[int, int]) -> tuple[Region, Region, str, str]:
    """Where the list over the screen and the text below it are once it is laid out for a size, and what they say."""
    choices, whole = peek.app.screen.query_one("#choices"), peek.app.screen.query_one("#whole")
    await peek.until(lambda: peek.app.screen.size == size and choices.size.height > 0)
    await peek.rest()
    return choices.region, whole.region, text_of(choices), text_of(whole) if whole.display else ""
