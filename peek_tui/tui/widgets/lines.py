"""Widgets that are drawn line by line, each line once.

Textual puts all lines of all widgets near a change through borders, opacity, tint and filters again in every frame:
four fifths of what a key cost. Here a line is kept as it goes to the screen until somebody says that it differs.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

__all__ = ["Eager", "KeptLines"]

_MOST = 512
"""Lines that are kept wherever they stood: a dozen screens of a list."""


class Eager(Widget):
    """Tells the screen at once what is to be painted; others wait for a turn of the event loop first, each for one."""

    def check_idle(self) -> None:
        """See to what there is to do: what is to be painted now, anything else when nothing else is going on."""
        if self._repaint_required:
            self._check_refresh()
        else:
            super().check_idle()


class KeptLines(Eager):
    """Keeps the lines that `render_line` has drawn.

    It may have a rule at its left, above it, or both; what has a frame around it is left to Textual.
    There is no opacity, no tint and no padding.
    """

    _look: object = None
    """What all kept lines depend on: when it changes, none of them is what it should be."""
    _rule = Style.null()
    """How rules look."""

    @cached_property
    def _kept(self) -> dict[int, Strip]:
        """The lines that are on the screen, by their place there."""
        return {}

    @cached_property
    def _known(self) -> dict[Hashable, Strip]:
        """Lines by what they are drawn from, for when they come back or stand elsewhere."""
        return {}

    def source(self, y: int) -> Hashable | None:
        """Return what a line of the content is drawn from: of the same, the same is made. None: nobody says."""
        return None

    def forget(self) -> None:
        """Draw every line anew: from what they were drawn, something else is to be drawn now."""
        self._known.clear()
        self.refresh()

    @property
    def base(self) -> Style:
        """What lies under all text."""
        return self.visual_style.rich_style

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Have these regions of the content drawn anew, or all of it."""
        if repaint and not regions:
            self._kept.clear()
        elif repaint:
            top = self.styles.gutter.top
            for region in regions:
                for y in region.line_range:
                    self._kept.pop(y + top, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a part of the widget; those that are kept as they are."""
        gutter = self.styles.gutter
        if gutter.right or gutter.bottom:
            return super().render_lines(crop)
        filters = self.get_line_filters()
        look = (self.outer_size, gutter, self.visual_style, self.app.theme, filters)
        if look != self._look:
            self._look = look
            self._kept.clear()
            self._known.clear()
            self._rule = self._drawn_rule
        kept, rows = self._kept, crop.line_range
        for y in rows:
            if y not in kept:
                kept[y] = self._line(y, gutter.top, filters)
        strips = [kept[y] for y in rows]
        left, right = crop.column_span
        return strips if (left, right) == (0, self.outer_size.width) else [strip.crop(left, right) for strip in strips]

    def _line(self, y: int, top: int, filters: Sequence[LineFilter]) -> Strip:
        """Return a line of the widget, drawn or known."""
        source = self.source(y - top) if y >= top else None
        if source is None:
            return self._draw(y, filters)
        known = self._known
        if source not in known:
            if len(known) == _MOST:
                known.clear()
            known[source] = self._draw(y, filters)
        return known[source]

    def _draw(self, y: int, filters: Sequence[LineFilter]) -> Strip:
        """Return a line of the widget: what it shows, and the rules beside it."""
        top, _, _, left = self.styles.gutter
        if y < top:
            width = self.outer_size.width
            strip = Strip([Segment(("┌" if left else "─").ljust(width, "─"), self._rule)], width)
        else:
            strip = self.render_line(y - top)
            if left:
                strip = Strip([Segment("│", self._rule), *strip], 1 + strip.cell_length)
        for line_filter in filters:
            strip = strip.apply_filter(line_filter, self.background_colors[1])
        return strip

    @property
    def _drawn_rule(self) -> Style:
        kind, colour = self.styles.border_top
        return self.base + Style.from_color((colour if kind else self.styles.border_left[1]).rich_color)
