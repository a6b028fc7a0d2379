"""Which row each row of a snapshot belongs to, and the tree that makes, with what its branches came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .columns import among
from .facts import SPENDS
from .rows import RowColumns
from .tree import ORPHAN, Amounts, Tree, find_cycles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["count_astray", "grow_tree"]

_ANSWERS = ("llm_response", "tool_result")
"""The types whose durations are summed: what an agent waited for."""


def grow_tree(columns: RowColumns, code: Callable[[str], int]) -> Tree:
    """Return the tree of a snapshot's rows. `code` gives the number of a type in their column."""
    import numpy as np

    def codes(types: Iterable[str]) -> list[int]:
        return list(map(code, types))

    types, durations = columns.type, columns.duration_ms
    rows, tokens, costs = columns.spent
    counted = among(types[rows], codes(SPENDS)) & (tokens > 0)
    priced = ~np.isnan(costs)
    timed = np.flatnonzero(among(types, codes(_ANSWERS)) & ~np.isnan(durations))
    return Tree(
        _parent_rows(columns),
        errors=np.flatnonzero(columns.failed),
        tokens=Amounts(rows[counted], tokens[counted]),
        costs=Amounts(rows[priced], costs[priced]),
        durations=Amounts(timed, durations[timed]),
    )


def count_astray(columns: RowColumns) -> tuple[int, int]:
    """Return how many events are orphans, and how many cycles there are."""
    import numpy as np

    parents = _parent_rows(columns)
    return int(np.count_nonzero(parents == ORPHAN)), len(find_cycles(parents))


def _parent_rows(columns: RowColumns) -> NDArray[np.int32]:
    """Return the row each row belongs to, or `ROOT`, or `ORPHAN`."""
    import numpy as np

    parents = columns.parent
    late = parents >= columns.rows
    if late.any():
        parents = np.where(late, np.int32(ORPHAN), parents)  # not there yet
    if not columns.is_reordered:
        return parents
    return np.where(parents < 0, parents, columns.to_rows(np.maximum(parents, 0))).astype(np.int32, copy=False)
