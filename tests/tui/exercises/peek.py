"""The program itself."""

from __future__ import annotations

from peek_tui.tui.screens.help import Help
from tests.tui.screens import Peek

from . import exercise


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


@exercise("interrupt")
async def _(peek: Peek, key: str) -> None:
    await peek.pilot.press("enter", key)
    assert peek.app.return_code == 0
