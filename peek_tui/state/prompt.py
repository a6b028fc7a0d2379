"""A line that is being typed."""

from __future__ import annotations

__all__ = ["Prompt"]


class Prompt:
    """Takes keys, by Textual's names of them, until the line is given or given up."""

    def __init__(self, lead: str) -> None:
        self.lead = lead
        """What stands before the line."""
        self.text = ""
        self.done = False
        self.given = False
        """Whether a finished line was given, not given up."""

    def key(self, name: str, character: str | None) -> None:
        """Take one key."""
        if name in ("escape", "ctrl+c") or (name == "backspace" and not self.text):
            self.done = True
        elif name == "enter":
            self.done = self.given = True
        elif name == "backspace":
            self.text = self.text[:-1]
        elif name == "ctrl+u":
            self.text = ""
        elif name == "ctrl+w":
            self.text = self.text.rstrip().rpartition(" ")[0]
        elif character is not None and character.isprintable():
            self.text += character

    def paste(self, text: str) -> None:
        """Take text from the clipboard, as one line."""
        self.text += "".join(char for char in text if char.isprintable())
