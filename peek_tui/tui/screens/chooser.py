"""A list over the screen, of which one thing is chosen by typing some of its words."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from peek_tui.render.text import clean_line
from peek_tui.state.choosing import Choice, Choosing
from peek_tui.state.prompt import Prompt
from peek_tui.tui.widgets.bars import Bar
from peek_tui.tui.widgets.rows import Piece, RowView

__all__ = ["Chooser"]

_STEPS = {"down": 1, "up": -1, "ctrl+n": 1, "ctrl+p": -1, "tab": 1, "shift+tab": -1}


class Chooser(ModalScreen[int | None]):
    """Returns the index of what was chosen, None when nothing was."""

    CSS = """
    Chooser { align: center middle; }
    #chooser { width: 96%; max-width: 130; height: auto; max-height: 90%; border: round $primary;
               background: $background; padding: 0 1; }
    #choices { height: auto; max-height: 100%; }
    """

    def __init__(self, title: str, choices: Sequence[Choice], empty: str = "nothing fits") -> None:
        super().__init__()
        self._title = title
        self._empty = empty
        self._choosing = Choosing(choices)
        self._prompt = Prompt("")
        self._lead = max((len(choice.lead) for choice in choices), default=0)

    def compose(self) -> ComposeResult:
        with Vertical(id="chooser") as box:
            box.border_title = self._title
            yield Bar(id="typed")
            yield _Choices(self._choosing, self._lead)

    def on_mount(self) -> None:
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


class _Choices(RowView):
    def __init__(self, choosing: Choosing, lead: int) -> None:
        super().__init__(id="choices")
        self._choosing = choosing
        self._lead = min(24, lead)

    def draw(self, line: int, width: int) -> list[Piece]:
        choice, palette = self._choosing.choice(line), self.palette
        marker = "▌" if line == self._selected else " "
        return [
            (marker, palette.strong),
            (f"{clean_line(choice.lead):<{self._lead}}  ", palette.key),
            (clean_line(choice.text), palette.text),
        ]
