"""Panes and what is folded in them."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import ROWS, Row

from . import exercise


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
