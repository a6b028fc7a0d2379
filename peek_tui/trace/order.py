"""The order of a run whose events stand in several files.

Files are merged by their clocks, the running maximum of `ts` in each, so that a clock that steps back cannot put a
result before its call. Events of the same moment stand in the order of their writers, whichever file was read first.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from .columns import Column, Columns, grouped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Order", "clock_of", "inverse", "same_beginning"]


class Order:
    """Handles in the order of the run, kept as events arrive. `ranks` tells of each file where its writer stands."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._clock = Column("q")
        self._latest: dict[int, int] = {}
        self._ranks: list[int] = []
        self._handles: Any = None

    def few(self, length: int, ranks: list[int]) -> array[int]:
        """Return the first `length` handles in order, without numpy and without keeping anything."""
        latest: dict[int, int] = {}
        places = []
        for handle in range(length):
            file = self._columns.file[handle]
            clock = latest[file] = max(latest.get(file, 0), self._columns.ts[handle])
            places.append((clock, ranks[file], handle))
        return array("i", (handle for *_, handle in sorted(places)))

    def many(self, length: int, ranks: list[int]) -> NDArray[np.int32]:
        """Return the first `length` handles in order. Only those are sorted that what is new may have moved."""
        import numpy as np

        if self._handles is None or self._ranks != ranks:
            self._handles, self._ranks = np.empty(0, np.int32), list(ranks)
        known = len(self._handles)
        if known < length:
            self._extend_clock(length)
            clock = self._clock.vector(length)
            start = bisect_left(self._handles, int(clock[known:].min()), key=clock.item)
            rest = np.concatenate([self._handles[start:], np.arange(known, length, dtype=np.int32)])
            self._handles = np.concatenate([self._handles[:start], self._sorted(rest, clock)])
        return self._handles  # type: ignore[no-any-return]

    def _extend_clock(self, length: int) -> None:
        import numpy as np

        start = len(self._clock)
        if start == length:
            return
        file = self._columns.file.vector(length)[start:]
        ts = self._columns.ts.vector(length)[start:]
        clock = np.empty(length - start, np.int64)
        for one, of_file in grouped(file):
            running = np.maximum.accumulate(np.maximum(ts[of_file], self._latest.get(one, 0)))
            self._latest[one] = int(running[-1])
            clock[of_file] = running
        self._clock.expect(length)
        self._clock.extend(clock)

    def _sorted(self, handles: NDArray[np.int32], clock: NDArray[np.int64]) -> NDArray[np.int32]:
        import numpy as np

        handles = np.sort(handles)
        rank = np.array(self._ranks)[self._columns.file.vector(int(handles[-1]) + 1)[handles]]
        return handles[np.lexsort((rank, clock[handles]))]


def clock_of(ts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the clock of a file: the running maximum of its times."""
    import numpy as np

    return np.maximum.accumulate(np.maximum(ts, 0))


def inverse(handles: Any) -> Any:
    """Return the row of each handle, given the handle of each row."""
    if isinstance(handles, array):
        few = array("i", bytes(handles.itemsize * len(handles)))
        for row, handle in enumerate(handles):
            few[handle] = row
        return few
    import numpy as np

    rows = np.empty(len(handles), np.int32)
    rows[handles] = np.arange(len(handles), dtype=np.int32)
    return rows


def same_beginning(handles: Any, earlier: Any) -> int:
    """Return how many leading handles are the same in both."""
    length = min(len(handles), len(earlier))
    if isinstance(handles, array) or isinstance(earlier, array):
        return next((row for row in range(length) if handles[row] != earlier[row]), length)
    differ = handles[:length] != earlier[:length]
    return int(differ.argmax()) if differ.any() else length
