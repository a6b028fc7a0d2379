"""The scrollbar of a list, of which only what moves is drawn."""

from __future__ import annotations

from functools import cached_property, lru_cache
from math import ceil
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from .lines import Eager

__all__ = ["Slider"]

_EIGHTHS = 8
_MOST = 64
"""Bars that are kept."""


class Slider(Eager, ScrollBar):
    """Looks like Textual's own, which a console of Rich's draws whole with every event that is inspected."""

    _shown: tuple[Strip, ...] = ()
    """The cells that are on the screen."""

    @cached_property
    def _drawn(self) -> dict[object, tuple[Strip, ...]]:
        """Cells, by all that is seen of them: the length and the position of a list that grows change in turn."""
        return {}

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Have drawn anew what looks otherwise than it is shown."""
        if repaint and not regions and self._shown:
            cells = self._cells
            before = self._shown if len(self._shown) == len(cells) else (None,) * len(cells)
            regions = tuple(Region(0, y, 1, 1) for y, cell in enumerate(cells) if cell is not before[y])
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
        size = self.outer_size.height
        thumb = _thumb(size, bar.virtual_size, bar.window_size, bar.position)
        look = (size, thumb, bar.style, self.visual_style.rich_style)
        cells = self._drawn.get(look)
        if cells is None:
            if len(self._drawn) == _MOST:
                self._drawn.clear()
            cells = self._drawn[look] = _draw(bar, size, self.visual_style.rich_style)
        return cells


def _thumb(height: int, lines: int, page: int, position: float) -> tuple[int, int]:
    """Return where the thumb begins and ends, in eighths of a cell; all that can be seen of a list that grows."""
    if not page or not height or lines == height:
        return 0, 0
    size = max(1, page / (lines / height))
    start = int((height - size) * (position / (lines - page)) * _EIGHTHS)
    return start, start + ceil(size * _EIGHTHS)


def _draw(bar: ScrollBarRender, height: int, base: Style) -> tuple[Strip, ...]:
    """Return the cells of a bar, from the top."""
    style = bar.style
    assert isinstance(style, Style)
    assert style.color is not None
    assert style.bgcolor is not None
    drawn = ScrollBarRender.render_bar(
        height, bar.virtual_size, bar.window_size, bar.position, back_color=style.bgcolor, bar_color=style.color
    )
    return tuple(map(_cell, Segment.apply_style(drawn.segments, base)))


@lru_cache(_MOST)
def _cell(segment: Segment) -> Strip:
    """Return a cell, the same one for all that look alike: what does not change is told by that."""
    return Strip([segment], 1)
