"""Whether the run that is watched still runs."""

from __future__ import annotations

from time import monotonic

from peek_tui.render.text import clean_line
from peek_tui.trace.store import Store

__all__ = ["Live"]

_EVERY = 0.5
"""Seconds between two probes of the writers' locks."""

_WORD = 20
"""Characters of an outcome that are shown; ours are shorter, a foreign writer's may be anything."""
_SIGN = {"running": "●", "finished": "■", "crashed": "✗", "unknown": "?"}


class Live:
    """Watches the writers of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next = 0.0
        self.status = store.status()
        self.outcome: str | None = None
        self._said = self.words

    def poll(self) -> bool:
        """Look again, not too often, and return whether what is to be said of the run has changed."""
        if monotonic() < self._next:
            return False
        self._next = monotonic() + _EVERY
        self.status = self._store.status()
        outcomes = [facts.outcome for facts in self._store.sessions()]
        self.outcome = outcomes[-1] if outcomes else None
        before, self._said = self._said, self.words
        return self._said != before

    @property
    def may_grow(self) -> bool:
        return self.status in ("running", "unknown")

    @property
    def words(self) -> str:
        """Return the status as the title shows it."""
        outcome = f" {clean_line(self.outcome)[:_WORD]}" if self.status == "finished" and self.outcome else ""
        again = " READ AGAIN" if self._store.begun_again else ""
        return f"{_SIGN[self.status]} {self.status.upper()}{outcome}{again}"
