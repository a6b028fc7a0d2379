"""The scrollbar of a list, of which only what moves is drawn."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

from rich.color import Color
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from .lines import KeptLines

__all__ = ["Slider"]


class Slider(KeptLines, ScrollBar):
    """Looks like Textual's own, which a console of Rich's draws whole with every event that is inspected."""

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Have drawn anew what looks otherwise than it is kept."""
        if repaint and not regions and self._kept:
            regions = tuple(Region(0, y, 1, 1) for y, cell in enumerate(self._cells) if cell != self._kept.get(y))
            repaint = bool(regions)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        return self._cells[y]

    @property
    def _cells(self) -> list[Strip]:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        assert isinstance(bar.style, Style)
        colours = bar.style.bgcolor, bar.style.color
        return _drawn(self.outer_size.height, bar.virtual_size, bar.window_size, bar.position, *colours)


@lru_cache(64)
def _drawn(height: int, lines: int, page: int, position: float, background: Color, colour: Color) -> list[Strip]:
    """Return the cells of a bar, from the top."""
    bar = ScrollBarRender.render_bar(height, lines, page, position, back_color=background, bar_color=colour)
    return [Strip([segment], 1) for segment in bar.segments]
