"""Things of several kinds, in order: which number of its kind each one is, and which of them stand in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["begins", "by_kind", "count_by_kind", "in_streaks", "mixed"]

_FEW = 1 << 16
"""Kinds that a small number can tell apart."""
_MIX = 0x5851F42D4C957F2D
"""A factor that spreads bits: Knuth's, of MMIX."""


class Counted(NamedTuple):
    """How some things were counted, each among those of its kind."""

    before: NDArray[np.int64]
    """How many there were before each one."""
    all: NDArray[np.int64]
    """How many there are by now."""


def by_kind(*kinds: NDArray[Any]) -> NDArray[np.intp]:
    """Return the order in which things of one kind, alike in all of these, follow each other as they did before.

    Few kinds are put into one small number, by which numpy sorts ten times as fast.
    """
    import numpy as np

    if not len(kinds[0]):
        return np.empty(0, np.intp)
    number, count = np.zeros(len(kinds[0]), np.int64), 1
    for kind in kinds:
        least, most = int(kind.min()), int(kind.max())
        count *= most - least + 1
        if count > _FEW:
            return np.lexsort(kinds)
        number = number * (most - least + 1) + (kind - least)
    return np.argsort(number.astype(np.uint16), kind="stable")


def begins(order: NDArray[np.intp], *kinds: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where another kind begins, in an order by kind."""
    import numpy as np

    differ = np.ones(len(order), np.bool_)
    differ[1:] = np.any([kind[order][1:] != kind[order][:-1] for kind in kinds], axis=0)
    return differ


def count_by_kind(counts: dict[tuple[int, ...], int], *kinds: NDArray[Any]) -> Counted:
    """Count some things among those of their kind, and add them to the counts by kind."""
    import numpy as np

    numbers, totals = np.empty((2, len(kinds[0])), np.int64)
    order = by_kind(*kinds)
    starts = np.flatnonzero(begins(order, *kinds))
    there = list(zip(*(kind[order[starts]].tolist() for kind in kinds), strict=True))
    lengths = np.diff(starts, append=len(order))
    before = np.array([counts.get(kind, 0) for kind in there], np.int64)
    numbers[order] = np.arange(len(order)) + np.repeat(before - starts, lengths)
    totals[order] = np.repeat(before + lengths, lengths)
    counts.update(zip(there, (before + lengths).tolist(), strict=True))
    return Counted(numbers, totals)


def in_streaks(marked: NDArray[np.bool_], *kinds: NDArray[Any], going: bool) -> NDArray[np.bool_]:
    """Return which of some things are part of a streak, or end one: nobody need look at the others.

    A streak is of one kind and goes on as long as each one is marked; `going` says that some may have begun before.
    """
    import numpy as np

    wanted = marked.copy()
    if not going and not marked.any():
        return wanted
    order = by_kind(*kinds)
    first = begins(order, *kinds)
    follows = np.zeros(len(marked), np.bool_)
    follows[1:] = marked[order][:-1]
    wanted[order] |= (follows & ~first) | (first & going)
    return wanted


def mixed(digests: NDArray[np.int64], *kinds: NDArray[Any]) -> NDArray[np.int64]:
    """Return digests that are the same only for what is of one kind, too."""
    for kind in kinds:
        digests = (digests ^ kind) * _MIX
    return digests
