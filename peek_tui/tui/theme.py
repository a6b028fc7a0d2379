"""The themes: what is behind the text. What the text itself looks like is the `palette` of the same name."""

from __future__ import annotations

from textual.theme import Theme

__all__ = ["THEMES", "VARIABLES", "textual_name"]

VARIABLES = {"rule": "#3a3a3a"}
"""Colours our style sheets name beside Textual's own: the lines between panes."""


def textual_name(theme: str) -> str:
    """Return what Textual calls one of our themes."""
    return {"ansi": "ansi-dark"}.get(theme, f"peek-{theme}")


def _scrollbar(bar: str, hover: str, active: str, background: str) -> dict[str, str]:
    return {
        "scrollbar": bar,
        "scrollbar-hover": hover,
        "scrollbar-active": active,
        "scrollbar-background": background,
        "scrollbar-background-hover": background,
        "scrollbar-background-active": background,
    }


def _dark(name: str) -> Theme:
    return Theme(
        name=textual_name(name),
        primary="#79c0ff",
        secondary="#d2a8ff",
        accent="#e3b341",
        foreground="#d7dae0",
        background="#10141b",
        surface="#171c25",
        panel="#1b212c",
        success="#7ee787",
        warning="#e3b341",
        error="#ff7b72",
        dark=True,
        variables=_scrollbar("#303030", "#444444", "#585858", "#10141b") | {"rule": "#3a3a3a"},
    )


_LIGHT = Theme(
    name=textual_name("light"),
    primary="#0550ae",
    secondary="#8250df",
    accent="#9a6700",
    foreground="#1f2328",
    background="#fcfcfc",
    surface="#f3f3f3",
    panel="#eeeeee",
    success="#1a7f37",
    warning="#9a6700",
    error="#cf222e",
    dark=False,
    variables=_scrollbar("#d0d0d0", "#bcbcbc", "#a8a8a8", "#fcfcfc") | {"rule": "#c6c6c6"},
)

THEMES = (_dark("dark"), _LIGHT, _dark("safe"))
"""Those we make; `ansi` is the terminal's own colours."""
