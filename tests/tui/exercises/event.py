"""What is done with the selected event."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


@exercise("view")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.REQUEST)
    views = []
    for _ in range(4):
        await peek.press(key)
        views.append(peek.inspector.view)
    assert views == ["conversation", "changes", "raw", "payload"]


@exercise("changes")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.DECISIONS[1])
    await peek.press(key)
    assert "since: row 7, decision search" in text_of(peek.inspector)
    await peek.press(key)
    assert peek.inspector.view == "payload"


@exercise("copy")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.CALL)
    await peek.press(key)
    assert "v value" in peek.bar("keys")
    await peek.press("i")
    assert "copied" in peek.bar("keys")
    await peek.press(key, "j")  # no part of an event, nor a key of the timeline just then
    assert peek.row == Row.CALL


@exercise("pipe")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert "a shell command" in peek.bar("keys")
    await peek.press("x", "enter")
    assert "cannot be lent" in peek.bar("keys")  # a test has no terminal


@exercise("edit")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert "cannot be lent" in peek.bar("keys")
