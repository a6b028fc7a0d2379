from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.analysis.alerts import Alert
from peek_tui.state.answers import Found
from peek_tui.tui.widgets.strip import StripBar

from .screens import Peek, opened
from .story import Row


def lines(peek: Peek) -> list[str]:
    """What the strip shows."""
    strip = peek.debug.query_one(StripBar)
    return [strip.render_line(y).text for y in range(strip.size.height)]


async def test_two_lines(story: Path) -> None:
    """On a tall screen what happened is above, and below it what failed, what objected and where one is."""
    async with opened([story]) as peek:
        await peek.press("G")
        amounts, signs = lines(peek)
        assert len(amounts) == len(signs) == 120
        assert set(amounts) <= set(" ▁▂▃▄▅▆▇█")
        assert signs.replace(" ", "") == "✗✗!▲"
        assert signs.index("✗") == 1 + Row.OVERLOADED * 118 // Row.END


async def test_one_line(story: Path) -> None:
    """On a small screen the signs stand among the amounts."""
    async with opened([story], (80, 24)) as peek:
        [line] = lines(peek)
        assert line[1] == "▲"
        assert "".join(char for char in line if char in "✗!▲") == "▲✗✗!"


async def test_marks(story: Path) -> None:
    """Marks are where their events are."""
    async with opened([story]) as peek:
        await peek.go(40)
        await peek.press("m", "q", "G")
        assert lines(peek)[1].index("q") == 1 + 40 * 118 // Row.END


async def test_click(story: Path) -> None:
    """A click goes to what happened there, and there is a way back."""
    async with opened([story]) as peek:
        await peek.pilot.click("#strip", offset=(60, 0))
        await peek.rest()
        assert peek.row is not None
        assert lines(peek)[1].index("▲") == 60
        await peek.press("left_square_bracket")
        assert peek.row == 0


@pytest.mark.parametrize("size", [(40, 10), (80, 16)])
async def test_no_room(story: Path, size: tuple[int, int]) -> None:
    """Where there is hardly any room there is no strip."""
    async with opened([story], size) as peek:
        assert not peek.debug.query_one(StripBar).display


async def test_alert_found_just_then(story: Path) -> None:
    """An alert that is found just after the strip was laid out is there soon, without a key."""
    async with opened([story]) as peek:
        await peek.until(lambda: peek.debug.answers.seen is peek.debug.browse.snapshot)
        await peek.press("G")
        before = lines(peek)[1]
        peek.debug.answers.found = Found([Alert("stuck", "low", "nothing goes on", (), 40, 40)])
        peek.debug.on_answering_answered()
        await peek.until(lambda: lines(peek)[1] != before)
        assert lines(peek)[1].index("!", 60) == 1 + 40 * 118 // Row.END
