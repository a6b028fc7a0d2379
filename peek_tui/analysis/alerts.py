"""Alerts: what a person who watched the run would point at, each with its rule and the events that show it.

Detectors are asked the same way while a run goes on and after it: a `Watch` shows them the rows they have not seen and
keeps what they found. An alert of something that goes on is found once and then grows, so a stream of alerts says the
same one again, longer; `first_row` and `rule` tell which one. What is found does not depend on how the trace was cut
into pieces as it was read.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from peek_tui.trace.snapshot import Snapshot

from .calls import Calls
from .news import News, no_collection, pieces
from .progress import Progress
from .turns import let_others_go_first

__all__ = ["SEVERITIES", "Alert", "Detector", "Found", "Severity", "Watch", "find_alerts"]

Severity = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")


SETTLED = 4096
"""Rows behind the newest ones that a late file hardly moves any more."""


@dataclass(frozen=True)
class Alert:
    """Something about a run that a person should look at."""

    rule: str
    """The detector's word: `tool_loop`."""
    severity: Severity
    title: str
    """One plain sentence with names and numbers."""
    evidence: tuple[str, ...]
    """The ids of the events that show it, in order; of very many the first ones and the last."""
    first_row: int
    last_row: int


class Found(NamedTuple):
    """An alert as a detector gives it: with the same key again when there is more to say of the same thing."""

    key: Hashable
    alert: Alert


class Detector(Protocol):
    """Looks for one thing. It is shown every row once, in order, and carries what it must remember.

    It may have `reads`, too: the `Reading`s that it will ask `News.read` for, so that all are done in one pass.
    """

    rule: str
    """One word, in snake case: the `rule` of its alerts."""

    def take(self, news: News) -> Iterable[Found]:
        """Look at the rows that are new, and return the alerts that are new or have changed.

        When `news.over` the run has ended for good; only then may what is missing be an alert.
        """


class Watch:
    """The alerts of a trace that may still grow."""

    def __init__(
        self, detectors: Iterable[Callable[[], Detector]] | None = None, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """Watch with these detectors, each made anew; by default with all of ours and those that plugins add.

        `stopped` is asked now and then: once it says so, what is found is given up, and nothing more is asked of this.
        """
        from .detectors import default_detectors

        self._make = tuple(default_detectors() if detectors is None else detectors)
        self._stopped = stopped
        self._progress = Progress()
        self._begin()

    def _begin(self) -> None:
        self._detectors = [make() for make in self._make]
        self._reads = {reading for detector in self._detectors for reading in getattr(detector, "reads", ())}
        self._calls = Calls()
        self._found: dict[tuple[str, Hashable], Alert] = {}
        self.seen = 0
        """How many rows were looked at, the first ones."""
        self._saved: bytes | None = None
        self._saved_at = 0
        self._left_out: dict[str, str] = {}
        """Why detectors of ours are left out, by their rules."""

    def advance(self, snapshot: Snapshot, *, over: bool = False, most: int | None = None) -> list[Alert]:
        """Take what a newer snapshot of the same store has, and return the alerts that are new or have changed.

        `over` says that the run has ended and nothing will follow; `most` rows are looked at, the others the next time.
        When rows that were looked at are not where they were, those behind are looked at again: an alert may come a
        second time, or be gone from `alerts`.
        """
        start = self._progress.start(snapshot)
        start = self._go_back(start) if start < self.seen else self.seen
        end = len(snapshot) if most is None else min(len(snapshot), start + most)
        changed: dict[tuple[str, Hashable], Alert] = {}
        settled = end - SETTLED
        if snapshot.is_merged and settled - max(start, self._saved_at) >= SETTLED:
            changed |= self._look(snapshot, start, settled, over=False)
            self._save(settled)
            start = settled
        changed |= self._look(snapshot, start, end, over=over and end == len(snapshot))
        return in_order(changed.values())

    def _look(self, snapshot: Snapshot, start: int, end: int, *, over: bool) -> dict[tuple[str, Hashable], Alert]:
        """Look at rows, and return the alerts that are new or have changed."""
        changed = {}
        for first, last in pieces(start, end):
            if self._stopped():
                break
            news = News(snapshot, first, last, over=over and last == end, calls=self._calls, reads=self._reads)
            with no_collection():
                for detector in self._detectors:
                    let_others_go_first()
                    for key, alert in self._ask(detector, news):
                        changed[detector.rule, key] = alert
        self._found |= changed
        self.seen = end
        return changed

    def _ask(self, detector: Detector, news: News) -> list[Found]:
        """Return what a detector finds; nothing once it met what goes too deep for it."""
        if detector.rule in self._left_out:
            return []
        try:
            return list(detector.take(news))
        except RecursionError:
            self._left_out[detector.rule] = f"the detector {detector.rule} met values nested too deep and is left out"
            return []

    def _save(self, row: int) -> None:
        """Keep what is known up to a row, to come back to when a late file moves those behind it."""
        with suppress(Exception):  # a plugin's detector may hold what cannot be copied: then all is looked at again
            self._saved = pickle.dumps((self._detectors, self._calls, self._found))
            self._saved_at = row

    def _go_back(self, row: int) -> int:
        """Forget what is known of rows from one on, or of more, and return from which one to look again."""
        if self._saved is None or self._saved_at > row:
            self._begin()
            return 0
        self._detectors, self._calls, self._found = pickle.loads(self._saved)
        return self._saved_at

    @property
    def troubles(self) -> list[str]:
        """Why detectors are left out, a sentence each."""
        troubles = (getattr(detector, "trouble", None) for detector in self._detectors)
        return [*self._left_out.values(), *(trouble for trouble in troubles if trouble is not None)]

    @property
    def alerts(self) -> list[Alert]:
        """All alerts so far, in the order in which they begin."""
        return in_order(self._found.values())


def find_alerts(
    snapshot: Snapshot, *, over: bool = True, detectors: Iterable[Callable[[], Detector]] | None = None
) -> list[Alert]:
    """Return the alerts of a trace that was read, in the order in which they begin."""
    watch = Watch(detectors)
    watch.advance(snapshot, over=over)
    return watch.alerts


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts in the order in which they begin."""
    return sorted(alerts, key=lambda alert: (alert.first_row, alert.last_row, alert.rule))
