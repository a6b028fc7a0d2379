"""The list of sessions as it is seen: which ones, and which of them is selected."""

from __future__ import annotations

from collections.abc import Sequence

from peek_tui.analysis.outcome import verdict
from peek_tui.trace.sessions import Session

__all__ = ["SessionList"]


class SessionList:
    """Those sessions that failed, or all, as far as they hold the words that were typed."""

    def __init__(self) -> None:
        self.all: Sequence[Session] = ()
        self.failed_only = False
        self.words = ""
        self.shown: list[Session] = []
        self.position = 0
        """Where the selected one stands among the shown ones."""

    @property
    def selected(self) -> Session | None:
        return self.shown[self.position] if self.shown else None

    @property
    def filtered(self) -> bool:
        """Whether some may not be shown."""
        return self.failed_only or bool(self.words)

    def take(self, sessions: Sequence[Session]) -> None:
        """Show other sessions; the same one stays selected."""
        self.all = sessions
        self._choose()

    def toggle_failed(self) -> None:
        """Show only those that failed, or all."""
        self.failed_only = not self.failed_only
        self._choose()

    def look_for(self, words: str) -> None:
        """Show only those that hold all of these words, in any case."""
        self.words = words
        self._choose()

    def move(self, by: int) -> None:
        """Select another one."""
        self.position = min(len(self.shown) - 1, max(0, self.position + by)) if self.shown else 0

    def _choose(self) -> None:
        kept = self.selected.id if self.selected is not None else None
        words = self.words.lower().split()
        self.shown = [session for session in self.all if self._wants(session, words)]
        self.position = next((at for at, session in enumerate(self.shown) if session.id == kept), 0)

    def _wants(self, session: Session, words: Sequence[str]) -> bool:
        if self.failed_only and verdict(session.status, [session.outcome]) != "failed":
            return False
        held = " ".join((session.id, session.agent, session.status, session.outcome or "", session.reason)).lower()
        return all(word in held for word in words)
