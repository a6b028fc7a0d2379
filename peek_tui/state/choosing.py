"""Choosing one of many things by typing some of its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Choice", "Choosing"]


class Choice(NamedTuple):
    """One of them."""

    lead: str
    """What stands before it: a key, a row."""
    text: str


class Choosing:
    """What was typed, which of the choices have all its words in any case, and which of them is selected."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self.text = ""
        self.fitting: list[int] = list(range(len(choices)))
        """Indexes of the choices that fit; one that begins with what was typed comes first."""
        self.position = 0

    @property
    def chosen(self) -> int | None:
        """The index of the selected choice, None when none fits."""
        return self.fitting[self.position] if self.fitting else None

    def choice(self, position: int) -> Choice:
        """Return one of those that fit."""
        return self._choices[self.fitting[position]]

    def move(self, by: int) -> None:
        """Select another one."""
        self.position = min(len(self.fitting) - 1, max(0, self.position + by)) if self.fitting else 0

    def type(self, text: str) -> None:
        """Take what was typed so far."""
        self.text, self.position = text, 0
        words = text.lower().split()
        fitting = [at for at, choice in enumerate(self._choices) if _fits(choice, words)]
        self.fitting = sorted(fitting, key=lambda at: not self._begins(at, text.strip()))

    def _begins(self, at: int, text: str) -> bool:
        choice = self._choices[at]
        return choice.lead == text or choice.text.lower().startswith(text.lower())


def _fits(choice: Choice, words: list[str]) -> bool:
    held = f"{choice.lead} {choice.text}".lower()
    return all(word in held for word in words)
