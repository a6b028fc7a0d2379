"""The command line, and the keys that are about the program."""

from __future__ import annotations

from peek_tui.state.goto import HINT, go_to
from peek_tui.state.prompt import Prompt
from peek_tui.tui.screens.help import Help

from .filtering import Filtering
from .playing import Playing
from .prompts import Asked
from .searching import Searching
from .seeking import Seeking

__all__ = ["Commands"]


class Commands(Filtering, Searching, Seeking, Playing):
    """`:`, help, and stopping."""

    def action_command(self) -> None:
        self.ask(Asked(Prompt(":", earlier=self.view.typed[":"]), HINT, self._obey))

    def action_help(self) -> None:
        self.app.push_screen(Help("debug"))

    def action_interrupt(self) -> None:
        """Stop what goes on in the background; with nothing going on, quit."""
        if self.browse.cancel():
            self.refiltered()
            self.say("stopped: the filter before is shown")
        elif self.stop_seeking() or self.pause():
            self.sync(changed=False)
        elif self.stop_looking():
            self.sync(changed=True)
            self.say("stopped looking")
        else:
            self.app.exit()

    def _obey(self, text: str) -> None:
        if text.strip():
            self.go(lambda: go_to(self.browse, text))
