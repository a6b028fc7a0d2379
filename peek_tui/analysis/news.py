"""The rows that nobody has looked at yet, and what is read of them once for all who look."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from peek_tui.trace.model import Event
from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.snapshot import Snapshot

from .calls import Calls, Steps
from .readings import Reading, read_payloads
from .streaks import by_kind
from .turns import let_others_go_first
from .usages import Usages, read_usages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PIECE", "News", "no_collection", "pieces"]


PIECE = 16_384
"""Rows that are looked at together: with more, other threads wait; with fewer, most of the time goes to each start."""


class News:
    """The rows of a snapshot from `start` up to `end`."""

    def __init__(
        self,
        snapshot: Snapshot,
        start: int = 0,
        end: int | None = None,
        *,
        over: bool = False,
        calls: Calls | None = None,
        reads: Iterable[Reading] = (),
    ) -> None:
        """`calls` knows the calls of the rows before; `reads` are what somebody will ask `read` for."""
        self.snapshot = snapshot
        self.start = start
        self.end = len(snapshot) if end is None else end
        self.over = over
        """Whether the run has ended for good with these rows, so that what is not there will not come."""
        self._calls = calls or Calls()
        self._events: dict[int, Event] = {}
        self._codes: dict[str, dict[str, int]] = {}
        self._reads = tuple(reads)
        self._said: dict[Reading, list[Any]] = {}
        self._rows: dict[tuple[str, ...], NDArray[np.intp]] = {}

    def rows(self, *types: str) -> NDArray[np.intp]:
        """Return the new rows with events of these types, in order; looked for once for all who ask."""
        rows = self._rows.get(types)
        if rows is None:
            rows = self._rows[types] = self._find(types)
        return rows

    def _find(self, types: tuple[str, ...]) -> NDArray[np.intp]:
        import numpy as np

        order, codes = self._by_type
        wanted = [self.code("type", type) for type in types]
        found = [order[slice(*codes.searchsorted([code, code + 1]))] for code in wanted]
        return np.sort(np.concatenate(found)) if len(types) > 1 else found[0]

    def code(self, field: str, word: str) -> int:
        """Return the code of a word in a column of words, -1 where no event has it."""
        words = self._codes.get(field)
        if words is None:
            words = self._codes[field] = {word: code for code, word in enumerate(self.snapshot.columns.words(field))}
        return words.get(word, -1)

    def word(self, field: str, code: int) -> str:
        """Return the word of a code."""
        return self.snapshot.columns.words(field)[code]

    def agents(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return for new rows what stands for their session and agent together."""
        at = rows - self.start
        session, agent = self.column("session")[at], self.column("agent")[at]
        both: NDArray[np.int64] = session.astype("int64") << 32 | agent
        return both

    def read(self, reading: Reading) -> list[Any]:
        """Return what a reading says of each new event of its type, in the order of `rows`; lines are read once."""
        if reading not in self._said:
            self._said |= read_payloads(self, self._reads if reading in self._reads else (reading,))
        return self._said[reading]

    def events(self, *types: str) -> Iterator[Event]:
        """Yield the new events of these types, payloads and all, in order: of types of which there are few."""
        return map(self.event, self.rows(*types).tolist())

    def event(self, row: int) -> Event:
        """Return the event in any row. Of new ones each is read once."""
        event = self._events.get(row)
        if event is None:
            event = self.snapshot.event(row)
            if self.start <= row < self.end:
                self._events[row] = event
        return event

    def whole(self, row: int) -> Event:
        """Return the event in any row, a model request with all its messages."""
        return whole(self.event(row), self._finder)

    def column(self, name: str) -> NDArray[Any]:
        """Return the values of a column of `Snapshot.columns` in the new rows."""
        values: NDArray[Any] = getattr(self.snapshot.columns, name)[self.start : self.end]
        return values

    def ids(self, rows: list[int]) -> tuple[str, ...]:
        """Return the ids of the events in any rows."""
        return tuple(self.event(row).id for row in rows)

    def parent_rows(self, rows: NDArray[np.intp]) -> list[int]:
        """Return the rows that new rows belong to, -1 for those that belong to none, or to one that is newer."""
        import numpy as np

        columns = self.snapshot.columns
        handles = columns.parent[rows]
        there = (handles >= 0) & (handles < len(self.snapshot))
        parents = columns.to_rows(np.where(there, handles, 0))
        found: list[int] = np.where(there & (parents < self.end), parents, -1).tolist()
        return found

    def parent_row(self, row: int) -> int:
        """Return the row that any row belongs to, -1 if that is none or a newer one."""
        handle = int(self.snapshot.columns.parent[row])
        parent = self.snapshot.row(handle) if 0 <= handle < len(self.snapshot) else -1
        return parent if parent < self.end else -1

    @cached_property
    def usages(self) -> Usages:
        """What the new model calls used up, in order, where they say so."""
        return read_usages(self)

    @cached_property
    def steps(self) -> Steps:
        """The tool calls and results among the new rows, in order."""
        steps = self._calls.take(self)
        let_others_go_first()
        return steps

    @cached_property
    def _by_type(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """The new rows by type, those of one type in order, and the code of each."""
        types = self.column("type").astype("int64")
        order = by_kind(types)
        return order + self.start, types[order]

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self.snapshot)


def pieces(start: int, end: int) -> list[tuple[int, int]]:
    """Return the rows from `start` up to `end` in pieces that are looked at together; at least one, perhaps empty."""
    ends = [*range(start + PIECE, end, PIECE), end]
    return list(zip([start, *ends[:-1]], ends, strict=True))


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector from looking through a piece's lines and tuples again and again: a fifth of the time.

    There are no cycles among them, and it may run between two pieces.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
