"""Lost events, told from the gaps in a writer's numbers: they start at 0 and never skip."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from .ids import by_writer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Gap", "Numbering", "missing_ids"]


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

    def see_run(self, numbers: NDArray[np.int64]) -> bool:
        """Take numbers that go on without a gap, and return whether they do."""
        runs_on = numbers[0] == self.next and bool((numbers[1:] - numbers[:-1] == 1).all())
        if runs_on:
            self.seen += len(numbers)
            self.next += len(numbers)
        return runs_on

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
    """Follows the writers of a trace, by the numbers of its events' ids: a writer's, then its counter's 32 bits."""

    def __init__(self) -> None:
        self._writers: dict[int, _Writer] = {}

    def see(self, number: int) -> None:
        """Take note of an id; one of no writer has no number of its own."""
        writer, counter = divmod(number, 1 << 32)
        if writer:
            self._writer(writer).see(counter)

    def see_all(self, numbers: NDArray[np.uint64]) -> None:
        """Take note of ids, as `see` does; those that follow each other all at once."""
        import numpy as np

        for number, of_writer in by_writer(numbers):
            counters = (numbers[of_writer] & np.uint64(0xFFFFFFFF)).astype(np.int64)
            if number and not self._writer(number).see_run(counters):
                for counter in counters.tolist():
                    self._writer(number).see(counter)

    def dump(self) -> Any:
        """Return what `restore` takes."""
        return [(number, writer.next, writer.seen, writer.gaps) for number, writer in self._writers.items()]

    def restore(self, meta: Any) -> None:
        """Take over what an index that was kept had seen."""
        for number, following, seen, gaps in meta:
            writer = self._writer(number)
            writer.next, writer.seen, writer.gaps = following, seen, [(start, stop) for start, stop in gaps]

    def gaps(self) -> list[Gap]:
        """Return what must have been written and is not here."""
        return [
            Gap(f"{number:08x}", start, stop)
            for number, writer in self._writers.items()
            if writer.seen > 1  # one lone number is no counter: foreign ids look like this
            for start, stop in writer.gaps
        ]

    def _writer(self, number: int) -> _Writer:
        return self._writers.get(number) or self._writers.setdefault(number, _Writer())


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
