from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from peek_tui.tui.screens.help import Help

from .screens import opened
from .story import Row


@pytest.mark.parametrize("keys", [("D",), ("ctrl+e",), ("y", "e"), ("vertical_line", "x", "enter")])
async def test_no_event(tmp_path: Path, keys: tuple[str, ...]) -> None:
    """Where there is no event, what is done with one is said to be impossible."""
    path = tmp_path / "empty.jsonl"
    path.touch()
    async with opened([path]) as peek:
        await peek.press(*keys)
        assert "there is no event here" in peek.bar("keys")


async def test_unseen(story: Path) -> None:
    """What is done with an event needs no pane that shows it."""
    async with opened([story], size=(80, 18)) as peek:
        await peek.go(Row.CALL)
        await peek.press("D", "y", "i")
        assert "copied" in peek.bar("keys")


async def test_help_takes_markup(story: Path) -> None:
    """What is typed into the help is no markup."""
    async with opened([story]) as peek:
        await peek.press("question_mark", "slash", "[")
        peek.app.screen.post_message(events.Paste("/b]"))
        await peek.pilot.pause()
        assert isinstance(peek.app.screen, Help)
        assert peek.app.is_running
