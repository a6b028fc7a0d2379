"""The keys, made of the registry of actions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen

from peek_tui.tui.actions import actions_of, key_names
from peek_tui.tui.widgets.rows import Piece, RowView

__all__ = ["Help"]


class Help(ModalScreen[None]):
    """Shows every key of a screen; any of the usual ones closes it."""

    BINDINGS = [
        ("escape,q,question_mark,enter", "dismiss", "close"),
        ("j,down", "move(1)", "down"),
        ("k,up", "move(-1)", "up"),
        ("ctrl+c", "app.quit", "quit"),
    ]
    CSS = """
    Help { align: center middle; }
    #help { width: 76; max-width: 96%; height: 90%; border: round $primary; background: $background; padding: 0 1; }
    """

    def __init__(self, screen: str) -> None:
        super().__init__()
        self._lines = _help_lines(screen)

    def compose(self) -> ComposeResult:
        yield _HelpRows(self._lines)

    def on_mount(self) -> None:
        rows = self.query_one(_HelpRows)
        rows.border_title = "keys"
        rows.show(len(self._lines), 0, changed=True)

    def action_move(self, by: int) -> None:
        rows = self.query_one(_HelpRows)
        rows.show(len(self._lines), min(len(self._lines) - 1, max(0, rows.selected + by)), changed=False)


class _HelpRows(RowView):
    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__(id="help")
        self._help = lines

    @property
    def selected(self) -> int:
        return self._selected

    def draw(self, line: int, width: int) -> list[Piece]:
        keys, words = self._help[line]
        if not words:
            return [(keys, self.palette.strong)]
        return [(f"  {keys:<16}", self.palette.key), (words, self.palette.text)]


def _help_lines(screen: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    section = ""
    for action in actions_of(screen):
        if action.section != section:
            section = action.section
            lines += [("", ""), (section, "")] if lines else [(section, "")]
        lines.append((key_names(action), action.help))
    return lines
