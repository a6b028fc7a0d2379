"""What a value in a query may look like: text in which `*` stands for any characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

__all__ = ["QUOTABLE", "Pattern"]

QUOTABLE = "\"'\\*"
"""The characters that a backslash inside quotes makes their plain selves."""

_BARE = re.compile(r"""[^\s"'(),\\*]*""")
_SPECIAL = re.compile(r'(["\\*])')


class Pattern(msgspec.Struct, frozen=True):
    """Text with wildcards. `str()` gives it back as it is written in a query."""

    parts: tuple[str, ...]
    """What stands between the `*`: one part when there is none."""

    @classmethod
    def of(cls, parts: Iterable[str]) -> Pattern:
        """Return the pattern with a `*` between these parts; two `*` in a row say no more than one."""
        first, *rest = parts
        if not rest:
            return cls((first,))
        return cls((first, *filter(None, rest[:-1]), rest[-1]))

    @property
    def is_plain(self) -> bool:
        """Whether there is no `*` in it."""
        return len(self.parts) == 1

    def fits(self, text: str) -> bool:
        """Whether it stands for the whole of `text`."""
        first, last = self.parts[0], self.parts[-1]
        if self.is_plain:
            return text == first
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return False
        return _in_order(self.parts[1:-1], text, len(first), len(text) - len(last))

    def within(self, text: str) -> bool:
        """Whether it stands for some part of `text`."""
        return _in_order(self.parts, text, 0, len(text))

    def stripped(self) -> Pattern:
        """Return it without `*` at its ends, which mean nothing where any part of a text will do."""
        parts = self.parts[self.parts[0] == "" and len(self.parts) > 1 :]
        return Pattern(parts[:-1] if len(parts) > 1 and not parts[-1] else parts)

    def beginning(self) -> Pattern:
        """Return what stands for every text that begins as it does; the empty one stands for itself."""
        return Pattern.of((*self.parts, "")) if any(self.parts) else self

    def __str__(self) -> str:
        if (any(self.parts) or len(self.parts) > 1) and all(_BARE.fullmatch(part) for part in self.parts):
            return "*".join(self.parts)
        return '"' + "*".join(_SPECIAL.sub(r"\\\1", part) for part in self.parts) + '"'


def _in_order(parts: Iterable[str], text: str, start: int, end: int) -> bool:
    for part in parts:
        start = text.find(part, start, end)
        if start < 0:
            return False
        start += len(part)
    return True
