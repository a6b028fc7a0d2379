"""A text to look for in the lines of a trace, compiled once.

Looking has two steps. Some *probe*, a few bytes, stands in every line that holds the text, unless signs of ASCII are
escapes there, so `bytes.find` passes over the others; only what it stops at is read as an event. What of an event is
looked in, `content` decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from peek_tui.errors import UsageError

from .content import FIXED_HEADER, content, texts
from .pattern import compiled, is_plain, required_words
from .spelling import ESCAPED, fold, same_letters, spellings

__all__ = ["Needle"]

_STRUCTURE = re.compile(r"(?=.*[{}\[\]:,\s])[{}\[\]:,\s\dtruefalsniy.+-]*+", re.DOTALL | re.IGNORECASE)
"""What can also stand between the strings of a line: `1,2`, `},{` or a blank."""

_ASCII_RUN = re.compile(r"[\0-\x7f]{3,}")
"""Letters that are worth a probe of their own: fewer would stand in most lines."""


class Needle:
    """What is looked for: a text, or a regular expression of Python's.

    A text is found in one string of an event's content, a key or a value, or in a number as it is written, however
    the writer escaped it. A pattern is tried on each of these by itself, so `^` and `$` are their ends. When case is
    ignored, letters of ASCII are the same as one another's only, and `ß` is not `ss`.

    Raises `UsageError` for an empty text and for a pattern that is none, with the position of what is wrong.
    """

    probes: tuple[bytes, ...]
    """Every line that holds the text holds one of these, in lower case if case is ignored, or something `ESCAPED`.
    None: it may be any line.
    """

    def __init__(self, text: str, *, ignore_case: bool = False, regex: bool = False) -> None:
        if not text:
            raise UsageError("the text to look for is empty")
        self.text = text
        self.ignore_case = ignore_case
        probes: Iterable[bytes]
        if regex and not is_plain(text):
            self._is_in: Callable[[str], object] = compiled(text, ignore_case=ignore_case).search
            self._proven_by_probe = False
            probes = [word.encode() for word in required_words(text)]
        else:
            self._is_in = _folded_test(text) if ignore_case else _exact_test(text)
            self._proven_by_probe = _proven_by_probe(text, ignore_case)
            probes = _probes(text, ignore_case)
        self.probes = tuple(dict.fromkeys(probe.lower() if ignore_case else probe for probe in probes))

    def found_in(self, line: bytes) -> bool:
        """Return whether an event's line holds the text in its content."""
        return self._may_be_in(line) and self.confirmed_in(line)

    def confirmed_in(self, line: bytes) -> bool:
        """Return the same for a line of which it is known that it holds a probe or an escape, if there are probes."""
        line = line.strip(b" \t\r\n")
        if not line:
            return False
        pieces = content(line)
        if pieces is None:
            return self._stands_in(line)
        return any(map(self._held_by, pieces))

    def _held_by(self, piece: bytes) -> bool:
        held = piece.lower() if self.ignore_case else piece
        possible = not self.probes
        for probe in self.probes:
            place = held.find(probe)
            if place >= 0:
                if self._proven_by_probe and not _within_escape(piece, place):
                    return True
                possible = True
        return (possible or ESCAPED.search(piece) is not None) and any(map(self._is_in, texts(piece)))

    def _stands_in(self, line: bytes) -> bool:
        """Return whether a line that is no event holds the text, as it is or as its JSON reads."""
        header = FIXED_HEADER.match(line)
        rest = line[header.end() :] if header else line
        as_it_is = rest.decode("utf-8", "backslashreplace")
        return self._may_be_in(rest) and any(map(self._is_in, (as_it_is, *texts(rest))))

    def _may_be_in(self, line: bytes) -> bool:
        held = line.lower() if self.ignore_case else line
        for probe in self.probes:  # `any` would take as long as to look for one
            if probe in held:
                return True
        return not self.probes or ESCAPED.search(line) is not None


def _exact_test(text: str) -> Callable[[str], bool]:
    return lambda held: text in held


def _folded_test(text: str) -> Callable[[str], bool]:
    folded = fold(text)
    return lambda held: folded in fold(held)


def _probes(text: str, ignore_case: bool) -> Iterable[bytes]:
    if not ignore_case or text.isascii():
        return spellings(text)
    run = max(_ASCII_RUN.findall(text), key=len, default="")
    if run:
        return spellings(run)
    letter = next(letter for letter in text if not letter.isascii())
    return [way for same in same_letters(letter) for way in spellings(same)]


def _proven_by_probe(text: str, ignore_case: bool) -> bool:
    """Return whether a probe in an event's content is the text, unless it begins within an escape."""
    if ignore_case and not text.isascii():
        return False  # the probe is a part of it
    half_a_pair = any("\ud800" <= letter <= "\udfff" for letter in text)  # may be half of another letter
    return not half_a_pair and not _STRUCTURE.fullmatch(text)


def _within_escape(piece: bytes, place: int) -> bool:
    """Return whether a place may lie within an escape: at its letter, or in the four digits of a `u` escape."""
    return b"\\" in piece[max(0, place - 1) : place] or b"\\u" in piece[max(0, place - 5) : place]
