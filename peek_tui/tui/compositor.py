"""What of a screen is painted again, where its widgets keep their lines and lie beside one another.

Textual cuts each line of a change at the edges of all widgets on it and puts the pieces together from the front to the
back: a fifth of what a key cost. Here the lines go to the terminal as their widgets keep them.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.console import Console
from textual._compositor import Compositor, CompositorUpdate
from textual.strip import Strip
from textual.widget import Widget

from .widgets.lines import KeptLines
from .widgets.slider import Slider

__all__ = ["LineCompositor"]

_KEPT = (KeptLines, Slider)


class Line(NamedTuple):
    """A line of a widget, and where on the screen it begins."""

    y: int
    x: int
    strip: Strip


class Lines(CompositorUpdate):
    """Lines of widgets."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def render_segments(self, console: Console) -> str:
        """Return what to write."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.lines)


class LineCompositor(Compositor):
    """Composes a screen all of whose widgets lie beside one another."""

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Note what is to be painted again of widgets that have a place.

        Of one that has none yet nothing is noted: it is painted when it is given its place. Textual looks for that
        place here already, and the layout that is on its way then finds nothing that moved, and paints nothing.
        """
        super().update_widgets(widgets & self.visible_widgets.keys())

    def render_partial_update(self) -> CompositorUpdate | None:  # type: ignore[override]  # Textual promises one of its kinds
        """Return the lines on which something is to be painted again; what they do not cover is left to Textual."""
        spans = list(self._regions_to_spans(self._dirty_regions))
        lines: list[Line] = []
        covered = 0
        for widget, (region, clip) in self.visible_widgets.items():
            if isinstance(widget, _KEPT) and clip.contains_region(region):
                (x, top, _, _), end, bottom = region, region.right, region.bottom
                on = [span for span in spans if top <= span[0] < bottom and span[1] < end and x < span[2]]
                strips = widget.render_lines(region.size.region) if on else []
                for y, left, right in on:
                    strip = strips[y - top]
                    cells = min(x + strip.cell_length, right) - max(x, left)
                    if cells > 0:
                        lines.append(Line(y, x, strip))
                        covered += cells
        if covered < sum(right - left for _, left, right in spans):
            return super().render_partial_update()
        self._dirty_regions.clear()
        return Lines(sorted(lines, key=lambda line: line[:2])) if lines else None
