"""Styles as terminals are told of them: the parameters of SGR, *select graphic rendition*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from sys import intern

__all__ = ["blank", "change", "short"]

_RGB = re.compile(r"([34]8);2;(\d+;\d+;\d+)")
_LEVELS = (0, 95, 135, 175, 215, 255)
_GREYS = range(8, 248, 10)
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_SEEN_ON_BLANKS = frozenset("479")
"""Underlined, reversed, struck through: the attributes that a blank shows."""


@lru_cache(4096)
def change(before: str, after: str) -> str:
    """Return the shortest parameters that turn one style into another."""
    if not after:
        return ""
    attributes, colour, background = _parts(before)
    wanted, new_colour, new_background = _parts(after)
    off = {_OFF.get(code, "0") for code in attributes - wanted}
    if "0" in off:
        return f"0;{after}"
    on = {code for code in wanted if code not in attributes or _OFF.get(code) in off}
    codes = [*sorted(off), *sorted(on)]
    codes += [new_colour or "39"] if colour != new_colour else []
    codes += [new_background or "49"] if background != new_background else []
    return min(";".join(codes), f"0;{after}", key=len)


@lru_cache(1024)
def short(style: str) -> str:
    """Return a style with those colours by number that every terminal of 256 colours has."""
    return intern(_RGB.sub(_numbered, style))


def _numbered(colour: re.Match[str]) -> str:
    red, green, blue = (int(part) for part in colour[2].split(";"))
    if red in _LEVELS and green in _LEVELS and blue in _LEVELS:
        return f"{colour[1]};5;{16 + 36 * _LEVELS.index(red) + 6 * _LEVELS.index(green) + _LEVELS.index(blue)}"
    if red == green == blue and red in _GREYS:
        return f"{colour[1]};5;{232 + _GREYS.index(red)}"
    return colour[0]


@lru_cache(1024)
def blank(style: str) -> str:
    """Return what a blank shows of a style."""
    attributes, colour, background = _parts(style)
    seen = sorted(attributes & _SEEN_ON_BLANKS)
    return intern(";".join([*seen, *([colour] if seen and colour else []), *([background] if background else [])]))


@lru_cache(1024)
def _parts(style: str) -> tuple[frozenset[str], str, str]:
    """Return the attributes, the colour and the background that a style sets."""
    attributes, colour, background = set(), "", ""
    for code in _codes(style):
        kind = code.partition(";")[0]
        if kind == "38" or (len(kind) == 2 and kind[0] in "39"):
            colour = code
        elif kind == "48" or (kind[0] == "4" and len(kind) == 2) or len(kind) == 3:
            background = code
        else:
            attributes.add(code)
    return frozenset(attributes), colour, background


def _codes(style: str) -> Iterator[str]:
    """Yield the parameters, those of a colour together."""
    numbers = iter(style.split(";")) if style else iter(())
    for number in numbers:
        if number in ("38", "48"):
            mode = next(numbers, "")
            rest = [next(numbers, "") for _ in range(3 if mode == "2" else 1)]
            yield ";".join((number, mode, *rest))
        else:
            yield number
