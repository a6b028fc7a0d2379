"""Colours, by what they mean. Nothing is told by colour alone: a type has a code and a sign, a failure a `✗`.

The colours of text are those that terminals have numbers for: half the bytes, and the same where there are no others.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from rich.style import Style
from textual.app import App

from peek_tui.render.words import group_of

__all__ = ["DARK", "MONO", "PALETTES", "Palette", "palette_of"]


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


DARK = Palette(
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

LIGHT = Palette(
    text=_fg("#303030"),
    dim=_fg("#767676"),
    strong=_fg("#121212", bold=True),
    cursor=Style(bgcolor="#dbe9fb"),
    cursor_blurred=Style(bgcolor="#e8eef5"),
    error=_fg("#af0000", bold=True),
    good=_fg("#005f00"),
    live=_fg("#005f00", bold=True),
    key=_fg("#005f87"),
    value=_fg("#303030"),
    number=_fg("#875f00"),
    code=_fg("#005f5f"),
    amount=_fg("#5f87af"),
    bar=Style(bgcolor="#e4e4e4"),
    groups={
        "1": _fg("#005faf"),
        "2": _fg("#875f00"),
        "3": _fg("#8700af"),
        "4": _fg("#870000"),
        "5": _fg("#005f87"),
        "6": _fg("#005f00"),
        "7": _fg("#af0000"),
        "8": _fg("#767676"),
    },
)

SAFE = DARK._replace(
    error=_fg("#ff875f", bold=True),
    good=_fg("#5fafff"),
    live=_fg("#5fafff", bold=True),
    number=_fg("#ffff5f"),
    groups={
        "1": _fg("#5fafff"),
        "2": _fg("#ffaf00"),
        "3": _fg("#d7afff"),
        "4": _fg("#ffff5f"),
        "5": _fg("#dadada"),
        "6": _fg("#5fd7af"),
        "7": _fg("#ff875f"),
        "8": _fg("#949494"),
    },
)
"""Told apart by people who see red and green alike: the hues of Okabe and Ito (jfly.uni-koeln.de/color), as light as
a dark ground needs."""

ANSI = Palette(
    text=_PLAIN,
    dim=_fg("bright_black"),
    strong=_BOLD,
    cursor=_REVERSE,
    cursor_blurred=Style(underline=True),
    error=_fg("red", bold=True),
    good=_fg("green"),
    live=_fg("green", bold=True),
    key=_fg("cyan"),
    value=_PLAIN,
    number=_fg("yellow"),
    code=_fg("cyan"),
    amount=_fg("bright_black"),
    bar=_REVERSE,
    groups={
        "1": _fg("blue"),
        "2": _fg("yellow"),
        "3": _fg("magenta"),
        "4": _fg("bright_yellow"),
        "5": _fg("cyan"),
        "6": _fg("green"),
        "7": _fg("red"),
        "8": _fg("bright_black"),
    },
)
"""The 16 colours of the terminal, whatever they are there."""

PALETTES = {"peek-dark": DARK, "peek-light": LIGHT, "peek-safe": SAFE, "ansi-dark": ANSI}
"""By Textual's name of the theme."""


def palette_of(app: App[Any]) -> Palette:
    """Return what an application draws with."""
    return MONO if app.no_color else PALETTES.get(app.theme, DARK)
