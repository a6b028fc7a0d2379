"""Each action of the registry, by its key, on a real trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from peek_tui.tui.actions import ACTIONS, Action
from peek_tui.tui.screens.help import Help

from .screens import Peek, opened, text_of
from .story import ROWS, Row

Exercise = Callable[[Peek, str], Awaitable[None]]
EXERCISES: dict[str, Exercise] = {}


def exercise(name: str) -> Callable[[Exercise], Exercise]:
    """Say which action a function exercises."""

    def register(function: Exercise) -> Exercise:
        EXERCISES[name] = function
        return function

    return register


@exercise("move(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, key)
    assert peek.row == 2
    assert text_of(peek.timeline).splitlines()[2].startswith("▌   2 ")


@exercise("move(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("j", "j", key)
    assert peek.row == 1


@exercise("half(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == peek.timeline.page_height // 2 == 18


@exercise("half(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("j", "ctrl+d", key)
    assert peek.row == 1


@exercise("page(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == peek.timeline.page_height == 37


@exercise("page(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("j", "pagedown", key)
    assert peek.row == 1


@exercise("start")
async def _(peek: Peek, key: str) -> None:
    await peek.press("pagedown", key)
    assert peek.row == 0


@exercise("end")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.event.type == "agent_end"
    assert not peek.debug.browse.follow  # the run has ended


@exercise("goto")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, "1", "7")
    assert peek.bar("keys").startswith(" :17█")
    await peek.press("enter")
    assert peek.row == 17


@exercise("step(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == 1
    await peek.go(Row.SOLD_OUT)
    await peek.press(key)
    assert peek.row == Row.REFUSAL  # past the helper


@exercise("step(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.bar("keys") == " no further event of this agent"
    await peek.press("j", "j", key)
    assert peek.row == 1


@exercise("seek_error(1)")
async def _(peek: Peek, key: str) -> None:
    for row in (Row.OVERLOADED, Row.SOLD_OUT, Row.SOLD_OUT):
        await peek.press(key)
        assert peek.row == row
    assert peek.bar("keys") == " no later error"


@exercise("seek_error(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G")
    for row in (Row.SOLD_OUT, Row.OVERLOADED, Row.OVERLOADED):
        await peek.press(key)
        assert peek.row == row
    assert peek.bar("keys") == " no earlier error"


@exercise("up")
async def _(peek: Peek, key: str) -> None:
    await peek.press("e", "e")
    types = []
    for _ in range(4):
        await peek.press(key)
        types.append(peek.event.type)
    assert types == ["tool_call", "decision", "agent_turn", "agent_start"]
    await peek.press(key)
    assert peek.bar("keys") == " this event belongs to nothing"


@exercise("down")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.event.type == "user_message"
    await peek.press(key)
    assert peek.bar("keys") == " nothing belongs to this event"


@exercise("sibling(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("d")
    for row in Row.TURNS[:3]:
        await peek.press(key)
        assert peek.row == row


@exercise("sibling(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("G")
    for row in reversed(Row.TURNS[-3:]):
        await peek.press(key)
        assert peek.row == row


def toggles(digit: str) -> Exercise:
    async def toggle(peek: Peek, key: str) -> None:
        assert key == digit
        before = len(peek.debug.browse.rows)
        number = {group: number for group, _, number, _ in peek.debug.browse.counts()}[digit]
        await peek.press(key)
        assert len(peek.debug.browse.rows) == before - number
        name = next(name for group, name, _, _ in peek.debug.browse.counts() if group == digit)
        assert f" {digit} {name} {number} " in peek.bar("types")
        await peek.press(key)
        assert len(peek.debug.browse.rows) == before
        assert f"[{digit} {name} {number}]" in peek.bar("types")

    return toggle


for digit in "12345678":
    EXERCISES[f"toggle_group('{digit}')"] = toggles(digit)


@exercise("show_all")
async def _(peek: Peek, key: str) -> None:
    everything = len(peek.debug.browse.rows)
    await peek.press("1", "2")
    assert len(peek.debug.browse.rows) < everything
    await peek.press(key)
    assert len(peek.debug.browse.rows) == everything


@exercise("isolate")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.DECISIONS[1])
    await peek.press(key)
    assert tuple(peek.debug.browse.rows) == Row.DECISIONS
    assert len(text_of(peek.timeline).strip().splitlines()) == 8
    assert peek.bar("types").endswith(" 2/8")
    await peek.press(key)
    assert peek.row == Row.DECISIONS[1]
    assert not peek.debug.browse.filtered


@exercise("hide_selected")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.REQUEST)
    await peek.press(key)
    assert peek.debug.browse.shown.hidden == {"1"}
    assert "LLM" not in text_of(peek.timeline)


@exercise("follow")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.bar("keys") == " the run is finished: there is nothing to follow"
    assert not peek.debug.browse.follow


@exercise("freeze")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert "FROZEN +0" in peek.bar("title")
    await peek.press(key)
    assert "FROZEN" not in peek.bar("title")


@exercise("tree")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.tree.has_focus
    await peek.press(key)
    assert peek.timeline.has_focus


@exercise("next_pane(1)")
async def _(peek: Peek, key: str) -> None:
    for pane in (peek.tree, peek.inspector, peek.timeline):
        await peek.press(key)
        assert pane.has_focus


@exercise("next_pane(-1)")
async def _(peek: Peek, key: str) -> None:
    for pane in (peek.inspector, peek.tree, peek.timeline):
        await peek.press(key)
        assert pane.has_focus


@exercise("enter")
async def _(peek: Peek, key: str) -> None:
    await peek.press("j", key)
    assert peek.inspector.has_focus
    assert not peek.timeline.display
    assert "content: Find me a blue lamp" in text_of(peek.inspector)


@exercise("fold")
async def _(peek: Peek, key: str) -> None:
    await _open_decision(peek)
    before = peek.inspector.lines
    await peek.press(key)
    assert peek.inspector.lines < before
    assert "▸ alternatives: [2]" in text_of(peek.inspector)


@exercise("unfold")
async def _(peek: Peek, key: str) -> None:
    await _open_decision(peek)
    before = peek.inspector.lines
    await peek.press("h", key)
    assert peek.inspector.lines == before
    assert "▾ alternatives: [2]" in text_of(peek.inspector)


async def _open_decision(peek: Peek) -> None:
    """Go to the alternatives of the first decision."""
    await peek.go(Row.DECISION)
    await peek.press("enter")
    lines = text_of(peek.inspector).splitlines()
    [line] = [number for number, text in enumerate(lines) if "alternatives" in text]
    await peek.press(*["j"] * line)


@exercise("fold_all")
async def _(peek: Peek, key: str) -> None:
    assert peek.tree.lines == ROWS - len(Row.CHUNKS)
    await peek.press(key)
    assert peek.tree.lines == 1 + 10  # the agent; the message, its turns and its end


@exercise("unfold_all")
async def _(peek: Peek, key: str) -> None:
    await peek.press("minus", key)
    assert peek.tree.lines == ROWS - len(Row.CHUNKS)


@exercise("help")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert isinstance(peek.app.screen, Help)


@exercise("back")
async def _(peek: Peek, key: str) -> None:
    await peek.press("enter", key)
    assert peek.timeline.has_focus
    assert peek.timeline.display


@exercise("leave")
async def _(peek: Peek, key: str) -> None:
    await peek.press("enter", key)
    assert peek.timeline.has_focus
    assert peek.app.is_running
    await peek.pilot.press(key)
    assert peek.app.return_code == 0


@exercise("app.quit")
async def _(peek: Peek, key: str) -> None:
    await peek.pilot.press("enter", key)
    assert peek.app.return_code == 0


REGISTERED = [action for action in ACTIONS if "debug" in action.screens]
LAST = ("leave", "app.quit")
"""What ends the application."""


def test_complete() -> None:
    """Every action of the debugger is exercised here."""
    assert list(EXERCISES) == [action.name for action in REGISTERED]


@pytest.mark.parametrize("section", ["Move", "Step", "Show", "Live", "Panes", "Peek"])
async def test_section(story: Path, section: str) -> None:
    """Each action of a section does what the help says of it."""
    async with opened([story]) as peek:
        for action in REGISTERED:
            if action.section == section and action.name not in LAST:
                await peek.press("escape", "0", "g")
                assert (peek.row, peek.timeline.has_focus, peek.debug.browse.filtered) == (0, True, False)
                await EXERCISES[action.name](peek, action.keys[0])


@pytest.mark.parametrize(
    "action", [action for action in REGISTERED if action.name in LAST], ids=lambda action: action.name
)
async def test_end(story: Path, action: Action) -> None:
    """What ends the application ends it well."""
    async with opened([story]) as peek:
        await EXERCISES[action.name](peek, action.keys[0])
