"""Everything that was read of a trace at one moment, and every question that can be asked about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from capture.events import NO_EVENT

from .bulk import Stretch, read_lines, read_stretches
from .damages import Damages
from .facts import SessionFacts
from .header import read_word
from .ids import ABSENT
from .imported import AnyTail
from .index import Index
from .line_numbers import LineNumbers
from .model import DAMAGED, Event, Usage, damaged_fields, parse_fields
from .needle import Needle
from .numbering import missing_ids
from .order import clock_of, inverse, same_beginning
from .query import EVERYTHING, Query, decided, select
from .rows import RowColumns
from .stats import Stats
from .tree import NO_TREE, ORPHAN, Tree, find_cycles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MISSING_SHOWN", "Rate", "Snapshot", "Stats"]

MISSING_SHOWN = 10_000
"""Ids of lost events that are named at the most; a damaged id could claim billions."""


Rate = Callable[["Snapshot"], "NDArray[np.float64]"]
"""Says how important the event in each row of a snapshot is, from 0 to 1."""


class Snapshot:
    """Everything a store had read at one moment. Immutable; rows run from 0 to `len(snapshot)`."""

    def __init__(
        self,
        index: Index,
        tails: Sequence[AnyTail],
        numbers: Sequence[LineNumbers],
        order: Any,
        tree: Tree | None = None,
        rate: Rate | None = None,
    ) -> None:
        """`order` has the handle of each row, or is None where they are the same; `tree` is given if it is known."""
        self._index = index
        self._columns = index.columns
        self._words = index.words
        self._tails = tuple(tails)
        self._numbers = tuple(numbers)
        self._length = len(index)
        self._order = order
        self._rows: Any = None
        self._tree = tree
        self._rate = rate
        self._damages = Damages(index, self._tails, self._numbers, self._length)
        self._facts = index.facts.frozen()
        self._gaps = index.numbering.gaps()
        self.unfinished = any(tail.unfinished for tail in tails)
        """Whether a file ended in half a line."""

    def __len__(self) -> int:
        return self._length

    # -- rows, handles and ids -------------------------------------------------------------------------------------

    def handle(self, row: int) -> int:
        """Return the handle of the event in a row. Raises IndexError for a row that is not there."""
        if not 0 <= row < self._length:
            raise IndexError(row)
        return row if self._order is None else int(self._order[row])

    def row(self, handle: int) -> int:
        """Return the row in which an event stands now. Raises IndexError for a handle of a later snapshot."""
        if not 0 <= handle < self._length:
            raise IndexError(handle)
        if self._order is None:
            return handle
        if self._rows is None:
            self._rows = inverse(self._order)
        return int(self._rows[handle])

    def find(self, id: str) -> int | None:
        """Return the handle of the event with this id, or None."""
        handle = self._index.ids.find(id)
        return handle if ABSENT < handle < self._length else None

    def same_rows(self, earlier: Snapshot) -> int:
        """Return how many leading rows are those of an earlier snapshot of the same store."""
        if self._order is None or earlier._order is None:
            return min(self._length, earlier._length) if self._order is earlier._order else 0
        return same_beginning(self._order, earlier._order)

    def is_of_reading(self, other: Snapshot) -> bool:
        """Return whether handles mean the same in another snapshot: not once the files were read again."""
        return self._index is other._index

    # -- events ----------------------------------------------------------------------------------------------------

    def event(self, row: int) -> Event:
        """Read the event in a row, payload and all."""
        handle, raw = self.handle(row), self.raw(row)
        damage = self._damages.of(handle)
        if damage is not None and damage.part == "line":
            fields, reason = damaged_fields(damage, raw), None
        else:
            fields, reason = parse_fields(raw)
        if reason is not None and damage is None:
            damage = self._damages.of_payload(handle, reason)
        return Event(
            handle=handle,
            row=row,
            ts=self._columns.ts[handle],
            id=read_word(fields, "id"),
            parent=read_word(fields, "parent") or NO_EVENT,
            session=read_word(fields, "session"),
            type=self.type(row),
            name=self.name(row),
            fields=fields,
            raw=raw,
            damage=damage,
        )

    def raw(self, row: int) -> bytes:
        """Return the line of the event in a row, without its newline, as it stands in the file or was imported."""
        handle, columns = self.handle(row), self._columns
        return self._tails[columns.file[handle]].bytes_at(columns.offset[handle], columns.length[handle])

    def lines(self, rows: Sequence[int] | NDArray[Any]) -> Iterator[bytes]:
        """Yield the lines of these rows as `raw` does, read many at a time: for who goes through a long trace."""
        return read_lines(self._columns, self._tails, self._handles(rows))

    def stretches(self, rows: Sequence[int] | NDArray[Any]) -> Iterator[Stretch]:
        """Yield the lines of these rows as `lines` does, but where they stand: for who needs but a part of each."""
        return read_stretches(self._columns, self._tails, self._handles(rows))

    def head(self, length: int) -> bytes:
        """Return the first bytes of the first file, half a line too."""
        return self._tails[0].bytes_at(0, length) if self._tails else b""

    @property
    def is_merged(self) -> bool:
        """Whether rows are of several files, so that those that come later may stand among them."""
        return self._order is not None

    @property
    def is_ours(self) -> bool:
        """Whether `capture` wrote every file: then keys stand in its order, and the payload is last in a line."""
        return all(self._index.is_ours(file) for file in range(len(self._tails)))

    def type(self, row: int) -> str:
        """Return the type of the event in a row, without reading its line."""
        return self._words.types.words[self._columns.type[self.handle(row)]]

    def name(self, row: int) -> str:
        """Return the name of the event in a row, without reading its line."""
        return self._words.names.words[self._columns.name[self.handle(row)]]

    def parent(self, row: int) -> int:
        """Return the handle of what the event in a row belongs to, below 0 for nothing, without reading its line."""
        return self._columns.parent[self.handle(row)]

    def agent(self, row: int) -> str:
        """Return which agent the event in a row belongs to, `""` for the run's own, without reading its line."""
        return self._words.agents.words[self._columns.agent[self.handle(row)]]

    def session(self, row: int) -> str:
        """Return which session the event in a row belongs to, without reading its line."""
        return self._words.sessions.words[self._columns.session[self.handle(row)]]

    def failed(self, row: int) -> bool:
        """Return whether the event in a row has an error, without reading its line."""
        return bool(self._columns.failed[self.handle(row)])

    def words(self, field: str) -> list[str]:
        """Return every `type`, `name`, `agent` or `session` that was read so far, in no order that means anything."""
        words: list[str] = getattr(self._words, f"{field}s").words
        return list(words)

    def ts(self, row: int) -> int:
        """Return the time of the event in a row, nanoseconds since 1970 UTC."""
        return self._columns.ts[self.handle(row)]

    # -- queries ---------------------------------------------------------------------------------------------------

    def rows(self, query: Query = EVERYTHING, start: int = 0) -> Sequence[int]:
        """Return the rows from `start` on whose events the query wants, in order."""
        if query.is_everything:
            return range(start, self._length)
        return list(self.matching(query, range(start, self._length)))

    def decided_rows(self, query: Query, start: int = 0) -> Sequence[int] | None:
        """Return what `rows` does, or None when lines would have to be read to tell."""
        return decided(query, self._columns_by_row, start)

    def matching(self, query: Query, rows: Sequence[int] | None = None, *, reverse: bool = False) -> Iterator[int]:
        """Yield those of `rows`, or of all, whose events the query wants, in order or from the last, as they are found.

        Lines are read only where the columns do not decide.
        """
        return select(query, self._columns_by_row, self.event, rows, reverse=reverse, raw=self.raw)

    def search(self, needle: Needle, start: int | None = None, *, reverse: bool = False) -> Iterator[int]:
        """Yield the rows from `start` on that hold a text, or those before it from the last, as they are found."""
        begin = start if start is not None else self._length if reverse else 0
        if not self._index.is_small:
            from .found import found_rows

            return found_rows(self._columns_by_row, self._tails, needle, begin, reverse=reverse)
        rows = range(begin - 1, -1, -1) if reverse else range(begin, self._length)
        return (row for row in rows if needle.found_in(self.raw(row)))

    def next(self, query: Query, row: int, step: int = 1) -> int | None:
        """Return the nearest row after `row` (before it when `step` is -1) whose event the query wants, or None."""
        rows = range(row + 1, self._length) if step > 0 else range(row)
        return next(islice(self.matching(query, rows, reverse=step < 0), 1), None)

    def at_time(self, ts: int) -> int:
        """Return the first row whose event is not older than `ts`, or the last row."""
        import numpy as np

        clock = clock_of(self._columns_by_row.ts)
        return min(int(np.searchsorted(clock, ts)), max(0, self._length - 1))

    @property
    def columns(self) -> RowColumns:
        """What is known of every row without reading its line, as vectors."""
        return self._columns_by_row

    def sessions(self) -> list[SessionFacts]:
        """Return what is known of each run, in the order in which they appeared."""
        return self._facts

    def rows_at(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each of some times the first row whose event is not older, the length where there is none."""
        import numpy as np

        return np.searchsorted(clock_of(self._columns_by_row.ts), times)

    def span(self) -> tuple[int, int]:
        """Return the times of the first and the last event, nanoseconds since 1970 UTC; zeros where there is none."""
        timed = [facts for facts in self._facts if facts.first_ts]
        first = min((facts.first_ts for facts in timed), default=0)
        return first, max((facts.last_ts for facts in timed), default=0)

    def types(self) -> Counter[str]:
        """Return how many events there are of each type; damaged lines count as `damaged`."""
        counts: Counter[str] = Counter()
        for facts in self._facts:
            counts.update(facts.types)
        lines = self._length - counts.total()
        if lines:
            counts[DAMAGED] += lines
        return counts

    def agent_name(self) -> str:
        """Return the name of the run's own agent, `""` before it is known; of several runs, the first one's."""
        return next((facts.agent for facts in self._facts if facts.agent), "")

    def usage(self) -> Usage:
        """Return the tokens of all model calls together."""
        return Usage(*map(sum, zip(Usage(), *(facts.usage for facts in self._facts), strict=True)))

    def errors(self) -> int:
        """Return how many events have an error."""
        return sum(facts.errors for facts in self._facts)

    def stats(self) -> Stats:
        """Return counts and sums over everything. Every payload is looked at, as long as nobody has before."""
        costs = [facts.cost_usd for facts in self._facts if facts.cost_usd is not None]
        types: Counter[str] = Counter()
        for facts in self._facts:
            types.update(facts.types)
        first, last = self.span()
        orphans, cycles = self._astray()
        return Stats(
            events=types.total(),
            types=dict(types.most_common()),
            sessions=len(self._facts),
            duration_ms=(last - first) / 1e6,
            errors=self.errors(),
            usage=self.usage(),
            cost_usd=sum(costs) if costs else None,
            damaged=tuple(self._damages.all()),
            unfinished=self.unfinished,
            missing=tuple(missing_ids(self._gaps, MISSING_SHOWN)),
            orphans=orphans,
            cycles=cycles,
        )

    @property
    def known_tree(self) -> Tree | None:
        """The tree, if somebody has asked for it."""
        return self._tree

    def tree(self) -> Tree:
        """Return the tree of everything; built at the first call, which takes a while for a long trace."""
        if self._tree is None:
            self._tree = self._grown_tree() if self._length else NO_TREE
            if not self._index.is_small:
                from .memory import give_back_freed_memory

                give_back_freed_memory()
        return self._tree

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _handles(self, rows: Sequence[int] | NDArray[Any]) -> Sequence[int] | NDArray[Any]:
        return rows if self._order is None else list(map(self.handle, rows))

    @cached_property
    def _columns_by_row(self) -> RowColumns:
        first_ts = min((facts.first_ts for facts in self._facts if facts.first_ts), default=0)
        rate = None if self._rate is None else partial(self._rate, self)
        return RowColumns(self._index, self._length, self._order, first_ts, rate)

    def _grown_tree(self) -> Tree:
        from .parents import grow_tree  # only when it is asked for: the first screen may come without

        return grow_tree(self._columns_by_row, self._words.types.code)

    def _astray(self) -> tuple[int, int]:
        """Return how many events are orphans, and how many cycles there are."""
        if not self._index.is_small:
            from .parents import count_astray

            return count_astray(self._columns_by_row)
        few = [self._columns.parent[self.handle(row)] for row in range(self._length)]
        rows = [ORPHAN if parent >= self._length else parent if parent < 0 else self.row(parent) for parent in few]
        return rows.count(ORPHAN), len(find_cycles(rows))
