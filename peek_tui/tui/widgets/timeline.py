"""The timeline: one line an event."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from textual.strip import Strip

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.text import cell_width, clean_line, fit
from peek_tui.render.words import look_of
from peek_tui.state.skim import Fold
from peek_tui.state.view import View
from peek_tui.trace.model import Event

from .rows import Piece, RowView, strip_of

__all__ = ["Timeline"]

_CACHED = 512
"""Events kept drawn: a few screens."""
_NOTHING = " nothing passes the filters: z takes back the last one, ^F turns all off"
_DURATION = 7
_ROOMY = 60
"""From this width on, there is a column for how important events are."""
_LIMITS = (0.5, 0.75, 0.9)
_WEIGHTS = " ▂▅█"
_WIDE = 100
"""From this width on, times have milliseconds and names more room."""


class Timeline(RowView):
    """Draws a `Browse`."""

    def __init__(self, view: View) -> None:
        super().__init__(id="timeline")
        self._view = view
        self._browse = view.browse
        self.event_of = lru_cache(_CACHED)(self._read)

    def sync(self, *, changed: bool) -> None:
        """Draw what the state says now; `changed` when rows other than the selected one may differ."""
        changed = changed or self._view.times.follows_selection
        self.show(len(self._browse.rows), self._browse.position, changed=changed)

    def _read(self, handle: int) -> Event:
        snapshot = self._browse.snapshot
        return snapshot.event(snapshot.row(handle))

    def render_line(self, y: int) -> Strip:
        if y == 0 and not self._lines and self._browse.filtered:
            return strip_of([(_NOTHING, self.palette.dim)], self.line_width, self.base)
        return super().render_line(y)

    def _time(self, line: int, ts: int, width: int) -> str:
        browse, view = self._browse, self._view
        previous = browse.snapshot.ts(browse.rows[line - 1]) if line else None
        return view.times.text(ts, previous, None if browse.row is None else browse.snapshot.ts(browse.row), width)

    def draw(self, line: int, width: int) -> list[Piece]:
        snapshot, row = self._browse.snapshot, self._browse.rows[line]
        fold = None if self._browse.skim is None else self._browse.skim.fold(row)
        if fold is not None:
            return self._draw_fold(line, fold)
        event = self.event_of(snapshot.handle(row))
        palette = self.palette
        kind = palette.of_type(event.type)
        look = look_of(event.type)
        failed = event.error is not None or event.damage is not None or event.type == "capture_loss"
        number = f"{units.count(row):>{_digits(len(snapshot))}}"
        sign = self._view.sign(event)
        time = self._time(line, event.ts, 12 if width >= _WIDE else 8)
        length = units.duration(event.duration_ms) if event.duration_ms is not None else ""
        name = clean_line(event.name)
        room = 28 if width >= _WIDE else 18
        marker = "▌" if line == self._selected else " "
        head: list[Piece] = [
            (marker, palette.strong),
            (number, palette.dim),
            (f"{sign or ' '} ", palette.error if sign == "●" else palette.number),
            (f"{time} ", palette.dim),
            (f"{fit(look.code, 4)} ", kind),
            (f"{'✗' if failed else look.sign} ", palette.error if failed else kind),
            (f"{fit(name, room) if cell_width(name) > room else name}{'  ' if name else ''}", palette.strong),
        ]
        used = sum(cell_width(text) for text, _ in head)
        weight = self._weight(row) if width >= _ROOMY else ""
        left = max(0, width - used - (_DURATION + 1 if length else 0) - len(weight))
        body = palette.error if failed else palette.text
        tail: list[Piece] = [(f"{length:>{_DURATION + 1}}" if length else "", palette.dim), (weight, palette.number)]
        return [*head, (fit(summary(event), left), body), *tail]

    def _draw_fold(self, line: int, fold: Fold) -> list[Piece]:
        palette = self.palette
        blank = " " * (_digits(len(self._browse.snapshot)) + 2)
        return [
            ("▌" if line == self._selected else " ", palette.strong),
            (f"{blank}⋯ {units.count(fold.events)} events nobody need stop at: {fold.text}", palette.dim),
        ]

    def _weight(self, row: int) -> str:
        """Return a sign for how important an event is, as far as that is known; a blank for most."""
        importance = self._view.found.importance
        if importance is None or row >= len(importance):
            return "  "
        return f" {_WEIGHTS[bisect_right(_LIMITS, importance[row])]}"


def _digits(rows: int) -> int:
    return max(4, len(units.count(rows)))
