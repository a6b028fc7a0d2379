"""One-line bars: the title, the types with their counts, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from peek_tui.render import units
from peek_tui.render.text import cell_width, clean, clean_line, fit, skip
from peek_tui.state.browse import Browse
from peek_tui.state.complete import Mistake
from peek_tui.state.live import Live
from peek_tui.state.play import Play
from peek_tui.state.prompt import Prompt
from peek_tui.state.view import View
from peek_tui.tui.actions import Hint, Keymap
from peek_tui.tui.palette import Palette, palette_of

from .lines import KeptLines
from .rows import Piece, strip_of

__all__ = ["Bar", "FilterBar", "KeysBar", "TitleBar", "TypesBar"]

_COUNTS_FROM = 100
"""From this width on, types are shown with their counts."""
_TOTALS_FROM = 60
"""From this width on, the title says how many tokens and events there are."""
_SIGN_FROM = 24
"""From so many columns on for whose run it is, it says whose program this is."""
_LEAST = 8
"""Columns of what was opened that tell something."""
_CHOICES = 8
"""Completions that are shown at a time."""


class Bar(KeptLines):
    """One line: pieces from the left, pieces set against the right edge. Written only when it changes."""

    class Pressed(Message):
        """The mouse pressed what stands for an action."""

        def __init__(self, call: str) -> None:
            super().__init__()
            self.call = call

    DEFAULT_CSS = "Bar { height: 1; }"

    def __init__(self, *, id: str, filled: bool = False) -> None:
        super().__init__(id=id)
        self._left: list[Piece] = []
        self._right: list[Piece] = []
        self._filled = filled
        self._calls: dict[int, str] = {}
        """What each of the pieces on the left does when it is pressed, by their place among them."""

    @property
    def palette(self) -> Palette:
        return palette_of(self.app)

    def show(self, left: list[Piece], right: list[Piece] | None = None) -> None:
        """Show safe text; what is on the right goes before what is on the left when there is no room for both."""
        if (left, right or []) != (self._left, self._right):
            self._left, self._right = left, right or []
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        end = 0
        for place, (text, _) in enumerate(self._left):
            end += cell_width(text)
            if event.x < end:
                if event.y == 0 and place in self._calls:
                    self.post_message(self.Pressed(self._calls[place]))
                return

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        base = self.base + self.palette.bar if self._filled else self.base
        tail = sum(cell_width(text) for text, _ in self._right)
        head = strip_of(self._left, max(0, width - tail), base)
        return Strip.join([head, strip_of(self._right, min(tail, width), base)])


class TitleBar(Bar):
    """Whose run it is, whether it still runs, and what it came to so far."""

    def __init__(self, heading: str) -> None:
        super().__init__(id="title", filled=True)
        self._heading = heading

    def sync(self, view: View, live: Live, lost: int) -> None:
        """Show the state, and how many events the writer could not write."""
        agent, width = clean_line(view.browse.snapshot.agent_name()), self.app.size.width
        said = [*self._playing(view.play), *self._run_state(view, live), *self._alarms(view, lost)]
        totals = self._totals(view) if width >= _TOTALS_FROM else []
        room = width - sum(cell_width(text) for text, _ in (*said, *totals))
        self.show(self._whose(agent, room), [*said, *totals])

    def _whose(self, agent: str, room: int) -> list[Piece]:
        """Return the agent, and as much of the end of what was opened as there is room for: it begins like others."""
        palette, heading = self.palette, self._heading
        left: list[Piece] = (
            [(" peek ", palette.strong), ("▸ ", palette.dim)] if room >= _SIGN_FROM else [(" ", palette.dim)]
        )
        left.append((agent or heading, palette.strong))
        room -= sum(cell_width(text) for text, _ in left) + 3
        if agent and agent != heading and room >= _LEAST:
            beyond = cell_width(heading) - room
            left.append((f"  {heading if beyond <= 0 else f'…{skip(heading, beyond + 1)}'}", palette.dim))
        return left

    def _run_state(self, view: View, live: Live) -> list[Piece]:
        palette, browse = self.palette, view.browse
        style = {"running": palette.live, "crashed": palette.error}.get(live.status, palette.dim)
        pieces: list[Piece] = [(f"{live.words}  ", style)]
        if browse.frozen:
            pieces.append((f"FROZEN +{units.count(browse.behind)}  ", palette.error))
        elif view.waiting() is not None:
            pieces.append(("WAITING  ", palette.strong))
        elif browse.follow and live.may_grow:
            pieces.append(("FOLLOW  ", palette.strong))
        return pieces

    def _playing(self, play: Play | None) -> list[Piece]:
        return [] if play is None else [(f"▶ {play.speed}×  ", self.palette.live)]

    def _alarms(self, view: View, lost: int) -> list[Piece]:
        palette, snapshot = self.palette, view.browse.snapshot
        errors, alerts = snapshot.errors(), len(view.found.alerts)
        pieces: list[Piece] = [(f"{units.count(errors)} ✗  ", palette.error)] if errors else []
        if alerts:
            pieces.append((f"{units.count(alerts)} !  ", palette.error))
        if lost:
            pieces.append((f"{units.count(lost)} LOST  ", palette.error))
        return pieces

    def _totals(self, view: View) -> list[Piece]:
        palette, snapshot = self.palette, view.browse.snapshot
        tokens = snapshot.usage().total
        spent = [(f"{units.tokens(tokens)} tok  ", palette.text)] if tokens else []  # else nobody has told
        return [*spent, (f"{units.count(len(snapshot))} ev ", palette.text)]


class TypesBar(Bar):
    """The groups of types, in brackets while they are shown, and where the selection stands among what is visible."""

    def __init__(self) -> None:
        super().__init__(id="types")

    def sync(self, browse: Browse) -> None:
        """Show the state."""
        palette, counted = self.palette, self.size.width >= _COUNTS_FROM
        left: list[Piece] = [(" ", palette.dim)]
        for key, name, number, shown in browse.counts():
            text = f"{key} {name}" + (f" {units.tokens(number)}" if counted else "")
            self._calls[len(left)] = f"toggle_group('{key}')"
            left.append((f"[{text}]", palette.groups[key]) if shown else (f" {text} ", palette.dim))
        here = units.count(browse.position + 1 if browse.rows else 0)
        self.show(left, [(f" {here}/{units.count(len(browse.rows))} ", palette.text)])


class FilterBar(Bar):
    """The filters that were typed and the text that is looked for; not there while there are none."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(id="filters")
        self._keymap = keymap
        self.display = False

    def sync(self, view: View) -> None:
        """Show the state."""
        filters, search = self._filters(view.browse), self._search(view)
        self.show(filters, search)
        self.display = bool(filters or search)

    def _filters(self, browse: Browse) -> list[Piece]:
        palette, wanted = self.palette, browse.wanted
        pieces: list[Piece] = []
        for text in wanted.filters:
            style = palette.dim if wanted.off else palette.strong
            pieces += [(" ", palette.dim), ("&", palette.dim), (f" {clean_line(text)} ", style)]
        if wanted.off:
            pieces.append((f"  filters off, {self._keymap.key('filters')} on ", palette.number))
        if browse.sift is not None:
            pieces.append(
                (f"  filtering {browse.sift.share:.0%}, {self._keymap.key('interrupt')} stops ", palette.number)
            )
        return pieces

    def _search(self, view: View) -> list[Piece]:
        palette, search, row = self.palette, view.search, view.browse.row
        if search is None:
            return []
        place, hits = search.place(-1 if row is None else row)
        more = "+" if search.capped else "" if search.done else "…"
        text = f" {units.count(place) if place else '–'}/{units.count(hits)}{more} "
        return [(f" /{fit(clean_line(search.text), 30).rstrip()}", palette.strong), (text, palette.number)]


