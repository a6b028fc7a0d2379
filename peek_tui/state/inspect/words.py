"""Which lines of two blocks are one line that changed, and which of its words did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .align import aligned
from .entry import Spans

__all__ = ["changed_words", "level"]

_IDEOGRAPHS = "\u2e80-\ua4cf\uf900-\ufaff"
_SIGNS = r"!-/:-@\[-^`{-~"
_WORDS = re.compile(rf"[{_IDEOGRAPHS}{_SIGNS}]|\s+|[^\s{_IDEOGRAPHS}{_SIGNS}]+")
"""Signs alone, blanks, and words with the accents on them; where no blanks stand between words, each sign is one."""
_TELLING = re.compile(rf"[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}{_SIGNS}]+")
"""The words without signs and blanks, which any two lines may have in common."""
_LONGEST = 10_000
"""Characters; in longer lines no words are looked for."""
_MOST = 60
"""Words that are aligned with one another; more are marked from the first to the last that differs."""
_ALIKE = 0.3
"""Lines that have less than this share of their characters in common are other lines, not changed ones."""
_COMMON = 0.5
"""Which share of their words lines of two blocks must have in common to stand beside each other for that."""
_BLOCK = 400
"""Pairs of lines up to which it is looked for the lines that are alike; in larger blocks the first is beside the first.
"""


def changed_words(old: str, new: str) -> tuple[Spans, Spans]:
    """Return which stretches of either line the other does not have; none of lines that are not alike."""
    if max(len(old), len(new)) > _LONGEST:
        return (), ()
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    changes = [(gone, come) for tag, gone, come in aligned(before, after, _MOST) if tag != "equal"]
    gone = _spans(before, (gone for gone, _ in changes))
    come = _spans(after, (come for _, come in changes))
    if min(_share_kept(old, gone), _share_kept(new, come)) < _ALIKE:
        return (), ()
    return gone, come


def level(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[range, range]]:
    """Yield the stretches of two blocks of lines that stand beside each other: what is alike line by line, in order."""
    done = (0, 0)
    for one, other in _alike(old, new) if 1 < len(old) * len(new) <= _BLOCK else []:
        if (one, other) != done:
            yield range(done[0], one), range(done[1], other)
        yield range(one, one + 1), range(other, other + 1)
        done = (one + 1, other + 1)
    if done != (len(old), len(new)):
        yield range(done[0], len(old)), range(done[1], len(new))


def _alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest list of pairs of lines that are alike, in order (by the usual table, from the end)."""
    before, after = ([set(_TELLING.findall(line[:_LONGEST])) for line in block] for block in (old, new))
    best = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one in reversed(range(len(old))):
        for other in reversed(range(len(new))):
            paired = best[one + 1][other + 1] + 1 if _are_alike(before[one], after[other]) else 0
            best[one][other] = max(paired, best[one + 1][other], best[one][other + 1])
    pairs: list[tuple[int, int]] = []
    one = other = 0
    while one < len(old) and other < len(new) and best[one][other]:
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            pairs.append((one, other))
            one, other = one + 1, other + 1
    return pairs


def _are_alike(before: set[str], after: set[str]) -> bool:
    return 2 * len(before & after) >= _COMMON * (len(before) + len(after)) > 0


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
