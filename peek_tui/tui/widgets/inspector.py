"""The inspector: one event, its header, and one view of what it says, whose branches fold."""

from __future__ import annotations

from contextlib import suppress

from rich.style import Style
from textual.message import Message

from peek_tui.render.text import cell_width, fit
from peek_tui.state.inspect import Entry, LayingOut, Outline, Subject, column, views_of
from peek_tui.tui.palette import Palette

from .rows import Piece, RowView

__all__ = ["Inspector"]

_MARKED = Style(bold=True, underline=True)
"""Words that changed: not told by their colour."""


class Inspector(RowView):
    """Draws the `Outline` of an event."""

    class LaidOut(Message):
        """An outline that took long is there."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._outline: Outline | None = None
        """The one that is shown."""
        self._laying: LayingOut | None = None
        """The one that is to be shown, while it is laid out."""
        self._view = "payload"
        """The view that is wanted, of events that have it."""
        self._drawn: list[Entry] = []

    def show_subject(self, subject: Subject | None) -> None:
        """Lay out an event, or nothing; one that is there already, and says no more than it did, is left as it is."""
        outline = self._newest
        if not self.scrollable_content_region.width:
            return  # not laid out yet: how it is to be laid out now says nothing of how it should be
        if subject is None:
            self._stop()
            self._outline = None
            self._go_top()
        elif outline is None:
            self._show_other(Outline(subject, self._width, self._view))
        elif subject.is_as(outline.subject):
            return
        elif subject.event.handle == outline.subject.event.handle:
            self._show_again(outline.renewed(subject))
        else:
            self._show_other(Outline(subject, self._width, self._view))

    def show_view(self, view: str) -> None:
        """Look at this event, and those that come, in a view; one that does not have it shows its payload."""
        self._view = view
        outline = self._newest
        if outline is not None and outline.view != view:
            self._show_other(outline.seen_as(view))

    def next_view(self) -> None:
        """Look at the event in the next of the views it has."""
        if (outline := self._newest) is not None:
            views = views_of(outline.subject)
            self.show_view(views[(views.index(outline.view) + 1) % len(views)])

    @property
    def view(self) -> str:
        """The view in which the event is seen."""
        return self._view if self._newest is None else self._newest.view

    @property
    def subject(self) -> Subject | None:
        """What it shows."""
        return None if self._newest is None else self._newest.subject

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
        """Fold or unfold the branch on the selected line; what is being laid out has no lines to fold yet."""
        if self._outline is not None and self._laying is None:
            self._show_again(self._outline.toggle(self._selected))

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
        if (outline := self._newest) is not None and outline.width != self._width:
            self._show_again(outline.resized(self._width))
        super().on_resize()

    def on_unmount(self) -> None:
        self._stop()

    def on_inspector_laid_out(self) -> None:
        laying = self._laying
        if laying is not None and laying.failure is not None:
            raise laying.failure
        if laying is not None and laying.done:
            self._laying, self._outline = None, laying.outline
            self._sync(self._selected)

    @property
    def _newest(self) -> Outline | None:
        """What is shown, or will be as soon as it is laid out."""
        return self._outline if self._laying is None else self._laying.outline

    def _show_other(self, outline: Outline) -> None:
        """Show what is read from its beginning; one that takes long is announced first."""
        self._outline = outline.announced() if self._lay_out_beside(outline) else outline
        self._go_top()

    def _show_again(self, outline: Outline) -> None:
        """Show another form of what is shown, which stays until that is laid out."""
        if not self._lay_out_beside(outline):
            self._outline = outline
            self._sync(self._selected)

    def _lay_out_beside(self, outline: Outline) -> bool:
        """Have an outline that takes long laid out beside the screen; False for one that does not."""
        self._stop()
        if not outline.takes_long:
            return False
        self._laying = LayingOut(outline)
        self._laying.start(self._tell_laid_out)
        return True

    def _stop(self) -> None:
        """Give up what is being laid out."""
        if self._laying is not None:
            self._laying.stop()
        self._laying = None

    def _tell_laid_out(self) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody wants news any more
            self.post_message(self.LaidOut())

    @property
    def _width(self) -> int:
        return max(20, self.line_width)

    def _branch_above(self, entry: Entry) -> int:
        assert self._outline is not None
        entries = self._outline.entries
        above = range(self._selected - 1, -1, -1)
        return next((line for line in above if entries[line].indent < entry.indent), 0)  # the first is around them all

    def _go_top(self) -> None:
        if self.top:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._sync(0)

    def _sync(self, selected: int) -> None:
        """Repaint only the lines that differ from what is on the screen."""
        entries = self._outline.entries if self._outline is not None else []
        before, self._drawn = self._drawn, list(entries)
        top = self.top
        bottom = top + self.page_height
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