class KeysBar(Bar):
    """The keys one needs most, or what there is to say of the last one.

    While a line is being typed there are two lines: it, and under it how it may go on, or what is wrong with it.
    """

    def __init__(self, hints: list[Hint]) -> None:
        super().__init__(id="keys")
        self._hints = hints
        self._below: list[Piece] = []

    def sync(self) -> None:
        """Show the keys, as many as there is room for."""
        palette, room = self.palette, self.app.size.width
        pieces: list[Piece] = []
        self._calls = {}
        for keys, word, call in self._hints:
            before = "  " if pieces else " "
            room -= cell_width(f"{before}{keys} {word}")
            if room < 0:
                break
            pieces.append((before, palette.dim))
            self._calls |= {len(pieces): call, len(pieces) + 1: call}
            pieces += [(keys, palette.strong), (f" {word}", palette.dim)]
        self._show_lines(pieces)

    def on_resize(self) -> None:
        if self._calls:  # it shows the keys now
            self.sync()

    def ask(self, prompt: Prompt, hint: str, mistake: Mistake | None) -> None:
        """Show the line that is being typed."""
        palette, width = self.palette, self.size.width
        head = f" {prompt.lead}"
        typed = clean(prompt.text)
        cut = max(0, len(typed) + len(head) + 3 - width)  # of a line too long to be seen, its end
        self._calls = {}
        line: list[Piece] = [(f"{head}{typed[cut:]}", palette.strong), ("█", palette.text)]
        completion = prompt.completion
        if prompt.text and completion.words:
            column = len(head) + completion.start - cut
            below = self._words(completion.words, prompt.chosen, max(1, min(column, width // 2)))
        elif mistake is not None:
            column = max(0, len(head) + mistake[0] - cut)
            below = [(_pointed(column, clean_line(mistake[1]), width), palette.error)]
        else:
            below = [(f" {hint}", palette.dim)]
        self._show_lines(line, below)

    def say(self, text: str, *, good: bool = False) -> None:
        """Say something in the place of the keys: what went wrong, or what was done."""
        self._calls = {}
        self._show_lines([(f" {clean_line(text)}", self.palette.good if good else self.palette.error)])

    def render_line(self, y: int) -> Strip:
        if y == 0:
            return super().render_line(y)
        return strip_of(self._below, self.size.width, self.base)

    def _words(self, words: Sequence[str], chosen: int | None, column: int) -> list[Piece]:
        """Return words to choose from, those around the chosen one."""
        palette = self.palette
        first = 0 if chosen is None else chosen // _CHOICES * _CHOICES
        pieces: list[Piece] = [(" " * column, palette.dim)]
        for at, word in enumerate(words[first : first + _CHOICES], first):
            pieces.append((f"{clean_line(word)}  ", palette.strong if at == chosen else palette.key))
        return pieces

    def _show_lines(self, line: list[Piece], below: list[Piece] | None = None) -> None:
        height = 1 if below is None else 2
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        if (below or []) != self._below:
            self._below = below or []
            self.refresh()
        self.show(line)


def _pointed(column: int, words: str, width: int) -> str:
    """Return words with an arrow at a column, beside it where there is more room."""
    if column + 2 + cell_width(words) <= width:
        return f"{' ' * column}^ {words}"
    before = column - cell_width(words) - 1
    return f"{' ' * before}{words} ^" if before >= 0 else f" {words}"
