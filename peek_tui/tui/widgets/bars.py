"""One-line bars: the title, the types with their counts, the keys."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from peek_tui.render.text import cell_width
from peek_tui.tui.palette import COLOUR, MONO, Palette

from .rows import Piece, strip_of

__all__ = ["Bar"]


class Bar(Widget):
    """One line: pieces from the left, pieces set against the right edge. Written only when it changes."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def __init__(self, *, id: str, filled: bool = False) -> None:
        super().__init__(id=id)
        self._left: list[Piece] = []
        self._right: list[Piece] = []
        self._filled = filled

    @property
    def palette(self) -> Palette:
        return MONO if self.app.no_color else COLOUR

    def show(self, left: list[Piece], right: list[Piece] | None = None) -> None:
        """Show safe text; what is on the right goes before what is on the left when there is no room for both."""
        if (left, right or []) != (self._left, self._right):
            self._left, self._right = left, right or []
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.rich_style + self.palette.bar if self._filled else self.rich_style
        tail = sum(cell_width(text) for text, _ in self._right)
        head = strip_of(self._left, max(0, width - tail), base)
        return Strip.join([head, strip_of(self._right, min(tail, width), base)])
