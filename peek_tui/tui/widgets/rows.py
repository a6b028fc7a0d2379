"""A list of any length, of which only what is seen is drawn (Textual's Line API).

Textual's own lists do not scale: a `DataTable` of a million rows takes 75 s and 0.9 GB, a page of a `Tree` 117 KB.
Here a step down repaints two lines.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from peek_tui.render.text import cell_width, fit
from peek_tui.tui.palette import Palette, palette_of

from .lines import KeptLines
from .slider import Slider

__all__ = ["Piece", "RowView", "strip_of"]

Piece = tuple[str, Style]
"""Safe text and its style."""


def strip_of(pieces: list[Piece], width: int, base: Style) -> Strip:
    """Return pieces of safe text as one line of exactly `width` columns over `base`."""
    segments: list[Segment] = []
    room = width
    for text, style in pieces:
        if room <= 0:
            break
        if not text:
            continue
        size = cell_width(text)
        if size > room:
            text, size = fit(text, room), room  # noqa: PLW2901  the piece that is cut is the last one
        segments.append(Segment(text, base + style))
        room -= size
    if room > 0:
        segments.append(Segment(" " * room, base))
    return Strip(segments, width)


def _runs(lines: Iterable[int]) -> list[range]:
    """Return lines, those that follow one another together."""
    runs: list[range] = []
    for line in lines:
        if runs and runs[-1].stop == line:
            runs[-1] = range(runs[-1].start, line + 1)
        else:
            runs.append(range(line, line + 1))
    return runs


class RowView(KeptLines, ScrollView, can_focus=True):
    """A scrolling list with one selected line. Subclasses say how many lines there are and what a line shows."""

    class Clicked(Message):
        """The mouse chose a line."""

        def __init__(self, view: RowView, line: int) -> None:
            super().__init__()
            self.view = view
            self.line = line

    DEFAULT_CSS = """
    RowView { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow: hidden scroll; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._selected = 0
        self._lines = 0

    def draw(self, line: int, width: int) -> list[Piece]:
        """Return what a line shows."""
        raise NotImplementedError

    @property
    def palette(self) -> Palette:
        return palette_of(self.app)

    @property
    def lines(self) -> int:
        return self._lines

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = Slider(name="vertical")
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    @property
    def top(self) -> int:
        """The first line that is seen."""
        return round(self.scroll_y)

    @property
    def line_width(self) -> int:
        """The columns there are for a line: there is always a scrollbar."""
        return self.outer_size.width - self.styles.gutter.width - self.styles.scrollbar_size_vertical

    @property
    def page_height(self) -> int:
        return max(1, self.outer_size.height - self.styles.gutter.height)

    def show(self, lines: int, selected: int, *, changed: bool) -> None:
        """Take the number of lines and the selected one; `changed` repaints all that is seen, else two lines."""
        before, self._selected = self._selected, selected
        if lines != self._lines:
            self._lines = lines
            self._set_length(lines)
        scrolled = self._reveal()
        if changed or scrolled:
            self.refresh()
        elif before != selected:
            self.refresh_each([before, selected])

    def refresh_each(self, lines: Iterable[int]) -> None:
        """Repaint some lines."""
        top, width = self.top, self.line_width
        if regions := [Region(0, run.start - top, width, len(run)) for run in _runs(lines)]:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        width = self.line_width
        line = self.top + y
        base = self.base
        if not 0 <= line < self._lines:
            return Strip.blank(width, base)
        if line == self._selected:
            base += self.palette.cursor if self.has_focus else self.palette.cursor_blurred
        return strip_of(self.draw(line, width), width, base)

    def _set_length(self, lines: int) -> None:
        """Tell the scrollbar how much there is. Assigned as usual, it would lay out the whole screen: 30 ms a key."""
        self.set_reactive(RowView.virtual_size, Size(1, lines))  # a real width would want a horizontal scrollbar
        self.vertical_scrollbar.window_virtual_size = lines

    def _reveal(self) -> bool:
        """Scroll the selected line into view; at an edge by half a page, so that not every step repaints all."""
        if self.outer_size.height <= self.styles.gutter.height:
            return False  # not laid out yet: where it would scroll to now says nothing of where it should
        top, height = self.top, self.page_height
        last = max(0, self._lines - height)
        if self._selected < top:
            target = self._selected - height // 2 if top - self._selected < height else self._selected - height // 3
        elif self._selected >= top + height:
            near = self._selected - top - height < height
            target = self._selected - height // 2 if near else self._selected - 2 * height // 3
        else:
            return False
        if self._selected >= self._lines - 1:
            target = last
        self.scroll_to(y=min(last, max(0, target)), animate=False, force=True, immediate=True)
        return True

    def on_focus(self) -> None:
        self.refresh_line(self._selected)

    def on_blur(self) -> None:
        self.refresh_line(self._selected)

    def on_resize(self) -> None:
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        line = -1 if offset is None else self.top + offset.y
        if 0 <= line < self._lines:
            self.post_message(self.Clicked(self, line))
