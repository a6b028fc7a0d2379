"""Lines that are typed at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events

from peek_tui.errors import UsageError
from peek_tui.state.goto import HINT, go_to
from peek_tui.state.prompt import Prompt
from peek_tui.tui.widgets.bars import KeysBar

from .base import DebugBase

__all__ = ["Asked", "Prompts"]


class Asked(NamedTuple):
    """A line that is being typed, and what is done with it."""

    prompt: Prompt
    hint: str
    """What may be typed."""
    given: Callable[[str], None]
    """Takes the finished line; a `UsageError` it raises is said."""


class Prompts(DebugBase):
    """Takes the keys while there is a line to be typed."""

    _asked: Asked | None = None

    def ask(self, lead: str, hint: str, given: Callable[[str], None]) -> None:
        """Let a line be typed."""
        self._asked = Asked(Prompt(lead), hint, given)
        self._show(self._asked)

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does, while a line is being typed; return whether it was taken."""
        self.touched()
        if self._asked is None:
            return False
        prompt = self._asked.prompt
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        else:
            prompt.key(event.key, event.character)
        if prompt.done:
            self._finish(self._asked)
        else:
            self._show(self._asked)
        return True

    def action_command(self) -> None:
        self.ask(":", HINT, self._go)

    def _go(self, text: str) -> None:
        go_to(self.browse, text)
        self.sync(changed=False)

    def _show(self, asked: Asked) -> None:
        self.query_one(KeysBar).sync(asked.prompt, asked.hint)

    def _finish(self, asked: Asked) -> None:
        self._asked = None
        self.sync(changed=False)
        if asked.prompt.given and asked.prompt.text.strip():
            try:
                asked.given(asked.prompt.text)
            except UsageError as error:
                self.say(str(error))
