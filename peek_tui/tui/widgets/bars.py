"""One-line bars: the title, the types with their counts, the keys."""

from __future__ import annotations

from textual.strip import Strip
from textual.widget import Widget

from peek_tui.render import units
from peek_tui.render.text import cell_width, clean, clean_line
from peek_tui.state.browse import Browse
from peek_tui.state.live import Live
from peek_tui.state.prompt import Prompt
from peek_tui.tui.actions import hints
from peek_tui.tui.palette import COLOUR, MONO, Palette

from .rows import Piece, strip_of

__all__ = ["Bar", "KeysBar", "TitleBar", "TypesBar"]

_COUNTS_FROM = 100
"""From this width on, types are shown with their counts."""


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


class TitleBar(Bar):
    """Whose run it is, whether it still runs, and what it came to so far."""

    def __init__(self, heading: str) -> None:
        super().__init__(id="title", filled=True)
        self._heading = heading

    def sync(self, browse: Browse, live: Live, lost: int) -> None:
        """Show the state, and how many events the writer could not write."""
        palette, agent = self.palette, clean_line(browse.snapshot.agent_name())
        left: list[Piece] = [(" peek ", palette.strong), ("▸ ", palette.dim), (agent or self._heading, palette.strong)]
        if agent and agent != self._heading:
            left.append((f"  {self._heading}", palette.dim))
        self.show(left, [*self._run_state(browse, live), *self._totals(browse, lost)])

    def _run_state(self, browse: Browse, live: Live) -> list[Piece]:
        palette = self.palette
        style = {"running": palette.live, "crashed": palette.error}.get(live.status, palette.dim)
        pieces: list[Piece] = [(f"{live.words}  ", style)]
        if browse.frozen:
            pieces.append((f"FROZEN +{units.count(browse.behind)}  ", palette.error))
        elif browse.follow:
            pieces.append(("FOLLOW  ", palette.strong))
        return pieces

    def _totals(self, browse: Browse, lost: int) -> list[Piece]:
        palette, snapshot = self.palette, browse.snapshot
        errors = snapshot.errors()
        pieces: list[Piece] = [(f"{units.count(errors)} ✗  ", palette.error)] if errors else []
        if lost:
            pieces.append((f"{units.count(lost)} LOST  ", palette.error))
        pieces.append((f"{units.tokens(snapshot.usage().total)} tok  ", palette.text))
        pieces.append((f"{units.count(len(snapshot))} ev ", palette.text))
        return pieces


class TypesBar(Bar):
    """The groups of types, in brackets while they are shown, and where the selection stands among what is visible."""

    def __init__(self) -> None:
        super().__init__(id="types")

    def sync(self, browse: Browse) -> None:
        """Show the state."""
        palette = self.palette
        left: list[Piece] = [(" ", palette.dim)]
        for key, name, number, shown in browse.counts():
            text = f"{key} {name}" + (f" {units.tokens(number)}" if self.size.width >= _COUNTS_FROM else "")
            left.append((f"[{text}]", palette.groups[key]) if shown else (f" {text} ", palette.dim))
        here = units.count(browse.position + 1 if browse.rows else 0)
        self.show(left, [(f" {here}/{units.count(len(browse.rows))} ", palette.text)])


class KeysBar(Bar):
    """The keys one needs most; a line being typed, or what there is to say of the last key, in their place."""

    def __init__(self, screen: str) -> None:
        super().__init__(id="keys")
        self._hints = hints(screen)

    def sync(self, prompt: Prompt | None = None, hint: str = "") -> None:
        """Show the line that is being typed and what may be typed, or the keys."""
        palette = self.palette
        if prompt is not None:
            typed = clean(prompt.text)[-max(1, self.size.width - 4) :]  # of a line too long to be seen, its end
            self.show([(f" {prompt.lead}{typed}", palette.strong), ("█", palette.text), (f"  {hint}", palette.dim)])
            return
        pieces: list[Piece] = [(" ", palette.dim)]
        for keys, word in self._hints:
            pieces += [(keys, palette.strong), (f" {word}  ", palette.dim)]
        self.show(pieces)

    def say(self, text: str) -> None:
        """Say something in the place of the keys."""
        self.show([(f" {clean_line(text)}", self.palette.error)])
