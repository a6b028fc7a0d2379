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
_NEARLY = 0.99
"""The share of the files from which on they count as read: half a line at the end of one is no news."""
_SIGN = {"running": "●", "finished": "■", "crashed": "✗", "unknown": "?"}


class Live:
    """Watches the writers of a store. Whoever reads the store polls it, in any thread; the rest reads what it says."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next = 0.0
        self._look()

    def poll(self) -> bool:
        """Look again, not too often, and return whether what is to be said of the run has changed."""
        if monotonic() < self._next:
            return False
        self._next = monotonic() + _EVERY
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
        share = self._store.share
        reading = f" · READING {share:.0%}" if share < _NEARLY and self.status != "running" else ""
        self.words = f"{_SIGN[self.status]} {self.status.upper()}{ended}{again}{reading}"
        """The status as the title shows it."""
