"""Lost events, told from the gaps in a writer's numbers: they start at 0 and never skip."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

__all__ = ["Gap", "Numbering", "missing_ids"]

_HEX = frozenset("0123456789abcdef")


class Gap(NamedTuple):
    """Numbers of one writer that were given and are not here."""

    writer: str
    start: int
    stop: int
    """The first number that is here again."""


class _Writer:
    """The numbers of one writer: those seen reach up to `next`, `gaps` apart."""

    __slots__ = ("gaps", "next", "seen")

    def __init__(self) -> None:
        self.next = 0
        self.seen = 0
        self.gaps: list[tuple[int, int]] = []

    def see(self, number: int) -> None:
        self.seen += 1
        if number >= self.next:
            if number > self.next:
                self.gaps.append((self.next, number))
            self.next = number + 1
        else:  # late, or a repetition
            at = bisect_right(self.gaps, number, key=itemgetter(0)) - 1
            if at >= 0:
                self.gaps[at : at + 1] = _without(self.gaps[at], number)


class Numbering:
    """Follows the writers of a trace."""

    def __init__(self) -> None:
        self._writers: dict[str, _Writer] = {}

    def see(self, id: str) -> None:
        """Take note of an id; one that is not 16 hex digits has no number."""
        if len(id) != 16 or not _HEX.issuperset(id):
            return
        writer = self._writers.get(id[:8])
        if writer is None:
            writer = self._writers[id[:8]] = _Writer()
        number = int(id[8:], 16)
        if number == writer.next:
            writer.next += 1
            writer.seen += 1
        else:
            writer.see(number)

    def gaps(self) -> list[Gap]:
        """Return what must have been written and is not here."""
        return [
            Gap(prefix, start, stop)
            for prefix, writer in self._writers.items()
            if writer.seen > 1  # one lone number is no counter: foreign ids look like this
            for start, stop in writer.gaps
        ]


def missing_ids(gaps: Iterable[Gap], limit: int) -> list[str]:
    """Return the ids in these gaps, `limit` at the most."""
    return list(islice(_ids(gaps), limit))


def _ids(gaps: Iterable[Gap]) -> Iterator[str]:
    for writer, start, stop in gaps:
        yield from (f"{writer}{number:08x}" for number in range(start, stop))


def _without(gap: tuple[int, int], number: int) -> list[tuple[int, int]]:
    start, stop = gap
    if not start <= number < stop:
        return [gap]
    return [part for part in ((start, number), (number + 1, stop)) if part[0] < part[1]]
