"""Lines, pages, ends, and back to where one was."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


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
    assert peek.row == peek.timeline.page_height // 2 == 17


@exercise("half(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("j", "ctrl+d", key)
    assert peek.row == 1


@exercise("page(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert peek.row == peek.timeline.page_height == 35


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


@exercise("jump(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("e", "e", "G", key)
    assert peek.row == Row.SOLD_OUT
    await peek.press(key)
    assert peek.row == Row.OVERLOADED


@exercise("jump(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press("e", "e", "left_square_bracket", key)
    assert peek.row == Row.SOLD_OUT
    await peek.press(key)
    assert peek.bar("keys") == " there is no place after this one"
