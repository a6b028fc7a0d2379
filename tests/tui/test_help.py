from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.render.text import cell_width
from peek_tui.tui.actions import actions_of, key_names
from peek_tui.tui.screens.debug import Debug
from peek_tui.tui.screens.help import Help
from peek_tui.tui.widgets.rows import RowView

from .screens import SIZES, Peek, opened, text_of


async def read_help(peek: Peek) -> str:
    """Page through the keys to the last line, and return all that was seen."""
    assert isinstance(peek.app.screen, Help)
    rows = peek.app.screen.query_one(RowView)
    seen = [text_of(rows)]
    for _ in range(0, rows.lines, rows.page_height // 2):
        await peek.press(*["j"] * (rows.page_height // 2))
        seen.append(text_of(rows))
    return "\n".join(seen)


@pytest.mark.parametrize("size", SIZES)
async def test_every_key(story: Path, size: tuple[int, int]) -> None:
    """The keys of the debugger are all listed with what they do, whatever the size of the screen."""
    async with opened([story], size) as peek:
        await peek.press("question_mark")
        rows = peek.app.screen.query_one(RowView)
        lines = ["".join(text for text, _ in rows.draw(line, rows.line_width)) for line in range(rows.lines)]
        assert max(map(cell_width, lines)) <= rows.line_width
        told = "".join(lines).replace(" ", "")
        for action in actions_of("debug"):
            assert f"{key_names(action)}{action.help}".replace(" ", "") in told
        seen = await read_help(peek)
        assert all(line.strip() in seen for line in lines)


async def test_sessions(tmp_path: Path) -> None:
    """The list of sessions lists its own keys, and none of the debugger's."""
    async with opened(directory=tmp_path) as peek:
        await peek.press("question_mark")
        seen = await read_help(peek)
        assert "  Enter           open the session" in seen
        assert "freeze" not in seen


async def test_closed(story: Path) -> None:
    """Any of the usual keys closes the help, and the debugger is as it was."""
    async with opened([story]) as peek:
        for row, key in enumerate(("escape", "q", "question_mark", "enter"), start=1):
            await peek.press("j", "question_mark", "j")
            assert isinstance(peek.app.screen, Help)
            await peek.press(key)
            assert isinstance(peek.app.screen, Debug)
            assert peek.row == row


async def test_quit(story: Path) -> None:
    """Ctrl-C quits from the help too."""
    async with opened([story]) as peek:
        await peek.press("question_mark")
        await peek.pilot.press("ctrl+c")
        assert peek.app.return_code == 0


async def test_found(story: Path) -> None:
    """`/` finds keys by words of what they do; Esc gives all of them back."""
    async with opened([story]) as peek:
        await peek.press("question_mark", "slash", *"previous error")
        rows = peek.app.screen.query_one(RowView)
        assert text_of(rows).split("\n")[:2] == ["Step", "  E               previous error"]
        await peek.press("escape")
        assert rows.lines > 50
        await peek.press("escape")
        assert isinstance(peek.app.screen, Debug)


async def test_of_the_pane(story: Path) -> None:
    """What only one pane has comes first when one comes from there."""
    async with opened([story]) as peek:
        await peek.press("t", "question_mark")
        shown = text_of(peek.app.screen.query_one(RowView)).split("\n")
        assert shown[:2] == [
            "In this pane, the tree",
            "  h ←             tree, event: fold, or up to what it is in; timeline: scroll left",
        ]
