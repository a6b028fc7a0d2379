"""Lost events, told from the gaps in a writer's numbers: they start at 0 and never skip."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

__all__ = ["Numbering"]

_HEX = frozenset("0123456789abcdef")


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
            self.gaps = [part for gap in self.gaps for part in _without(gap, number)]


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

    def missing(self, limit: int) -> list[str]:
        """Return the ids that must have been written and are not here, `limit` at the most."""
        return list(islice(self._missing(), limit))

    def _missing(self) -> Iterator[str]:
        for prefix, writer in self._writers.items():
            if writer.seen < 2 and writer.next > 1:
                continue  # one lone number is no counter: foreign ids look like this
            for start, stop in writer.gaps:
                yield from (f"{prefix}{number:08x}" for number in range(start, stop))


def _without(gap: tuple[int, int], number: int) -> list[tuple[int, int]]:
    start, stop = gap
    if not start <= number < stop:
        return [gap]
    return [part for part in ((start, number), (number + 1, stop)) if part[0] < part[1]]
