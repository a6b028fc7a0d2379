"""Streaks: what is marked, in a row of its kind. One that is not marked ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["in_streaks"]


def in_streaks(marked: NDArray[np.bool_], *kinds: NDArray[Any], going: bool) -> NDArray[np.bool_]:
    """Return which of some things, given in order, are part of a streak or end one: nobody need look at the others.

    Things are of one kind when they are alike in all of `kinds`. `going` says that streaks may have begun before.
    """
    import numpy as np

    wanted = marked.copy()
    if not going and not marked.any():
        return wanted
    order = np.lexsort(kinds)
    begins = np.ones(len(marked), np.bool_)
    begins[1:] = np.any([kind[order][1:] != kind[order][:-1] for kind in kinds], axis=0)
    follows = np.zeros(len(marked), np.bool_)
    follows[1:] = marked[order][:-1]
    wanted[order] |= (follows & ~begins) | (begins & going)
    return wanted
