"""The inspector: one event, its header, and one view of what it says, whose branches fold."""

from __future__ import annotations

from rich.style import Style

from peek_tui.render.text import cell_width, fit
from peek_tui.state.inspect import Entry, Outline, Subject, column, views_of
from peek_tui.tui.palette import Palette

from .rows import Piece, RowView

__all__ = ["Inspector"]

_MARKED = Style(bold=True, underline=True)
"""Words that changed: not told by their colour."""


class Inspector(RowView):
    """Draws the `Outline` of an event."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._outline: Outline | None = None
        self._view = "payload"
        """The view that is wanted, of events that have it."""
        self._drawn: list[Entry] = []

    def show_subject(self, subject: Subject | None) -> None:
        """Lay out an event, or nothing; one that is there already, and says no more than it did, is left as it is."""
        outline = self._outline
        if not self.scrollable_content_region.width:
            return  # not laid out yet: how it is to be laid out now says nothing of how it should be
        if subject is None or outline is None:
            self._outline = None if subject is None else Outline(subject, self._width, self._view)
        elif subject.is_as(outline.subject):
            return
        elif subject.event.handle == outline.subject.event.handle:
            self._outline = outline.renewed(subject)
            self._sync(self._selected)
            return
        else:
            self._outline = Outline(subject, self._width, self._view)
        self._go_top()

    def show_view(self, view: str) -> None:
        """Look at this event, and those that come, in a view; one that does not have it shows its payload."""
        self._view = view
        if self._outline is not None and self._outline.view != view:
            self._outline = self._outline.seen_as(view)
            self._go_top()

    def next_view(self) -> None:
        """Look at the event in the next of the views it has."""
        if self._outline is not None:
            views = views_of(self._outline.subject)
            self.show_view(views[(views.index(self._outline.view) + 1) % len(views)])

    @property
    def view(self) -> str:
        """The view in which the event is seen."""
        return self._outline.view if self._outline is not None else self._view

    @property
    def subject(self) -> Subject | None:
        """What it shows."""
        return self._outline.subject if self._outline is not None else None

    @property
    def entry(self) -> Entry | None:
        """The selected line."""
        entries = self._outline.entries if self._outline is not None else []
        return entries[self._selected] if self._selected < len(entries) else None

    def move_to(self, line: int) -> None:
        """Select a line."""
        self._sync(line)

    @property
    def selected(self) -> int:
        return self._selected

    def toggle(self) -> None:
        """Fold or unfold the branch on the selected line."""
        if self._outline is not None:
            self._outline = self._outline.toggle(self._selected)
            self._sync(self._selected)

    def fold(self) -> None:
        """Fold the branch on the selected line, or go up to the line it belongs to."""
        entry = self.entry
        if entry is None:
            return
        if entry.is_folded is False:
            self.toggle()
        else:
            self._sync(self._branch_above(entry))

    def unfold(self) -> None:
        """Unfold the branch on the selected line."""
        entry = self.entry
        if entry is not None and entry.is_folded:
            self.toggle()

    def draw(self, line: int, width: int) -> list[Piece]:
        assert self._outline is not None
        entry = self._outline.entries[line]
        if entry.beside is None:
            return self._side(entry)
        half = column(self._outline.width)
        return [*_fitted(self._side(entry), half), ("│", self.palette.dim), *self._side(entry.beside)]

    def _side(self, entry: Entry) -> list[Piece]:
        """Return one entry, which is a line or half of one."""
        palette = self.palette
        fold = "" if entry.folded is None else "▸ " if entry.folded else "▾ "
        style = _style(palette, entry.kind)
        key_style = style if entry.kind in ("error", "speaker", "added", "removed") else palette.key
        pad = (entry.sign or " ") + " " * entry.indent
        gap = ": " if entry.key and entry.text else ""
        return [
            (pad, palette.error if entry.sign == "-" else palette.good),
            (fold, palette.dim),
            (entry.key, key_style),
            (gap, palette.dim),
            *_text(entry, palette, style),
        ]

    def on_resize(self) -> None:
        if self._outline is not None and self._outline.width != self._width:
            self._outline = self._outline.resized(self._width)
            self._sync(self._selected)
        super().on_resize()

    @property
    def _width(self) -> int:
        return max(20, self.scrollable_content_region.width)

    def _branch_above(self, entry: Entry) -> int:
        assert self._outline is not None
        entries = self._outline.entries
        above = range(self._selected - 1, -1, -1)
        return next((line for line in above if entries[line].indent < entry.indent), 0)  # the first is around them all

    def _go_top(self) -> None:
        if self.scroll_offset.y:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._sync(0)

    def _sync(self, selected: int) -> None:
        """Repaint only the lines that differ from what is on the screen."""
        entries = self._outline.entries if self._outline is not None else []
        before, self._drawn = self._drawn, list(entries)
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.page_height
        self.show(len(entries), min(max(0, selected), max(0, len(entries) - 1)), changed=False)
        seen = range(top, min(bottom, max(len(before), len(entries))))
        self.refresh_each(line for line in seen if before[line : line + 1] != entries[line : line + 1])


def _text(entry: Entry, palette: Palette, style: Style) -> list[Piece]:
    """Return the text of an entry, with what changed in it or, where it is code, what its pieces are."""
    if entry.marks:
        parts = [(first, end, _MARKED) for first, end in entry.marks]
    elif entry.code is not None and entry.kind not in ("added", "removed"):
        parts = [(first, end, _token_style(palette, kind)) for first, end, kind in entry.code.tokens(len(entry.text))]
    else:
        return [(entry.text, style)]
    pieces: list[Piece] = []
    done = 0
    for first, end, special in parts:
        pieces += [(entry.text[done:first], style), (entry.text[first:end], style + special)]
        done = end
    return [*pieces, (entry.text[done:], style)]


def _token_style(palette: Palette, kind: str) -> Style:
    match kind:
        case "name":
            return palette.key
        case "string" | "added":
            return palette.good
        case "number":
            return palette.number
        case "keyword":
            return palette.groups["3"]
        case "removed":
            return palette.error
        case _:
            return palette.dim


def _fitted(pieces: list[Piece], width: int) -> list[Piece]:
    """Return pieces in exactly so many columns."""
    fitted: list[Piece] = []
    room = width
    for text, style in pieces:
        size = cell_width(text)
        fitted.append((text if size <= room else fit(text, room), style))
        room -= min(size, room)
    return [*fitted, (" " * room, Style.null())]


def _style(palette: Palette, kind: str) -> Style:
    match kind:
        case "error" | "removed":
            return palette.error
        case "added":
            return palette.good
        case "speaker":
            return palette.strong
        case "code":
            return palette.code
        case "number":
            return palette.number
        case "constant":
            return palette.groups["3"]
        case "branch" | "stack" | "dim":
            return palette.dim
        case _:
            return palette.value
