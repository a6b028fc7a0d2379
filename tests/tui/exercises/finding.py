"""Looking for a text."""

from __future__ import annotations

from tests.tui.screens import Peek
from tests.tui.story import Row

from . import exercise


@exercise("search")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, *"navy")
    await peek.until(lambda: peek.bar("filters").strip() == "/navy 1/1")  # while it is typed
    assert peek.row == Row.HELPER[2]
    await peek.press("enter", "q")
    assert peek.row == Row.HELPER[2]
    assert peek.bar("filters") == ""
    await peek.press(key, *"zebra")
    await peek.until(lambda: peek.bar("filters").strip() == "/zebra –/0")
    await peek.press("enter")
    assert peek.bar("keys") == " no event that is shown holds 'zebra'"


@exercise("next_hit(1)")
async def _(peek: Peek, key: str) -> None:
    await _look_for_shop(peek)
    for row in (Row.TURNS[2] + 3, Row.TURNS[2] + 4):
        await peek.press(key)
        assert peek.row == row
    await peek.press("q")


@exercise("next_hit(-1)")
async def _(peek: Peek, key: str) -> None:
    await _look_for_shop(peek)
    await peek.press(key)
    assert peek.row == Row.END - 1  # around the beginning: "Shop 8 is closed."
    await peek.press("q")


async def _look_for_shop(peek: Peek) -> None:
    """Look for it, up to the first event that holds it."""
    await peek.press("slash", *"shop [3-8]", "enter")
    await peek.until(lambda: peek.bar("filters").strip() == "/shop [3-8] 1/24")
    assert peek.row == Row.TURNS[2]
