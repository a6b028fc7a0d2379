"""Whether the run that is watched still runs."""

from __future__ import annotations

from time import monotonic

from peek_tui.render.text import clean_line
from peek_tui.trace.facts import worst
from peek_tui.trace.store import Store

__all__ = ["Live"]

_EVERY = 0.5
"""Seconds between two probes of the writers' locks."""

_WORD = 20
"""Characters of an outcome that are shown; ours are shorter, a foreign writer's may be anything."""
_SIGN = {"running": "●", "finished": "■", "crashed": "✗", "unknown": "?"}


class Live:
    """Watches the writers of a store. Whoever reads the store polls it, in any thread; the rest reads what it says."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next = 0.0
        self._complete = False
        self._look()

    def poll(self, *, complete: bool) -> bool:
        """Look again, not too often, and return whether what is to be said of the run has changed.

        `complete` says that all the files hold was read, though half a line may stand at the end of one.
        """
        if monotonic() < self._next and complete == self._complete:
            return False
        self._next, self._complete = monotonic() + _EVERY, complete
        before = self.words
        self._look()
        return self.words != before

    @property
    def may_grow(self) -> bool:
        return self.status in ("running", "unknown")

    def _look(self) -> None:
        self.status = self._store.status()
        outcome = worst(facts.outcome for facts in self._store.sessions())
        ended = f" {clean_line(outcome)[:_WORD]}" if self.status == "finished" and outcome else ""
        again = " READ AGAIN" if self._store.begun_again else ""
        is_read = self._complete or self.status == "running"
        reading = "" if is_read or self._store.share == 1 else f" · READING {self._store.share:.0%}"
        self.words = f"{_SIGN[self.status]} {self.status.upper()}{ended}{again}{reading}"
        """The status as the title shows it."""
