"""Things of several kinds, in order: which number of its kind each one is, and which of them stand in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["count_by_kind", "in_streaks", "mixed"]

_MIX = 0x5851F42D4C957F2D
"""A factor that spreads bits: Knuth's, of MMIX."""


def count_by_kind(counts: dict[tuple[int, ...], int], *kinds: NDArray[Any]) -> NDArray[np.int64]:
    """Return how many of its kind there were before each of some things, and add them to the counts by kind."""
    import numpy as np

    numbers = np.empty(len(kinds[0]), np.int64)
    order = np.lexsort(kinds)
    starts = np.flatnonzero(_begins(order, kinds))
    there = list(zip(*(kind[order[starts]].tolist() for kind in kinds), strict=True))
    lengths = np.diff(starts, append=len(order))
    before = np.array([counts.get(kind, 0) for kind in there], np.int64)
    numbers[order] = np.arange(len(order)) + np.repeat(before - starts, lengths)
    counts.update(zip(there, (before + lengths).tolist(), strict=True))
    return numbers


def in_streaks(marked: NDArray[np.bool_], *kinds: NDArray[Any], going: bool) -> NDArray[np.bool_]:
    """Return which of some things are part of a streak, or end one: nobody need look at the others.

    A streak is of one kind and goes on as long as each one is marked; `going` says that some may have begun before.
    """
    import numpy as np

    wanted = marked.copy()
    if not going and not marked.any():
        return wanted
    order = np.lexsort(kinds)
    begins = _begins(order, kinds)
    follows = np.zeros(len(marked), np.bool_)
    follows[1:] = marked[order][:-1]
    wanted[order] |= (follows & ~begins) | (begins & going)
    return wanted


def mixed(digests: NDArray[np.int64], *kinds: NDArray[Any]) -> NDArray[np.int64]:
    """Return digests that are the same only for what is of one kind, too."""
    for kind in kinds:
        digests = (digests ^ kind) * _MIX
    return digests


def _begins(order: NDArray[np.intp], kinds: tuple[NDArray[Any], ...]) -> NDArray[np.bool_]:
    """Return where another kind begins: things are of one kind when they are alike in all of these."""
    import numpy as np

    begins = np.ones(len(order), np.bool_)
    begins[1:] = np.any([kind[order][1:] != kind[order][:-1] for kind in kinds], axis=0)
    return begins
