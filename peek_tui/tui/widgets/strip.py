"""The strip over the panes: the whole run, and where in it one is."""

from __future__ import annotations

from functools import partial
from time import monotonic

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip as Line
from textual.timer import Timer

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
        self._later: Timer | None = None
        """Will lay out what came too early for it."""
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
        plain, style, cells = self._cells(strip, y)
        pieces: list[Piece] = [(" ", base)]
        start = 0
        for column in sorted(cells):
            pieces += [(plain[start:column], style), cells[column]]
            start = column + 1
        return strip_of([*pieces, (plain[start:], style)], width, base)

    def _cells(self, strip: Strip, y: int) -> tuple[str, Style, dict[int, Piece]]:
        """Return what a line shows where there is nothing else, how that looks, and by column what else there is."""
        palette, (amounts, signs) = self.palette, strip.signs
        two, selected = self.outer_size.height > 1, self._selected
        if two and y == 0:
            here = {} if selected is None else {selected: (amounts[selected], palette.strong)}
            return amounts, palette.amount, here
        looks = {"✗": palette.error, "!": palette.of_type("refusal")}
        cells = {column: (sign, looks[sign]) for column, sign in enumerate(signs) if sign != " "}
        cells |= {column: (mark, palette.number) for column, mark in self._marks.items()}
        if selected is not None:
            cells[selected] = ("▲", palette.strong)
        return (" " * strip.width, palette.dim, cells) if two else (amounts, palette.amount, cells)

    def _lay_out(self, view: View) -> bool:
        """Lay the snapshot out anew, if it has grown and that is due; return whether it was."""
        snapshot, width, now = view.browse.snapshot, max(1, self.size.width - 2), monotonic()
        strip = self._strip
        alerts = view.found.rows
        same = strip is not None and strip.snapshot is snapshot and strip.alerts == alerts
        if strip is not None and strip.width == width and (same or now < self._next):
            if not same and self._later is None:
                self._later = self.set_timer(self._next - now, partial(self._catch_up, view))
            return False
        self._strip = Strip(snapshot, width, alerts)
        took = monotonic() - now
        self._next = now + max(_PATIENCE, _SHARE * took)
        return True

    def _catch_up(self, view: View) -> None:
        """Show what there is by now; with it comes nothing else that would have it shown."""
        self._later = None
        self.sync(view)
