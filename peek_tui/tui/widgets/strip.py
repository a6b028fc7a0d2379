"""The strip over the panes: the whole run, and where in it one is."""

from __future__ import annotations

from time import monotonic

from textual import events
from textual.message import Message
from textual.strip import Strip as Line

from peek_tui.state.strip import Strip
from peek_tui.state.view import View
from peek_tui.tui.palette import Palette, palette_of

from .lines import KeptLines
from .rows import Piece, strip_of

__all__ = ["StripBar"]

_PATIENCE = 1.0
"""Seconds between two layings-out of a growing trace, unless one takes so long that it must be more."""
_SHARE = 50
"""Of so many seconds at most one is spent on it."""


class StripBar(KeptLines):
    """One line of amounts and signs, or two where there is room: signs stand below the amounts then."""

    class Went(Message):
        """The mouse chose a row."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    DEFAULT_CSS = "StripBar { height: 1; }"

    def __init__(self) -> None:
        super().__init__(id="strip")
        self._strip: Strip | None = None
        self._next = 0.0
        self._selected: int | None = None
        self._marks: dict[int, str] = {}

    @property
    def palette(self) -> Palette:
        return palette_of(self.app)

    def sync(self, view: View) -> None:
        """Show the state; nothing, while it is not seen or the first tree is not there."""
        if not self.display or view.tree.forest is None or not self.size.width:
            return
        laid_out = self._lay_out(view)
        strip = self._strip
        assert strip is not None
        row, snapshot = view.browse.selected, strip.snapshot
        selected = None if row is None else strip.column(row)
        marks = {strip.column(mark.row): mark.letters[:1] or "✎" for mark in view.marks.all(snapshot)}
        if laid_out or (selected, marks) != (self._selected, self._marks):
            self._selected, self._marks = selected, marks
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        row = None if self._strip is None else self._strip.row(event.x - 1)
        if row is not None:
            self.post_message(self.Went(row))

    def render_line(self, y: int) -> Line:
        width, base, strip = self.outer_size.width, self.base, self._strip
        if strip is None:
            return Line.blank(width, base)
        palette, pieces = self.palette, [(" ", base)]
        for column in range(strip.width):
            char, style = self._cell(palette, strip, column, y)
            if style == pieces[-1][1]:
                pieces[-1] = (pieces[-1][0] + char, style)
            else:
                pieces.append((char, style))
        return strip_of(pieces, width, base)

    def _cell(self, palette: Palette, strip: Strip, column: int, y: int) -> Piece:
        amounts, signs = strip.signs.amounts, strip.signs.signs
        two = self.outer_size.height > 1
        if two and y == 0:
            return amounts[column], palette.strong if column == self._selected else palette.amount
        if column == self._selected:
            return "▲", palette.strong
        if mark := self._marks.get(column):
            return mark, palette.number
        sign = signs[column]
        if sign != " ":
            return sign, palette.error if sign == "✗" else palette.of_type("refusal")
        return (" ", palette.dim) if two else (amounts[column], palette.amount)

    def _lay_out(self, view: View) -> bool:
        """Lay the snapshot out anew, if it has grown and that is due; return whether it was."""
        snapshot, width, now = view.browse.snapshot, max(1, self.size.width - 2), monotonic()
        strip = self._strip
        alerts = view.found.rows
        same = strip is not None and strip.snapshot is snapshot and strip.alerts == alerts
        if strip is not None and strip.width == width and (same or now < self._next):
            return False
        self._strip = Strip(snapshot, width, alerts)
        took = monotonic() - now
        self._next = now + max(_PATIENCE, _SHARE * took)
        return True
