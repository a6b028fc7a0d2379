"""The rows that hold a text: found in the bytes of the files, in the order of the run."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .imported import AnyTail
from .needle import Needle
from .rows import RowColumns
from .search import search

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["found_rows"]


def found_rows(
    columns: RowColumns, tails: tuple[AnyTail, ...], needle: Needle, start: int, *, reverse: bool = False
) -> Iterator[int]:
    """Yield the rows from `start` on that hold a text, or those before it from the last, as they are found."""
    files = (_found_in(columns, file, tail, needle, start, reverse=reverse) for file, tail in enumerate(tails))
    return heapq.merge(*files, reverse=reverse)


def _found_in(
    columns: RowColumns, file: int, tail: AnyTail, needle: Needle, start: int, *, reverse: bool
) -> Iterator[int]:
    """Yield the rows of one file; within a file, rows and lines follow each other in the same order."""
    handles = columns.of_file(file)
    rows, offsets, lengths = columns.to_rows(handles), columns.offsets(handles), columns.lengths(handles)
    here = int(rows.searchsorted(start))
    part = slice(0, here) if reverse else slice(here, None)
    rows, offsets = rows[part], offsets[part]
    if not len(rows):
        return
    end = int(offsets[-1]) + int(lengths[part][-1]) + 1
    for found in search(tail.bytes_at, int(offsets[0]), end, needle, reverse=reverse, escaping=columns.escapes(file)):
        yield from _rows_at(rows, offsets, found.lines)


def _rows_at(rows: NDArray[Any], offsets: NDArray[Any], lines: list[int]) -> list[int]:
    """Return the rows whose lines begin at these offsets; a line that was a repetition has none."""
    import numpy as np

    begins: NDArray[np.uint64] = np.array(lines, np.uint64)
    at = np.minimum(offsets.searchsorted(begins), len(offsets) - 1)
    there: list[int] = rows[at[offsets[at] == begins]].tolist()
    return there
