"""Alerts, suspects and causes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from peek_tui.tui.screens.chooser import Chooser
from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


async def until(peek: Peek, true: Callable[[], bool]) -> None:
    """Wait for what a thread finds."""
    async with asyncio.timeout(30):
        while not true():
            await peek.pilot.pause(0.02)


async def chooser(peek: Peek) -> str:
    """Wait for a list over the screen, and return what it lists."""
    await until(peek, lambda: isinstance(peek.app.screen, Chooser))
    await peek.pilot.pause()
    return "\n".join(text_of(rows) for rows in peek.app.screen.query("#choices"))


@exercise("alerts")
async def _(peek: Peek, key: str) -> None:
    await until(peek, lambda: peek.debug.answers.seen is not None)
    alerts = peek.debug.view.found.alerts
    await peek.press(key)
    if not alerts:
        assert "no alerts" in peek.bar("keys")
        return
    assert len((await chooser(peek)).strip().splitlines()) == len(alerts)
    await peek.press("enter")
    assert peek.row == alerts[0].first_row


@exercise("suspects")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    lines = (await chooser(peek)).strip().splitlines()
    await peek.press("enter")
    suspects = peek.debug.view.suspects.ranked
    assert [int(line.lstrip("▌ ").split()[0]) for line in lines] == list(range(1, len(suspects) + 1))
    assert suspects[0].reasons[0][:20] in lines[0]
    assert peek.row == suspects[0].row
    assert f"suspect 1 of {len(suspects)}: " in " ".join(text_of(peek.inspector).split())


@exercise("next_suspect")
async def _(peek: Peek, key: str) -> None:
    await peek.press("Q")
    await chooser(peek)
    await peek.press(*["down"] * 100, "enter")  # the last one, so that the next is the first
    suspects = peek.debug.view.suspects.ranked
    for rank, suspect in enumerate([*suspects, suspects[0]]):
        await peek.press(key)
        assert peek.row == suspect.row
        assert peek.bar("keys").startswith(f" suspect {rank % len(suspects) + 1} of {len(suspects)}: ")


@exercise("why")
async def _(peek: Peek, key: str) -> None:
    await peek.go(Row.SOLD_OUT)
    await peek.press(key)
    lines = (await chooser(peek)).splitlines()
    assert lines[0].split()[1:5] == ["call", "TOOL", "✗", "buy"]
    assert lines[-1].split()[:3] == ["0", "root", "AGNT"]
    await peek.press(*["down"] * len(lines), "enter")
    assert peek.row == 0
