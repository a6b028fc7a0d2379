"""Every theme shows the same, and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color
from rich.style import Style

from peek_tui.config import THEMES, Config
from peek_tui.tui.palette import MONO, PALETTES, Palette, palette_of

from .screens import opened, text_of

_READ, _SEEN = 4.5, 3.0
"""The contrast that WCAG 2 asks of text, and of what is not text, on level AA."""


async def test_same(story: Path) -> None:
    """What is on the screen is the same text in every theme."""
    shown = set()
    for theme in THEMES:
        async with opened([story], config=Config(theme=theme)) as peek:
            await peek.until(lambda: peek.debug.view.found.importance is not None)
            shown.add((text_of(peek.timeline), text_of(peek.tree), text_of(peek.inspector)))
    assert len(shown) == 1


async def test_chosen(story: Path) -> None:
    """A theme is drawn in its own palette."""
    chosen = []
    for theme in THEMES:
        async with opened([story], config=Config(theme=theme)) as peek:
            chosen.append(palette_of(peek.app))
    assert chosen == list(PALETTES.values())


async def test_no_colour(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`NO_COLOR` is stronger than a theme."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened([story], config=Config(theme="light")) as peek:
        assert palette_of(peek.app) is MONO


@pytest.mark.parametrize("theme", ["peek-dark", "peek-light", "peek-safe"])
def test_contrast(theme: str) -> None:
    """Text stands out from what is behind it, under the selection too, and what is dim does so as well."""
    palette = PALETTES[theme]
    for ground in _grounds(theme, palette):
        for style in _inks(palette):
            least = _SEEN if style in (palette.dim, palette.groups["8"]) else _READ
            assert _contrast(style, ground) >= least, style


def _grounds(theme: str, palette: Palette) -> list[Color]:
    plain = Color.parse("#fcfcfc" if theme == "peek-light" else "#10141b")
    behind = (palette.cursor, palette.cursor_blurred, palette.bar)
    return [plain, *(style.bgcolor for style in behind if style.bgcolor is not None)]


def _inks(palette: Palette) -> list[Style]:
    named = (palette.text, palette.dim, palette.strong, palette.error, palette.good, palette.key, palette.number)
    return [*named, palette.code, *palette.groups.values()]


def _contrast(ink: Style, ground: Color) -> float:
    """The ratio of relative luminances, as WCAG 2 defines it."""
    assert ink.color is not None
    lights = sorted((_luminance(ink.color), _luminance(ground)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in color.get_truecolor())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
