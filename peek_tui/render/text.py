"""Text from a trace made safe for a terminal: a trace is untrusted.

No C0 or C1 control, escape sequence, bidirectional override or invisible character passes. Nothing is dropped: each
becomes a visible sign or its code.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["cell_width", "clean", "clean_line", "escape_json", "fit", "skip"]

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # invisible: soft hyphen, joiners, fillers
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidirectional
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"  # fillers, variation selectors, BOM, specials
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # Arabic number signs: format characters
    "\ud800-\udfff"  # lone surrogates
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"  # tags and variation selectors
    "]"
)
_BLANKS = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
"""All that is to be one blank, and is not yet."""


def clean(text: str) -> str:
    """Return `text` with everything a terminal could obey, or not show, made visible; line feeds become `␊` too."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_visible, text)


def clean_line(text: str) -> str:
    """Return `text` as one safe line, runs of blanks and line ends as one blank."""
    return clean(_BLANKS.sub(" ", text).strip())


def escape_json(text: str) -> str:
    r"""Return JSON text with the same characters as `\u` escapes: the same values, and nothing a terminal obeys."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_json_escape, text)


def cell_width(text: str) -> int:
    """Return how many columns safe text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(map(_char_width, text))


def fit(text: str, width: int) -> str:
    """Return safe `text` in exactly `width` columns: padded, or cut with an ellipsis."""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: max(0, width - 1)] + "…"[:width]
    used = 0
    for end, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return _cut(text[: end + 1], used, width)
    return text + " " * (width - used)


def skip(text: str, width: int) -> str:
    """Return safe `text` without its first columns, or `""`; half of a wide character is a blank."""
    if text.isascii():
        return text[width:]
    used = 0
    for start, char in enumerate(text):
        size = _char_width(char)
        if used >= width and size:
            return " " * (used - width) + text[start:]
        used += size
    return ""


def _cut(text: str, used: int, width: int) -> str:
    """Return a text that takes too many columns with an ellipsis for its end."""
    end = len(text)
    while end and used >= width:
        end -= 1
        used -= _char_width(text[end])
    return text[:end] + "…"[:width] + " " * (width - 1 - used)


@lru_cache(4096)
def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # ␛ and its like
    if code == 0x7F:
        return "␡"
    return f"<U+{code:04X}>"


def _json_escape(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\n":
        return char
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
