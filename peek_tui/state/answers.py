"""What analysis says of the trace that is looked at, worked out beside the event loop while the trace grows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from peek_tui.trace.store import Snapshot

from .background import Background
from .browse import ERRORS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from peek_tui.analysis.alerts import Alert, Watch
    from peek_tui.analysis.culprit.rank import Suspect

__all__ = ["Answers", "Found", "Question", "Remark", "Suspects", "suspects_of", "where_it_failed"]

T = TypeVar("T")

_FEW = 5
"""Suspects that are named."""
_PAUSE = 0.15
"""Seconds between two looks at a trace that grows, at the least."""
_SHARE = 25
"""Of so many seconds one is spent on looking, while a trace grows faster than it could be looked at."""
_MOST = 16_384
"""Events that are looked at between two pauses, at the most, while a trace grows faster than it could be looked at."""
_LULL = 1.0
"""Seconds without anything new after which all is looked at that was put off."""


class Remark(NamedTuple):
    """Something that is said of one event."""

    kind: str
    """`alert`, `suspect` or `note`."""
    text: str


class Found:
    """What is known so far. Immutable."""

    def __init__(self, alerts: Sequence[Alert] = (), importance: NDArray[np.float64] | None = None) -> None:
        self.alerts = tuple(alerts)
        """In the order in which they begin."""
        self.importance = importance
        """Of each row, 0 to 1; None as long as nobody knows."""

    @cached_property
    def rows(self) -> list[int]:
        """The rows in which alerts begin, in order."""
        return sorted({alert.first_row for alert in self.alerts})

    def next_row(self, row: int, by: int) -> int | None:
        """Return the nearest row after (1) or before (-1) this one in which an alert begins."""
        at = bisect_right(self.rows, row) if by > 0 else bisect_left(self.rows, row) - 1
        return self.rows[at] if 0 <= at < len(self.rows) else None

    def remarks(self, id: str) -> list[Remark]:
        """Return what is said of the event with this id."""
        return self._remarks.get(id, [])

    def worst(self) -> Alert | None:
        """Return the alert of the highest severity, of several the last one."""
        from peek_tui.analysis.alerts import SEVERITIES

        return max(self.alerts, key=lambda alert: (SEVERITIES.index(alert.severity), alert.last_row), default=None)

    @cached_property
    def _remarks(self) -> dict[str, list[Remark]]:
        remarks: defaultdict[str, list[Remark]] = defaultdict(list)
        for alert in self.alerts:
            for id in dict.fromkeys(alert.evidence):
                remarks[id].append(Remark("alert", alert.title))
        return dict(remarks)


class Suspects(NamedTuple):
    """Who most likely made a run fail, as far as it had come when somebody asked."""

    ranked: tuple[Suspect, ...] = ()
    """Best first."""
    snapshot: Snapshot | None = None

    def remarks(self, id: str) -> list[Remark]:
        """Return what is said of the event with this id."""
        return [
            Remark("suspect", f"{rank} of {len(self.ranked)}: {'; '.join(suspect.reasons)}")
            for rank, suspect in enumerate(self.ranked, 1)
            if suspect.id == id
        ]


class _Wanted(NamedTuple):
    """What is to be looked at."""

    snapshot: Snapshot
    over: bool
    """Whether the run has ended."""
    since: float
    """When that was said, by the steady clock."""


class Answers(Background):
    """Watches a trace for alerts."""

    is_waited_for = False

    def __init__(self) -> None:
        super().__init__()
        self.found = Found()
        self.seen: Snapshot | None = None
        """What `found` was found in."""
        self._wanted: _Wanted | None = None
        self._begun_again = False
        self._changing = Lock()
        """Held for a moment: nothing of before may come between what is forgotten together."""

    def look(self, snapshot: Snapshot, *, over: bool) -> None:
        """Look at a newer snapshot; `over` when the run has ended."""
        wanted = self._wanted
        if wanted is None or (wanted.snapshot, wanted.over) != (snapshot, over):
            self._wanted = _Wanted(snapshot, over, monotonic())
            self.wake()

    def begin_again(self) -> None:
        """Forget what was found: handles are others now."""
        with self._changing:
            self.found, self.seen, self._wanted, self._begun_again = Found(), None, None, True

    def _watch(self) -> Watch:
        from peek_tui.analysis.alerts import Watch

        return Watch(stopped=lambda: self.stopped)

    def work(self) -> None:
        """Look at what is wanted, the newest of it; not all the time while there is always something newer."""
        watch, done, due = None, None, 0.0
        while not self.stopped:
            with self._changing:
                if self._begun_again:
                    watch, done, self._begun_again = None, None, False
                wanted = self._wanted
            if wanted is None or wanted is done:
                self.rest(60.0)
                continue
            pause = min(due, wanted.since + _LULL) - monotonic()
            if pause > 0 and not wanted.over:
                self.rest(pause)
                continue
            began = monotonic()
            at_once = watch is None or wanted.over or began >= wanted.since + _LULL
            watch = watch or self._watch()  # no sooner: importing it would take its time from the first reading
            watch.advance(wanted.snapshot, over=wanted.over, most=None if at_once else _MOST)
            done = wanted if watch.seen == len(wanted.snapshot) else None
            importance = self.found.importance if done is None else wanted.snapshot.columns.importance
            with self._changing:
                if self._begun_again:
                    continue
                self.found = Found(watch.alerts, importance)
                self.seen = wanted.snapshot
            self.tell()
            ended = monotonic()
            due = ended + max(_PAUSE, _SHARE * (ended - began))


class Question(Background, Generic[T]):
    """One question that may take a while, and what is done with its answer."""

    is_waited_for = False

    def __init__(self, ask: Callable[[], T], use: Callable[[T], None]) -> None:
        super().__init__()
        self._ask = ask
        self._use = use
        self._answers: list[T] = []

    def work(self) -> None:
        """Ask."""
        self._answers.append(self._ask())
        self.tell()

    @property
    def answered(self) -> bool:
        return bool(self._answers)

    def use(self) -> None:
        """Do what is to be done with the answer."""
        self._use(self._answers[0])


def where_it_failed(snapshot: Snapshot, status: str, found: Found) -> tuple[int, str] | None:
    """Return where to begin with a run that failed, and why there; None for one that did not.

    The worst alert says more than an error, an error more than the end.
    """
    from peek_tui.analysis.outcome import outcome

    came_out = outcome(snapshot, status)
    if came_out.verdict != "failed" or not len(snapshot):
        return None
    worst = found.worst()
    if worst is not None and worst.severity == "high":
        return worst.last_row, worst.title
    error = snapshot.next(ERRORS, len(snapshot), -1)
    if error is not None:
        return error, "the last error"
    return len(snapshot) - 1, came_out.reasons[-1].text if came_out.reasons else "the end"


def suspects_of(snapshot: Snapshot) -> Suspects:
    """Return the few events that most likely caused the failure."""
    from peek_tui.analysis.culprit.rank import suspects

    return Suspects(tuple(suspects(snapshot, _FEW)), snapshot)
