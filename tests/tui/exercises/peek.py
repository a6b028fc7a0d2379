"""The program itself."""

from __future__ import annotations

from peek_tui.tui.screens.chooser import Chooser
from peek_tui.tui.screens.help import Help
from tests.tui.screens import Peek
from tests.tui.story import Row

from . import exercise


@exercise("command")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, "1", "7")
    assert peek.bar("keys").startswith(" :17█")
    await peek.press("enter")
    assert peek.row == 17
    await peek.press(key, *"break err", "tab", "enter", "g", "c")
    assert peek.row == Row.OVERLOADED
    await peek.press("g", key, *"next-er", "tab", "enter")
    assert peek.row == Row.OVERLOADED
    await peek.press(key, *"filter type:refu", "tab", "enter")
    assert peek.debug.browse.rows == [Row.REFUSAL]
    await peek.press("z", key, *"filter", "enter")
    assert peek.bar("keys") == " filter needs a filter: only what it wants is shown"
    peek.debug.view.breakpoints.remove(0)


@exercise("palette")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key, *"error next")
    assert isinstance(peek.app.screen, Chooser)
    await peek.press("enter")
    await peek.until(lambda: peek.row == Row.OVERLOADED)
    await peek.press(key, *"error", "escape")
    assert peek.debug.is_current


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


@exercise("app.redraw")
async def _(peek: Peek, key: str) -> None:
    before = peek.everything()
    await peek.press(key)  # a test has no terminal to write over: see tests/scenarios
    assert peek.everything() == before


@exercise("app.suspend_process")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)  # a test has no shell to go back to: see tests/scenarios
    assert peek.app.is_running
