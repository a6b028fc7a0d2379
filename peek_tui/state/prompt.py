"""A line that is being typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["Completion", "Prompt"]

_MOST = 100
"""Lines that are remembered."""


class Completion(NamedTuple):
    """What the end of a line may become."""

    start: int
    """Where in the line it begins."""
    words: Sequence[str]


def _nothing(text: str) -> Completion:
    return Completion(len(text), ())


class Prompt:
    """Takes keys, by Textual's names of them, until the line is given or given up."""

    def __init__(
        self,
        lead: str,
        complete: Callable[[str], Completion] = _nothing,
        *,
        text: str = "",
        one_key: bool = False,
        earlier: list[str] | None = None,
    ) -> None:
        """With `one_key` the first character is all of the line.

        `earlier` are the lines given before, the newest last; this one joins them when it is given.
        """
        self.lead = lead
        """What stands before the line."""
        self.text = text
        self.done = False
        self.given = False
        """Whether a finished line was given, not given up."""
        self._complete = complete
        self._earlier = [] if earlier is None else earlier
        self._one_key = one_key
        self._back = 0
        """How far back among the earlier lines this one is."""
        self._typed = text
        self._tried: tuple[Completion, int, str] | None = None
        """While `Tab` is pressed again and again: from what it chooses, which one it chose, and the line before."""

    @property
    def completion(self) -> Completion:
        """What the line may become at its end."""
        return self._tried[0] if self._tried is not None else self._complete(self.text)

    @property
    def chosen(self) -> int | None:
        """Which of the completion's words stands in the line."""
        return self._tried[1] if self._tried is not None else None

    def key(self, name: str, character: str | None) -> None:
        """Take one key."""
        if name in ("tab", "shift+tab"):
            self._try(1 if name == "tab" else -1)
            return
        self._tried = None
        if name in ("escape", "ctrl+c") or (name == "backspace" and not self.text):
            self.done = True
        elif name == "enter":
            self.done = self.given = True
            self._remember()
        elif name == "backspace":
            self.text = self.text[:-1]
        elif name == "ctrl+u":
            self.text = ""
        elif name == "ctrl+w":
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif name in ("up", "down"):
            self._recall(1 if name == "up" else -1)
        elif character is not None and character.isprintable():
            self.text += character
            self.done = self.given = self._one_key

    def paste(self, text: str) -> None:
        """Take text from the clipboard, as one line."""
        self._tried = None
        self.text += "".join(char for char in text if char.isprintable())

    def _try(self, by: int) -> None:
        """Put the next completion into the line: first as much as they have in common, then one after the other."""
        if self._tried is None:
            completion = self._complete(self.text)
            if not completion.words:
                return
            common = _common(completion.words)
            if len(completion.words) == 1 or len(common) > len(self.text) - completion.start:
                self.text = self.text[: completion.start] + common
                return
            self._tried = completion, -1 if by > 0 else 0, self.text
        completion, at, before = self._tried
        at = (at + by) % len(completion.words)
        self.text = before[: completion.start] + completion.words[at]
        self._tried = completion, at, before

    def _recall(self, by: int) -> None:
        """Put an earlier line, or a later one, in the place of this one."""
        if self._back == 0:
            self._typed = self.text
        self._back = min(len(self._earlier), max(0, self._back + by))
        self.text = self._earlier[-self._back] if self._back else self._typed

    def _remember(self) -> None:
        if self.text.strip() and self._earlier[-1:] != [self.text]:
            self._earlier.append(self.text)
            del self._earlier[:-_MOST]


def _common(words: Sequence[str]) -> str:
    """Return what all of some words begin with."""
    first, last = min(words), max(words)
    return next((first[:at] for at, char in enumerate(first) if last[at : at + 1] != char), first)
