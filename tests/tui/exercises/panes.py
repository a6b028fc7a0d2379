"""Panes and what is folded in them."""

from __future__ import annotations

import asyncio

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


@exercise("zoom")
async def _(peek: Peek, key: str) -> None:
    await peek.press("t", key)
    assert seen(peek) == ["tree"]
    await peek.press("q")
    assert seen(peek) == ["timeline", "tree", "inspector"]


@exercise("unzoom")
async def _(peek: Peek, key: str) -> None:
    await peek.press("plus", key)
    assert seen(peek) == ["timeline", "tree", "inspector"]


@exercise("toggle_pane('tree')")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert seen(peek) == ["timeline", "inspector"]
    assert peek.inspector.size.height == peek.timeline.size.height
    await peek.press("t")
    assert peek.tree.has_focus
    assert seen(peek) == ["timeline", "tree", "inspector"]


@exercise("toggle_pane('inspector')")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert seen(peek) == ["timeline", "tree"]
    await peek.press(key)
    assert seen(peek) == ["timeline", "tree", "inspector"]


@exercise("toggle_pane('strip')")
async def _(peek: Peek, key: str) -> None:
    before = peek.timeline.page_height
    await peek.press(key)
    assert peek.timeline.page_height == before + 2
    await peek.press(key)
    assert peek.timeline.page_height == before


@exercise("resize(1, 0)")
async def _(peek: Peek, key: str) -> None:
    before = peek.timeline.region.width
    await peek.press(key)
    assert peek.timeline.region.width == before + 6
    await peek.press("ctrl+left")


@exercise("resize(-1, 0)")
async def _(peek: Peek, key: str) -> None:
    before = peek.tree.region.width
    await peek.press("t", key)
    assert peek.tree.region.width == before - 6
    await peek.press("ctrl+right")


@exercise("resize(0, 1)")
async def _(peek: Peek, key: str) -> None:
    before = peek.tree.region.height
    await peek.press("t", key)
    assert before < peek.tree.region.height <= before + 2
    await peek.press("ctrl+up")
    assert peek.tree.region.height == before


@exercise("resize(0, -1)")
async def _(peek: Peek, key: str) -> None:
    before = peek.inspector.region.height
    await peek.press("tab", "tab", key)
    assert before - 2 <= peek.inspector.region.height < before
    await peek.press("ctrl+down")


def seen(peek: Peek) -> list[str]:
    """The panes that are on the screen."""
    panes = (peek.timeline, peek.tree, peek.inspector)
    return [pane.id or "" for pane in panes if pane.display and pane.size.height]


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
    await peek.press("escape", "g", "l", "l")
    shown = text_of(peek.timeline)
    await peek.press(key, "l")
    assert text_of(peek.timeline) == shown
    await peek.press(key, key, key)
    assert peek.bar("keys") == " this is where the lines begin"


@exercise("unfold")
async def _(peek: Peek, key: str) -> None:
    await _open_decision(peek)
    before = peek.inspector.lines
    await peek.press("h", key)
    assert peek.inspector.lines == before
    assert "▾ alternatives: [2]" in text_of(peek.inspector)
    await peek.press("escape", "g")
    [number] = [at for at, line in enumerate(text_of(peek.timeline).splitlines()) if "Nobody has looked" in line]
    first, *_ = text_of(peek.timeline).splitlines()[number].partition("0.90")
    await peek.press(key)
    assert text_of(peek.timeline).splitlines()[number].startswith(f"{first}…")
    times = 0  # the first line says how the test was started, which may be long
    while peek.bar("keys") != " no line here goes on further right":
        assert times < 200
        await peek.press(key)
        times += 1
    await peek.press(*["h"] * times)


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
    await peek.press("tab", key)
    assert peek.tree.lines == 1 + 10  # the agent; the message, its turns and its end
    async with asyncio.timeout(30):
        while peek.debug.view.found.importance is None:
            await peek.pilot.pause(0.02)
    await peek.press("escape", key)
    assert "events nobody need stop at: " in text_of(peek.timeline)
    assert peek.timeline.lines < ROWS
    [line] = [at for at, text in enumerate(text_of(peek.timeline).splitlines()) if "⋯" in text][:1]
    lines = peek.timeline.lines
    await peek.press(*["j"] * line, "enter")
    assert peek.timeline.lines > lines
    assert peek.timeline.has_focus
    await peek.press("equals_sign")


@exercise("unfold_all")
async def _(peek: Peek, key: str) -> None:
    await peek.press("tab", "minus", key)
    assert peek.tree.lines == ROWS - len(Row.CHUNKS)
    await peek.press("escape", "minus", key)
    assert peek.timeline.lines == ROWS
