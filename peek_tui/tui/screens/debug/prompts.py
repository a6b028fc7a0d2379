"""Lines that are typed at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events

from peek_tui.errors import UsageError
from peek_tui.state.complete import Mistake
from peek_tui.state.prompt import Prompt

from .base import DebugBase

__all__ = ["Asked", "Prompts"]


@dataclass(frozen=True)
class Asked:
    """A line that is being typed, and what is done with it."""

    prompt: Prompt
    hint: str
    """What may be typed."""
    given: Callable[[str], None]
    """Takes the finished line; a `UsageError` it raises is said."""
    typed: Callable[[str], None] = lambda _: None
    """Takes the line after each key."""
    given_up: Callable[[], None] = lambda: None
    mistake: Callable[[str], Mistake | None] = lambda _: None
    """Says what is wrong with the line."""


class Prompts(DebugBase):
    """Takes the keys while there is a line to be typed."""

    _asked: Asked | None = None

    def ask(self, asked: Asked) -> None:
        """Let a line be typed."""
        self._asked = asked
        self._show(asked)

    def typed(self, event: events.Key | events.Paste) -> bool:
        """Take a key before any binding does, while a line is being typed; return whether it was taken."""
        self.touched()
        asked = self._asked
        if asked is None:
            return False
        prompt, before = asked.prompt, asked.prompt.text
        if isinstance(event, events.Paste):
            prompt.paste(event.text)
        else:
            prompt.key(event.key, event.character)
        if prompt.done:
            self._finish(asked)
        else:
            if prompt.text != before:
                asked.typed(prompt.text)
            self._show(asked)
        return True

    def sync(self, *, changed: bool) -> None:
        """Paint; a line that is being typed stays."""
        if self._asked is None:
            super().sync(changed=changed)
        else:
            self.paint(changed=changed)

    def say(self, text: str) -> None:
        """Say something, unless a line is being typed where it would stand."""
        if self._asked is None:
            super().say(text)

    def tell(self, text: str) -> None:
        """Say what a key did, unless a line is being typed where it would stand."""
        if self._asked is None:
            super().tell(text)

    def _show(self, asked: Asked) -> None:
        self.parts.keys.ask(asked.prompt, asked.hint, asked.mistake(asked.prompt.text))

    def _finish(self, asked: Asked) -> None:
        self._asked = None
        self.sync(changed=False)
        if not asked.prompt.given:
            asked.given_up()
            return
        try:
            asked.given(asked.prompt.text)
        except UsageError as error:
            self.say(str(error))
