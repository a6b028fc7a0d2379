"""A trace, opened for questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Self

from peek_tui.analysis.importance import Importance
from peek_tui.paths import cache_directory, trace_directory
from peek_tui.trace.query import EVERYTHING, of_types
from peek_tui.trace.readable import check_readable
from peek_tui.trace.sources import resolve
from peek_tui.trace.store import Store

from .event import Predicate, TraceEvent
from .reading import Reading
from .steps import StepSession

__all__ = ["Debugger", "EventTypes"]

EventTypes = str | Iterable[str] | None
"""A type, several of which any will do, or None for all."""


class Debugger:
    """One run, or several, from files that may be damaged, or still grow.

    Events are read when they are asked for, one at a time, so a trace may be larger than the memory. A line that cannot
    be read as an event has an index too: it is of type `damaged`, and its payload says what is wrong with it.
    """

    def __init__(self, store: Store) -> None:
        """Take over a store; programs call `Debugger.load`."""
        self._reading = Reading(store)

    @classmethod
    def load(cls, source: str | PathLike[str], *more: str | PathLike[str], format: str | None = None) -> Self:
        """Open a file, a directory, a session by its id or the beginning of it, or `latest`; or several of them.

        What format a file has is told by what stands in it, unless `format` names one. Raises
        `peek_tui.errors.NoTraceError` when there is nothing of that name, `InputError` when it cannot be read, and
        `UsageError` for the beginning of several ids or an unknown format.
        """
        sources = [fspath(one) for one in (source, *more)]
        paths = [path for one in sources for path in resolve(one, trace_directory())]
        debugger = cls(Store.load(paths, format, cache_directory(), Importance().of))
        check_readable(debugger._reading.snapshot, " ".join(sources))
        return debugger

    def update(self) -> bool:
        """Read what the files have grown by, and return whether that was anything.

        Nothing changes in between. Where several files grow, a late event may come to stand before earlier ones: these
        are still the same events, and their `index` says where they stood when they were read.
        """
        return self._reading.update()

    def close(self) -> None:
        """Let go of the files; `with` does it too, and so does forgetting the debugger and its events."""
        self._reading.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._reading.snapshot)

    def __repr__(self) -> str:
        return f"<Debugger {', '.join(map(str, self.paths))}: {self.count()} events>"

    @property
    def paths(self) -> list[Path]:
        """The files that are read."""
        return self._reading.store.paths

    # -- counts ----------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Return how many events have been read."""
        return len(self)

    def event_counts(self) -> dict[str, int]:
        """Return how many events there are of each type, the most frequent one first."""
        return dict(self._reading.snapshot.types().most_common())

    # -- events ----------------------------------------------------------------------------------------------------

    def __getitem__(self, index: int) -> TraceEvent:
        """Return the event with this index; a negative one counts from the end. Raises IndexError."""
        self._reading.check_open()
        row = index + len(self) if index < 0 else index
        return TraceEvent(self._reading.snapshot.event(row), self._reading)

    def find(self, id: str) -> TraceEvent | None:
        """Return the event with this id, or None."""
        handle = self._reading.snapshot.find(id)
        return None if handle is None else self[self._reading.snapshot.row(handle)]

    def all(self) -> Iterator[TraceEvent]:
        """Yield every event, in the order of the run."""
        return self.where()

    def __iter__(self) -> Iterator[TraceEvent]:
        return self.where()

    def where(self, event_type: EventTypes = None, where: Predicate | None = None) -> Iterator[TraceEvent]:
        """Yield the events of these types that `where` says yes to, in the order of the run."""
        return self._matching(range(len(self)), event_type, where)

    def first(self, event_type: EventTypes = None, where: Predicate | None = None) -> TraceEvent | None:
        """Return the first event of these types that `where` says yes to, or None."""
        return next(self.where(event_type, where), None)

    def before(
        self, event: TraceEvent, event_type: EventTypes = None, n: int = 1, where: Predicate | None = None
    ) -> list[TraceEvent]:
        """Return the `n` such events before this one that are nearest to it, the nearest first."""
        row = event.row_in(self._reading)
        return list(islice(self._matching(range(row - 1, -1, -1), event_type, where), n))

    def after(
        self, event: TraceEvent, event_type: EventTypes = None, n: int = 1, where: Predicate | None = None
    ) -> list[TraceEvent]:
        """Return the `n` such events after this one that are nearest to it, the nearest first."""
        row = event.row_in(self._reading)
        return list(islice(self._matching(range(row + 1, len(self)), event_type, where), n))

    def step_session(self) -> StepSession:
        """Return a cursor that stands before the first event."""
        return StepSession(self)

    def _matching(self, rows: range, event_type: EventTypes, where: Predicate | None) -> Iterator[TraceEvent]:
        types = [event_type] if isinstance(event_type, str) else event_type
        query = EVERYTHING if types is None else of_types(types)
        reading, snapshot = self._reading, self._reading.snapshot
        for row in snapshot.matching(query, rows):
            reading.check_open()
            event = TraceEvent(snapshot.event(row), reading)
            if where is None or where(event):
                yield event
