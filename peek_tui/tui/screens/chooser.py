"""A list over the screen, of which one thing is chosen by typing some of its words."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip

from peek_tui.render.text import cell_width, clean_line
from peek_tui.state.choosing import Choice, Choosing
from peek_tui.state.inspect import wrapped
from peek_tui.state.prompt import Prompt
from peek_tui.tui.palette import palette_of
from peek_tui.tui.widgets.bars import Bar
from peek_tui.tui.widgets.lines import KeptLines
from peek_tui.tui.widgets.rows import Piece, RowView, strip_of

__all__ = ["Chooser"]

_WHOLE = 4
"""Lines below the list for all of the selected choice, a rule above it among them."""
_ROOMY = 16
"""Lines of a screen on which there is room for that."""
_FRAME = 4
"""Lines of the box, and columns, that are no choices."""
_STEPS = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "tab": 1, "shift+tab": -1}


class Chooser(ModalScreen[int | None]):
    """Returns the index of what was chosen, None when nothing was."""

    CSS = """
    Chooser { align: center middle; }
    #chooser { width: 96%; max-width: 130; height: auto; max-height: 90%; border: round $primary;
               background: $background; padding: 0 1; }
    #choices { height: auto; }
    #whole { display: none; }
    """

    def __init__(self, title: str, choices: Sequence[Choice], empty: str = "nothing fits") -> None:
        super().__init__()
        self._title = title
        self._empty = empty
        self._choosing = Choosing(choices)
        self._prompt = Prompt("")
        self._lead = min(24, max((len(choice.lead) for choice in choices), default=0))
        self._longest = max((cell_width(clean_line(choice.text)) for choice in choices), default=0)

    def compose(self) -> ComposeResult:
        with Vertical(id="chooser") as box:
            box.border_title = self._title
            yield Bar(id="typed")
            yield _Choices(self._choosing, self._lead)
            yield _Whole()

    def on_mount(self) -> None:
        self._sync(changed=True)

    def on_resize(self) -> None:
        self._sync(changed=True)

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does."""
        if isinstance(event, events.Paste):
            self._prompt.paste(event.text)
        elif event.key in _STEPS:
            self._choosing.move(_STEPS[event.key])
        elif event.key in ("pagedown", "pageup"):
            height = self.query_one(_Choices).page_height
            self._choosing.move(height if event.key == "pagedown" else -height)
        else:
            self._prompt.key(event.key, event.character)
        if self._prompt.done:
            self.dismiss(self._choosing.chosen if self._prompt.given else None)
            return True
        changed = self._prompt.text != self._choosing.text
        if changed:
            self._choosing.type(self._prompt.text)
        self._sync(changed=changed)
        return True

    def on_row_view_clicked(self, event: RowView.Clicked) -> None:
        self._choosing.move(event.line - self._choosing.position)
        self.dismiss(self._choosing.chosen)

    def _sync(self, *, changed: bool) -> None:
        bar, rows = self.query_one("#typed", Bar), self.query_one(_Choices)
        fitting = len(self._choosing.fitting)
        note = f"  {fitting}" if fitting else f"  {self._empty}"
        typed = clean_line(self._prompt.text)
        bar.show([(typed, bar.palette.strong), ("█", bar.palette.text), (note, bar.palette.dim)])
        rows.styles.height = max(1, fitting)
        rows.show(fitting, self._choosing.position, changed=changed)
        self._tell_whole(rows, fitting)

    def _tell_whole(self, rows: _Choices, fitting: int) -> None:
        """Tell all of the selected choice, where the list has no room for some."""
        whole, (width, height) = self.query_one(_Whole), self.app.size
        cut = self._longest > min(130, width * 96 // 100) - _FRAME - self._lead - 4
        whole.display = cut and height >= _ROOMY
        rows.styles.max_height = max(1, height * 9 // 10 - _FRAME + 1 - (_WHOLE if whole.display else 0))
        if whole.display:
            whole.tell(clean_line(self._choosing.choice(self._choosing.position).text) if fitting else "")


class _Choices(RowView):
    def __init__(self, choosing: Choosing, lead: int) -> None:
        super().__init__(id="choices")
        self._choosing = choosing
        self._lead = lead

    def draw(self, line: int, width: int) -> list[Piece]:
        choice, palette = self._choosing.choice(line), self.palette
        marker = "▌" if line == self._selected else " "
        return [
            (marker, palette.strong),
            (f"{clean_line(choice.lead):<{self._lead}}  ", palette.key),
            (clean_line(choice.text), palette.text),
        ]


class _Whole(KeptLines):
    """A text over several lines, a rule above it."""

    DEFAULT_CSS = f"_Whole {{ height: {_WHOLE}; }}"

    def __init__(self) -> None:
        super().__init__(id="whole")
        self._text = ""

    def tell(self, text: str) -> None:
        """Show safe text."""
        if text != self._text:
            self._text = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, palette = self.outer_size.width, palette_of(self.app)
        lines = ["─" * width, *wrapped(self._text, width)]
        style = palette.dim if y == 0 else palette.text
        return strip_of([(lines[y] if y < len(lines) else "", style)], width, self.base)
