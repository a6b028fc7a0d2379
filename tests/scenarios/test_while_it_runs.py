"""Somebody watches an agent at work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .agent import Agent
from .conftest import Start, StartBoth, leave, selected, wait_selected


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Agent]:
    """An agent at work, whose run is the only one there is."""
    with Agent(tmp_path / "traces" / "live.jsonl") as agent:
        yield agent


def test_follows_freezes_and_catches_up(both: StartBoth, agent: Agent) -> None:
    """Each event is there as it happens; frozen, the screen stands still and counts; let go, it catches up."""
    terminals = both("tail")
    for terminal in terminals:
        terminal.wait_for("live_agent", "● RUNNING", "FOLLOW", "1 ev")
    for number in range(1, 4):
        agent.record("tool_call", name=f"tool-{number}")
        for terminal in terminals:
            wait_selected(terminal, f"▌   {number} ", f"TOOL → tool-{number}")
    for terminal in terminals:
        terminal.press("p")
        terminal.wait_for("FROZEN +0")
    for number in range(4, 9):
        agent.record("tool_call", name=f"tool-{number}")
    for terminal in terminals:
        terminal.wait_for("FROZEN +5")
        assert "tool-3" in selected(terminal)
        assert "TOOL → tool-4" not in terminal.text
        terminal.press("p")
        wait_selected(terminal, "▌   8 ", "TOOL → tool-8")
        terminal.wait_gone("FROZEN")
        leave(terminal, "q")


def test_looks_back(both: StartBoth, agent: Agent) -> None:
    """A step up stops following: the selection stays where it is while events arrive; G follows again."""
    terminals = both("tail")
    for terminal in terminals:
        terminal.wait_for("FOLLOW")
    agent.record("log", stream="stdout", text="first")
    for terminal in terminals:
        wait_selected(terminal, "LOG  · stdout  first")
        terminal.press("k")
        terminal.wait_gone("FOLLOW")
        wait_selected(terminal, "AGNT ▶ live_agent")
    agent.record("log", stream="stdout", text="second")
    for terminal in terminals:
        terminal.wait_for("stdout  second", "3 ev")
        assert "live_agent" in selected(terminal)
        terminal.press("G")
        terminal.wait_for("FOLLOW")
    agent.record("log", stream="stdout", text="third")
    for terminal in terminals:
        wait_selected(terminal, "stdout  third")
        terminal.press("F")
        terminal.wait_gone("FOLLOW")
        leave(terminal, "q")


def test_filtered(peek: Start, agent: Agent) -> None:
    """With a filter on, only what is shown is followed, and everything is counted."""
    terminal = peek("tail")
    terminal.wait_for("FOLLOW")
    agent.record("tool_call", name="seen")
    wait_selected(terminal, "TOOL → seen")
    terminal.press("8")
    terminal.wait_gone("[8 sys")
    agent.record("log", stream="stdout", text="unseen")
    agent.record("tool_call", name="seen as well")
    wait_selected(terminal, "TOOL → seen as well")
    terminal.wait_for("4 ev", " 3/3", " 8 sys 1 ")
    assert "LOG" not in terminal.text  # the tree beside it has no codes
    leave(terminal, "q")


def test_the_agent_does_not_notice(peek: Start, agent: Agent) -> None:
    """Leaving the debugger, or losing it, changes nothing for the agent: it lives, and its later events are there."""
    leaving = peek("tail")
    losing = peek("tail")
    for terminal in (leaving, losing):
        terminal.wait_for("live_agent", "● RUNNING")
    before = agent.record("log", text="watched")
    for terminal in (leaving, losing):
        wait_selected(terminal, "watched")
    leave(leaving, "q")
    losing.process.kill()
    losing.process.wait()
    assert agent.lives
    after = agent.record("log", text="not watched")
    agent.finish()
    assert [event["id"] for event in agent.events()[1:3]] == [before, after]
    assert agent.events()[-1]["data"]["status"] == "completed"


def test_ends(peek: Start, agent: Agent) -> None:
    """When the run ends the title says how, and there is nothing to follow any more."""
    terminal = peek("tail")
    terminal.wait_for("● RUNNING")
    agent.finish()
    terminal.wait_for("■ FINISHED completed", "2 ev")
    wait_selected(terminal, "AGNT ■ live_agent  completed")
    terminal.press("k", "F")
    terminal.wait_for("the run is finished: there is nothing to follow")
    leave(terminal, "q")


def test_crashes(peek: Start, agent: Agent) -> None:
    """When the agent's process is killed the run has crashed, with all that it had recorded."""
    terminal = peek("tail")
    terminal.wait_for("● RUNNING")
    agent.record("tool_call", name="the last thing it did")
    agent.crash()
    terminal.wait_for("✗ CRASHED", "the last thing it did", "2 ev")
    leave(terminal, "q")


def test_half_a_line(peek: Start, agent: Agent) -> None:
    """A line that arrives in two halves is one event, shown once it is whole."""
    terminal = peek("tail")
    terminal.wait_for("● RUNNING")
    agent.record("log", stream="stdout", text="whole")
    line = agent.path.read_bytes().splitlines(keepends=True)[-1]
    halves = line.replace(b"whole", b"split").replace(b"00000001", b"00000009", 1)
    with agent.path.open("ab", buffering=0) as file:
        file.write(halves[:150])
        terminal.wait_for("stdout  whole", "2 ev")
        file.write(halves[150:])
    terminal.wait_for("stdout  split", "3 ev")
    leave(terminal, "q")


def test_truncated(peek: Start, agent: Agent) -> None:
    """A file that somebody cuts is read again, that is said, and the debugger goes on."""
    terminal = peek("tail")
    terminal.wait_for("● RUNNING")
    agent.record("log", text="gone soon")
    terminal.wait_for("gone soon")
    os.truncate(agent.path, 10)
    terminal.wait_for("READ AGAIN")
    terminal.press("k", "j", "enter", "q")
    leave(terminal, "q")


def test_sessions(peek: Start, agent: Agent, story: Path, tmp_path: Path) -> None:
    """`peek` alone lists the runs, the live one first; Enter opens it and follows, q comes back and then quits."""
    (tmp_path / "traces" / "story.jsonl").write_bytes(story.read_bytes())
    terminal = peek()
    terminal.wait_for("sessions", "1 running", "2 in all", "shopper", "live_agent")
    wait_selected(terminal, "●", "live_agent", "running")
    terminal.press("enter")
    terminal.wait_for("● RUNNING", "FOLLOW")
    agent.record("log", text="followed")
    wait_selected(terminal, "followed")
    terminal.press("q")
    terminal.wait_for("1 running")
    terminal.press("j", "enter")
    terminal.wait_for("■ FINISHED completed", "69 ev")
    terminal.press("q")
    terminal.wait_for("sessions")
    wait_selected(terminal, "■", "shopper")
    leave(terminal, "q")
