"""Marks and notes."""

from __future__ import annotations

from peek_tui.tui.screens.chooser import Chooser
from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


@exercise("mark")
async def _(peek: Peek, key: str) -> None:
    await peek.go(4)
    await peek.press(key, "x")
    assert peek.bar("keys") == " mark x set"
    assert text_of(peek.timeline).splitlines()[4].startswith("▌   4x ")
    await peek.press(key, "x")
    assert peek.bar("keys") == " mark x taken off"
    assert text_of(peek.timeline).splitlines()[4].startswith("▌   4  ")


@exercise("go_mark")
async def _(peek: Peek, key: str) -> None:
    for row, letter in ((4, "a"), (9, "b")):
        await peek.go(row)
        await peek.press("m", letter)
    await peek.press("G", key, "a")
    assert peek.row == 4
    for row in (9, 4):
        await peek.press(key, "apostrophe")
        assert peek.row == row
    await peek.press(key, "quotation_mark")
    assert peek.row == 9
    await peek.press(key, "c")
    assert peek.bar("keys").startswith(" there is no mark c")
    await peek.press("m", "b", "apostrophe", "a", "m", "a")


@exercise("marks")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.bar("keys").startswith(" there are no marks")
    await peek.go(Row.SOLD_OUT)
    await peek.press("m", "a")
    await peek.go(Row.CALL)
    await peek.press("m", "b", key)
    assert isinstance(peek.app.screen, Chooser)
    await peek.press(*"sold", "enter")
    assert peek.row == Row.SOLD_OUT
    await peek.press("m", "a", "apostrophe", "b", "m", "b")


@exercise("note")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.MISTAKE)
    await peek.press(key, *"here it goes wrong", "enter")
    assert text_of(peek.timeline).splitlines()[Row.MISTAKE].startswith("▌  15✎ ")
    await peek.press(key)
    assert peek.bar("keys").startswith(" note here it goes wrong█")
    await peek.press("ctrl+u", "enter")
    assert peek.debug.view.marks.notes == {}
