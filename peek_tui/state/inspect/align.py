"""Which stretches of two sequences are the same, and which stand in each other's place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

__all__ = ["aligned"]


def aligned(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[tuple[str, range, range]]:
    """Yield ranges of both that are `equal`, or that differ.

    Between what both begin and end with, more than `most` items are not compared with one another: all of them differ.
    """
    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    tail = next((at for at in range(shortest - head) if old[-1 - at] != new[-1 - at]), shortest - head)
    ends = len(old) - tail, len(new) - tail
    if head:
        yield "equal", range(head), range(head)
    if max(ends[0] - head, ends[1] - head) > most:
        yield "replace", range(head, ends[0]), range(head, ends[1])
    else:
        matcher = SequenceMatcher(None, old[head : ends[0]], new[head : ends[1]], autojunk=False)
        for tag, *spans in matcher.get_opcodes():
            start, stop, begin, end = (span + head for span in spans)
            yield tag, range(start, stop), range(begin, end)
    if tail:
        yield "equal", range(ends[0], len(old)), range(ends[1], len(new))
