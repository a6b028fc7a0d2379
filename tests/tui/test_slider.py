from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.scrollbar import ScrollBarRender
from textual.strip import Strip

from peek_tui.tui.widgets import slider

from .screens import opened

STYLE = Style.parse("red on blue")


def drawn(height: int, lines: int, page: int, position: float) -> list[Segment]:
    assert STYLE.color is not None
    assert STYLE.bgcolor is not None
    bar = ScrollBarRender.render_bar(height, lines, page, position, back_color=STYLE.bgcolor, bar_color=STYLE.color)
    return list(bar.segments)


PLACES = st.tuples(st.integers(1, 10**6), st.floats(0, 1))


@given(st.integers(1, 60), st.integers(1, 60), PLACES, PLACES)
def test_seen(height: int, page: int, one: tuple[int, float], other: tuple[int, float]) -> None:
    """Two bars look alike whose thumbs begin and end in the same eighths of a cell."""
    bars = [(height, page + more, page, round(share * more)) for more, share in (one, other)]
    thumbs = [slider._thumb(*bar) for bar in bars]
    cells = [drawn(*bar) for bar in bars]
    assert (thumbs[0] != thumbs[1]) or cells[0] == cells[1]


async def test_grows(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a long list grows at its end, its bar is drawn once for each way it looks, not once for each length."""
    draws: list[int] = []
    draw = slider._draw

    def counting(bar: ScrollBarRender, height: int, base: Style) -> tuple[Strip, ...]:
        draws.append(bar.virtual_size)
        return draw(bar, height, base)

    monkeypatch.setattr(slider, "_draw", counting)
    async with opened([story]) as peek:
        bar = peek.timeline.vertical_scrollbar
        draws.clear()
        for lines in range(100_000, 100_500):
            bar.window_virtual_size = lines  # which alone leaves the thumb a little above the end
            bar.position = lines - bar.window_size
        assert draws == [100_000, 100_000, 100_001]
