"""Times and playing."""

from __future__ import annotations

from tests.tui.screens import Peek, text_of
from tests.tui.story import Row

from . import exercise


@exercise("times")
async def _(peek: Peek, key: str) -> None:
    await peek.go(4)
    for told, times in (
        ("since the previous event", ["·", "+500ms", "+500ms"]),
        ("from the selected event", ["-2.0s", "-1.5s", "-1.0s"]),
        ("clock", ["08:00:00", "08:00:00", "08:00:01"]),
    ):
        await peek.press(key)
        assert peek.bar("keys") == f" times: {told}"
        assert [line[7:19].split()[0] for line in text_of(peek.timeline).splitlines()[:3]] == times


@exercise("zone")
async def _(peek: Peek, key: str) -> None:
    await peek.press(key)
    assert text_of(peek.timeline).startswith("▌   0  08:00:00Z ")
    await peek.press(key)
    assert text_of(peek.timeline).startswith("▌   0  08:00:00 ")


@exercise("play")
async def _(peek: Peek, key: str) -> None:
    await peek.press(*["right_parenthesis"] * 3, key)
    assert "▶ 100×" in peek.bar("title")
    await peek.until(lambda: peek.row == Row.END)
    await peek.until(lambda: "▶" not in peek.bar("title"))


@exercise("speed(1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(*["left_parenthesis"] * 3, key)
    assert peek.bar("keys") == " P plays at 5× of the trace's own time"


@exercise("speed(-1)")
async def _(peek: Peek, key: str) -> None:
    await peek.press(*["right_parenthesis"] * 3, key)
    assert peek.bar("keys") == " P plays at 20× of the trace's own time"
