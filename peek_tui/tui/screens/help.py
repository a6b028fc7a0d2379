"""The keys, made of the registry of actions."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen

from peek_tui.render.text import clean_line
from peek_tui.state.inspect import wrapped
from peek_tui.state.prompt import Prompt
from peek_tui.tui.actions import Action, Keymap, key_names
from peek_tui.tui.widgets.rows import Piece, RowView

__all__ = ["Help"]

_KEYS = 18
"""Columns for the keys; what they do stands beside them, on as many lines as it takes."""
_LEAST = 10
"""Columns for what they do, however narrow the screen."""
_CLOSE = ("escape", "q", "question_mark", "enter")
_STEPS = {"j": 1, "down": 1, "k": -1, "up": -1}
_PAGES = {"space": 1, "pagedown": 1, "ctrl+d": 1, "pageup": -1, "ctrl+u": -1}


class Help(ModalScreen[None]):
    """Shows every key of a screen, those of the pane one comes from first. `/` finds a key, any usual one closes it."""

    CSS = """
    Help { align: center middle; }
    #help { width: 90; max-width: 96%; height: 90%; border: round $primary; background: $background; padding: 0 1; }
    """

    def __init__(self, keymap: Keymap, screen: str, pane: str = "") -> None:
        super().__init__()
        self._actions = keymap.of(screen)
        self._title = "keys" if keymap.preset == "default" else f"keys, as {keymap.preset} has them"
        self._pane = pane
        self._prompt: Prompt | None = None

    def compose(self) -> ComposeResult:
        yield _HelpRows()

    def on_mount(self) -> None:
        self._find("")

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does."""
        if self._prompt is not None:
            self._type(self._prompt, event)
        elif isinstance(event, events.Key):
            rows = self.query_one(_HelpRows)
            if event.key == "ctrl+c":
                self.app.exit()
            elif event.key in _CLOSE:
                self.dismiss()
            elif event.key in ("slash", "/"):
                self._prompt = Prompt("/")
                self._find("")
            elif event.key in _STEPS:
                rows.move(_STEPS[event.key])
            elif event.key in _PAGES:
                rows.move(_PAGES[event.key] * rows.page_height)
        return True

    def _type(self, prompt: Prompt, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        elif event.key in ("down", "up"):
            self.query_one(_HelpRows).move(_STEPS[event.key])
            return
        else:
            prompt.key(event.key, event.character)
        if prompt.done:
            self._prompt = None
        self._find("" if prompt.done and not prompt.given else prompt.text)

    def _find(self, text: str) -> None:
        """Show the actions that have all these words."""
        rows, words = self.query_one(_HelpRows), text.lower().split()
        wanted = [action for action in self._actions if all(word in _words(action) for word in words)]
        title = self._title if self._prompt is None else f"/{clean_line(text)}█"
        rows.border_title = Content(title)  # what is typed is no markup
        rows.border_subtitle = "/ finds · Esc closes"
        rows.fill(_help_lines(wanted, self._pane))


class _HelpRows(RowView):
    def __init__(self) -> None:
        super().__init__(id="help")
        self._told: list[tuple[str, str]] = []
        self._help: list[tuple[str, str]] = []
        """The same in lines that fit."""

    def fill(self, lines: list[tuple[str, str]]) -> None:
        self._told = lines
        self._selected = 0
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()

    def _lay_out(self) -> None:
        room = max(_LEAST, self.line_width - _KEYS)
        self._help = [
            (keys if at == 0 else " ", piece)
            for keys, words in self._told
            for at, piece in enumerate(wrapped(words, room) if words else [""])
        ]
        self.show(len(self._help), min(self._selected, len(self._help) - 1), changed=True)

    def move(self, by: int) -> None:
        self.show(self.lines, max(0, min(self.lines - 1, self._selected + by)), changed=False)

    def draw(self, line: int, width: int) -> list[Piece]:
        keys, words = self._help[line]
        if not words:
            return [(keys, self.palette.strong)]
        return [(f"  {keys:<{_KEYS - 2}}", self.palette.key), (words, self.palette.text)]


def _words(action: Action) -> str:
    return f"{key_names(action)} {action.name} {action.section} {action.help}".lower()


def _help_lines(actions: Sequence[Action], pane: str) -> list[tuple[str, str]]:
    """Return the lines: what the pane has for itself, then all by section."""
    own = [action for action in actions if pane in action.panes]
    sections: dict[str, list[Action]] = {f"In this pane, the {pane}": own} if own else {}
    for action in actions:
        if action not in own:
            sections.setdefault(action.section, []).append(action)
    lines: list[tuple[str, str]] = []
    for section, of_it in sections.items():
        lines += [("", ""), (section, "")] if lines else [(section, "")]
        lines += [(key_names(action), action.help) for action in of_it]
    return lines
