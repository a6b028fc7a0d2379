"""Which words of two lines differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .align import aligned
from .entry import Spans

__all__ = ["changed_words"]

_IDEOGRAPHS = "\u2e80-\ua4cf\uf900-\ufaff"
_SIGNS = r"!-/:-@\[-^`{-~"
_WORDS = rf"[{_IDEOGRAPHS}{_SIGNS}]|\s+|[^\s{_IDEOGRAPHS}{_SIGNS}]+"
"""Signs alone, blanks, and words with the accents on them; where no blanks stand between words, each sign is one."""
_LONGEST = 10_000
"""Characters; in longer lines no words are looked for."""
_MOST = 60
"""Words that are aligned with one another; more are marked from the first to the last that differs."""
_ALIKE = 0.3
"""Lines that have less than this share of their characters in common are other lines, not changed ones."""


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """Return which stretches of either line the other does not have; none of lines that are not alike."""
    if max(len(old), len(new)) > _LONGEST:
        return (), ()
    before, after = re.findall(_WORDS, old), re.findall(_WORDS, new)
    changes = [(gone, come) for tag, gone, come in aligned(before, after, _MOST) if tag != "equal"]
    gone = _spans(before, (gone for gone, _ in changes))
    come = _spans(after, (come for _, come in changes))
    if min(_share_kept(old, gone), _share_kept(new, come)) < _ALIKE:
        return (), ()
    return gone, come


def _spans(words: Sequence[str], ranges: Iterable[range]) -> Spans:
    """Return ranges of words as stretches of the line they make up."""
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return tuple((starts[span.start], starts[span.stop]) for span in ranges if span)


def _share_kept(line: str, spans: Spans) -> float:
    """Return which share of a line, blanks aside, stands outside of the spans."""
    return 1 - sum(_ink(line[first:end]) for first, end in spans) / max(1, _ink(line))


def _ink(text: str) -> int:
    return len(text) - text.count(" ")
