"""How writers spell a text inside JSON, and which characters are the same letter in another case.

One writer spells one way throughout: as UTF-8 with the fewest escapes (orjson, JavaScript), or in ASCII (`json.dumps`,
PHP) with hex digits in either case; with or without a backslash before `/`. Beside that some write signs of ASCII as
escapes, such as `<` and `&` (Go) or any letter: `ESCAPED` tells, and what they wrote must be read to be known.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

__all__ = ["ESCAPED", "fold", "holds_pair", "same_letters", "spellings"]

ESCAPED = re.compile(rb"\\u00[2-7]")
"""A sign of ASCII that JSON need not escape, written as an escape; or what looks like it behind another backslash."""

_ESCAPE = re.compile(rb"\\(?:u[0-9a-f]{4}|.)")
_LAST_LETTER = 0x1E943
"""The last code point that has another case."""


def spellings(text: str) -> tuple[bytes, ...]:
    """Return the ways in which a text stands between the quotes of a JSON string."""
    ways = [json.dumps(text)[1:-1].encode()]
    with suppress(UnicodeEncodeError):  # half a surrogate pair stands there as an escape only
        ways.insert(0, json.dumps(text, ensure_ascii=False)[1:-1].encode())
    ways += [_ESCAPE.sub(_in_upper_case, way) for way in ways]
    ways += [way.replace(b"/", b"\\/") for way in ways]
    return tuple(dict.fromkeys(ways))


def holds_pair(block: bytes, pair: bytes) -> bool:
    """Return whether two bytes stand somewhere in a block: three times as fast as a regular expression, six as `in`."""
    import numpy as np

    wanted = np.frombuffer(pair, np.uint16)
    return any(
        bool((np.frombuffer(block, np.uint16, (len(block) - offset) // 2, offset) == wanted).any())
        for offset in (0, 1)
        if len(block) > offset
    )


def fold(text: str) -> str:
    """Return a text so that it equals another one that differs in case only.

    One character stays one character (`ß` is not `ss`), and a letter of ASCII is only the same as one of ASCII, so
    that a text in ASCII can be found by its bytes.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def same_letters(letter: str) -> list[str]:
    """Return the characters beyond ASCII that `fold` makes the same as this one."""
    folded = fold(letter)
    return [other for other in map(chr, range(0x80, _LAST_LETTER + 1)) if fold(other) == folded] or [letter]


class _Folded(dict[int, str]):
    """What `fold` makes of each character, noted when it is first seen."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        upper = letter.upper()
        lower = (upper if len(upper) == 1 else letter).lower()
        same = len(lower) == 1 and lower.isascii() is letter.isascii()
        folded = self[code] = lower if same else letter
        return folded


_FOLDED = _Folded()


def _in_upper_case(escape: re.Match[bytes]) -> bytes:
    found = escape.group()
    return found[:2] + found[2:].upper()
