"""The inspector: one event, its header, its failure and its payload as a tree that folds."""

from __future__ import annotations

from rich.style import Style

from peek_tui.state.outline import Entry, Outline
from peek_tui.trace.model import Event
from peek_tui.tui.palette import Palette

from .rows import Piece, RowView

__all__ = ["Inspector"]


class Inspector(RowView):
    """Draws the `Outline` of an event."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._outline: Outline | None = None
        self._drawn: list[Entry] = []

    def show_event(self, event: Event | None) -> None:
        """Lay out an event, or nothing; one that is there already is left as it is."""
        if event is None:
            self._outline = None
        elif self._outline is None or self._outline.event.handle != event.handle:
            self._outline = Outline(event, self._width)
        else:
            return
        self._selected = 0
        self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._sync(0)

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
        entry = self._entry()
        if entry is None:
            return
        if entry.folded is False:
            self.toggle()
        else:
            self._sync(self._branch_above(entry))

    def unfold(self) -> None:
        """Unfold the branch on the selected line."""
        entry = self._entry()
        if entry is not None and entry.folded:
            self.toggle()

    def draw(self, line: int, width: int) -> list[Piece]:
        assert self._outline is not None
        entry, palette = self._outline.entries[line], self.palette
        fold = "" if entry.folded is None else "▸ " if entry.folded else "▾ "
        style = _style(palette, entry.kind)
        key_style = palette.error if entry.kind == "error" else palette.key
        pad = " " * (entry.indent + 1)
        gap = ": " if entry.key and entry.text else ""
        return [
            (pad, palette.text),
            (fold, palette.dim),
            (entry.key, key_style),
            (gap, palette.dim),
            (entry.text, style),
        ]

    def on_resize(self) -> None:
        if self._outline is not None and self._outline.width != self._width:
            self._outline = self._outline.resized(self._width)
            self._sync(self._selected)
        super().on_resize()

    @property
    def _width(self) -> int:
        return max(20, self.scrollable_content_region.width)

    def _entry(self) -> Entry | None:
        entries = self._outline.entries if self._outline is not None else []
        return entries[self._selected] if self._selected < len(entries) else None

    def _branch_above(self, entry: Entry) -> int:
        assert self._outline is not None
        entries = self._outline.entries
        above = range(self._selected - 1, -1, -1)
        return next((line for line in above if entries[line].indent < entry.indent), 0)  # the first is around them all

    def _sync(self, selected: int) -> None:
        """Repaint only the lines that differ from what is on the screen."""
        entries = self._outline.entries if self._outline is not None else []
        before, self._drawn = self._drawn, list(entries)
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.page_height
        self.show(len(entries), min(max(0, selected), max(0, len(entries) - 1)), changed=False)
        for line in range(top, min(bottom, max(len(before), len(entries)))):
            if before[line : line + 1] != entries[line : line + 1]:
                self.refresh_line(line)


def _style(palette: Palette, kind: str) -> Style:
    match kind:
        case "error":
            return palette.error
        case "number":
            return palette.number
        case "constant":
            return palette.groups["3"]
        case "branch" | "stack" | "dim":
            return palette.dim
        case _:
            return palette.value
