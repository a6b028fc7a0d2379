"""The timeline: one line an event."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from textual.strip import Strip

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.text import cell_width, clean_line, fit, skip
from peek_tui.render.words import look_of
from peek_tui.state.skim import Fold
from peek_tui.state.view import View
from peek_tui.trace.model import Event
from peek_tui.tui.actions import Keymap

from .rows import Piece, RowView, strip_of

__all__ = ["Timeline"]

_CACHED = 512
"""Events kept drawn: a few screens."""
_NOTHING = " nothing passes the filters: {} takes back the last, {} turns all off"
_EMPTY = " there are no events yet: what is recorded from now on appears here"
_DURATION = 7
_ASIDE = 20
"""Columns by which the summaries are scrolled at a time."""
_ROOMY = 60
"""From this width on, there is a column for how important events are."""
_LIMITS = (0.5, 0.75, 0.9)
_WEIGHTS = " ▂▅█"
_WIDE = 100
"""From this width on, times have milliseconds and names more room."""


class Timeline(RowView):
    """Draws a `Browse`."""

    def __init__(self, view: View, keymap: Keymap) -> None:
        super().__init__(id="timeline")
        self._view = view
        self._nothing = _NOTHING.format(keymap.key("undo"), keymap.key("filters"))
        self._browse = view.browse
        self._timed = True
        """Whether any event says when it was: if none does, there is no column of times."""
        self.event_of = lru_cache(_CACHED)(self._read)

    def sync(self, *, changed: bool) -> None:
        """Draw what the state says now; `changed` when rows other than the selected one may differ."""
        timed = any(facts.first_ts for facts in self._browse.snapshot.sessions())
        changed = changed or self._view.times.follows_selection or timed is not self._timed
        self._timed = timed
        self.show(len(self._browse.rows), self._browse.position, changed=changed)

    def _read(self, handle: int) -> Event:
        snapshot = self._browse.snapshot
        return snapshot.event(snapshot.row(handle))

    def render_line(self, y: int) -> Strip:
        if y == 0 and not self._lines:
            said = self._nothing if self._browse.filtered else _EMPTY
            return strip_of([(said, self.palette.dim)], self.line_width, self.base)
        return super().render_line(y)

    def _time(self, line: int, ts: int, width: int) -> str:
        browse, view = self._browse, self._view
        previous = browse.snapshot.ts(browse.rows[line - 1]) if line else None
        row = browse.row if view.times.follows_selection else None
        return view.times.text(ts, previous, None if row is None else browse.snapshot.ts(row), width)

    def draw(self, line: int, width: int) -> list[Piece]:
        snapshot, row = self._browse.snapshot, self._browse.rows[line]
        fold = None if self._browse.skim is None else self._browse.skim.fold(row)
        if fold is not None:
            return self._draw_fold(line, fold)
        event = self.event_of(snapshot.handle(row))
        head, room, tail = self._columns(line, row, event, width)
        body = self.palette.error if _failed(event) else self.palette.text
        text, aside = summary(event), self._view.aside
        return [*head, (fit(f"…{skip(text, aside + 1)}" if aside and text else text, room), body), *tail]

    def scroll_aside(self, by: int) -> bool:
        """Show the summaries from further right (1) or further left (-1) on; False when nothing more is there."""
        if not (self._goes_on() if by > 0 else self._view.aside):
            return False
        self._view.aside = max(0, self._view.aside + by * _ASIDE)
        self.refresh()
        return True

    def _goes_on(self) -> bool:
        """Whether a line that is seen has more to say than there is room for."""
        snapshot, top = self._browse.snapshot, self.top
        for line, row in enumerate(self._browse.rows[top : top + self.page_height], top):
            event = self.event_of(snapshot.handle(row))
            _, room, _ = self._columns(line, row, event, self.line_width)
            if cell_width(summary(event)) - self._view.aside > room:
                return True
        return False

    def _columns(self, line: int, row: int, event: Event, width: int) -> tuple[list[Piece], int, list[Piece]]:
        """Return what stands before the summary of an event, the room for that, and what stands behind it."""
        snapshot = self._browse.snapshot
        palette = self.palette
        kind = palette.of_type(event.type)
        look = look_of(event.type)
        failed = _failed(event)
        number = f"{units.count(row):>{_digits(len(snapshot))}}"
        sign = self._view.sign(event)
        time = self._time(line, event.ts, 12 if width >= _WIDE else 8)
        length = units.duration(event.duration_ms) if event.duration_ms is not None else ""
        name = clean_line(event.name)
        most = 28 if width >= _WIDE else 18
        marker = "▌" if line == self._selected else " "
        head: list[Piece] = [
            (marker, palette.strong),
            (number, palette.dim),
            (f"{sign or ' '} ", palette.error if sign == "●" else palette.number),
            (f"{time} " if self._timed else "", palette.dim),
            (f"{fit(look.code, 4)} ", kind),
            (f"{'✗' if failed else look.sign} ", palette.error if failed else kind),
            (f"{fit(name, most) if cell_width(name) > most else name}{'  ' if name else ''}", palette.strong),
        ]
        used = sum(cell_width(text) for text, _ in head)
        weight = self._weight(row) if width >= _ROOMY else ""
        room = max(0, width - used - (_DURATION + 1 if length else 0) - len(weight))
        tail: list[Piece] = [(f"{length:>{_DURATION + 1}}" if length else "", palette.dim), (weight, palette.number)]
        return head, room, tail

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


def _failed(event: Event) -> bool:
    return event.error is not None or event.damage is not None or event.type == "capture_loss"


def _digits(rows: int) -> int:
    return max(4, len(units.count(rows)))
