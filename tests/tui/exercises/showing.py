"""Choosing what is seen, and following it."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import ROWS, Row

from . import EXERCISES, Exercise, exercise


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


@exercise("filter")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, *"type:dec", "tab")
    assert peek.bar("keys").startswith(" &type:decision█")
    await peek.press("enter")
    assert tuple(peek.debug.browse.rows) == Row.DECISIONS
    assert peek.bar("filters") == " & type:decision"
    await peek.press(key, *"conf<0.6", "enter")
    assert tuple(peek.debug.browse.rows) == Row.DECISIONS[2:]
    assert peek.bar("filters") == " & type:decision  & conf<0.6"
    await peek.press(key, "enter")
    assert not peek.debug.browse.filtered
    assert peek.bar("filters") == ""


@exercise("filters")
async def _(peek: Peek, key: str) -> None:
    await peek.press("ampersand", *"error", "enter", key)
    assert len(peek.debug.browse.rows) == ROWS
    assert peek.bar("filters") == " & error   filters off, ^F on"
    await peek.press(key)
    assert peek.debug.browse.rows == [Row.OVERLOADED, Row.SOLD_OUT]
    await peek.press("ampersand", "enter")


@exercise("undo")
async def _(peek: Peek, key: str) -> None:
    await peek.press("ampersand", *"error", "enter", "1", key)
    assert peek.debug.browse.wanted.filters == ("error",)
    assert peek.debug.browse.wanted.hidden == frozenset()
    await peek.press(key)
    assert not peek.debug.browse.filtered
    await peek.press("G", key)
    assert peek.row == 0


@exercise("redo")
async def _(peek: Peek, key: str) -> None:
    await peek.press("1", "z", key)
    assert peek.debug.browse.wanted.hidden == {"1"}
    await peek.press(key)
    assert peek.bar("keys") == " nothing to redo"


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
