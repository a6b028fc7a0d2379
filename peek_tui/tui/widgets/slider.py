"""The scrollbar of a list, of which only what moves is drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

__all__ = ["Slider"]


class Slider(ScrollBar):
    """Looks like Textual's own, which a console of Rich's draws whole with every event that is inspected."""

    _shown: tuple[Strip, ...] = ()
    """The cells that are on the screen."""

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Have drawn anew what looks otherwise than it is shown."""
        if repaint and not regions and self._shown:
            cells = self._cells
            before = self._shown if len(self._shown) == len(cells) else (None,) * len(cells)
            regions = tuple(Region(0, y, 1, 1) for y, cell in enumerate(cells) if cell != before[y])
            if not regions and not layout:
                return self
            repaint = bool(regions)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the cells of a part of the bar."""
        self._shown = self._cells
        strips = list(self._shown[crop.y : crop.bottom])
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        return strips

    @property
    def _cells(self) -> tuple[Strip, ...]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(bar.style, Style)
        size = self.outer_size.height
        return _drawn(size, bar.virtual_size, bar.window_size, bar.position, bar.style, self.visual_style.rich_style)


@lru_cache(64)
def _drawn(height: int, lines: int, page: int, position: float, style: Style, base: Style) -> tuple[Strip, ...]:
    """Return the cells of a bar, from the top."""
    assert style.color is not None
    assert style.bgcolor is not None
    bar = ScrollBarRender.render_bar(height, lines, page, position, back_color=style.bgcolor, bar_color=style.color)
    return tuple(Strip([segment], 1) for segment in Segment.apply_style(bar.segments, base))
