"""Colours, by what they mean. Nothing is told by colour alone: a type has a code and a sign, a failure a `✗`.

The colours of text are those that terminals have numbers for: half the bytes, and the same where there are no others.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.style import Style

from peek_tui.render.words import group_of

__all__ = ["COLOUR", "MONO", "Palette"]


class Palette(NamedTuple):
    """The styles the widgets draw with, over whatever background the theme gives."""

    text: Style
    dim: Style
    strong: Style
    cursor: Style
    """Under the selected line of the focused pane."""
    cursor_blurred: Style
    error: Style
    good: Style
    live: Style
    key: Style
    value: Style
    number: Style
    code: Style
    amount: Style
    """How much happened, where that is not what matters most."""
    bar: Style
    """Under the title."""
    groups: dict[str, Style]
    """By the key of a group of types."""

    def of_type(self, type: str) -> Style:
        return self.groups[group_of(type).key]


def _fg(colour: str, **attributes: bool) -> Style:
    return Style(color=colour, **attributes)  # type: ignore[arg-type]


COLOUR = Palette(
    text=_fg("#dadada"),
    dim=_fg("#8a8a8a"),
    strong=_fg("#eeeeee", bold=True),
    cursor=Style(bgcolor="#2b3a55"),
    cursor_blurred=Style(bgcolor="#232a36"),
    error=_fg("#ff8787", bold=True),
    good=_fg("#87d787"),
    live=_fg("#87d787", bold=True),
    key=_fg("#87afd7"),
    value=_fg("#dadada"),
    number=_fg("#d7af5f"),
    code=_fg("#87d7d7"),
    amount=_fg("#5f87af"),
    bar=Style(bgcolor="#1b212c"),
    groups={
        "1": _fg("#5fafff"),
        "2": _fg("#d7af5f"),
        "3": _fg("#d7afff"),
        "4": _fg("#ffaf5f"),
        "5": _fg("#afd7ff"),
        "6": _fg("#87d787"),
        "7": _fg("#ff8787"),
        "8": _fg("#949494"),
    },
)

_PLAIN = Style()
_BOLD = Style(bold=True)
_REVERSE = Style(reverse=True)

MONO = Palette(
    text=_PLAIN,
    dim=Style(dim=True),
    strong=_BOLD,
    cursor=_REVERSE,
    cursor_blurred=Style(underline=True),
    error=_BOLD,
    good=_PLAIN,
    live=_BOLD,
    key=Style(dim=True),
    value=_PLAIN,
    number=_PLAIN,
    code=_PLAIN,
    amount=Style(dim=True),
    bar=_REVERSE,
    groups=dict.fromkeys("12345678", _PLAIN),
)
"""For `NO_COLOR`: attributes alone."""
