"""Looking at the directory of traces beside the event loop, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from peek_tui.analysis.outcome import why_it_failed
from peek_tui.paths import cache_directory
from peek_tui.trace.sessions import Session, read_sessions
from peek_tui.trace.sources import trace_files

from .background import Background

__all__ = ["SessionWatch"]

_AGAIN = 2.0
"""Seconds between two looks at the directory."""
_EVERY = 0.1
"""Seconds between two tellings while the first look goes on."""


class SessionWatch(Background):
    """Knows the sessions of a directory, live ones first."""

    is_waited_for = False  # a session is read to its end, however large it is

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory
        self.sessions: Sequence[Session] | None = None
        """None until the first look has come to something."""
        self._looked = False
        """Whether the first look has come to its end."""
        self.paused = False
        """Whether nobody looks at the list."""

    @property
    def looking_first(self) -> bool:
        """Whether the first look goes on, so that there may be more sessions than are known."""
        return not self._looked and self.failure is None

    def work(self) -> None:
        """Look. What the first look finds is told as it is found, for there may be gigabytes of it."""
        while not self.stopped:
            if not self.paused:
                self._look()
            self.rest(_AGAIN)

    def _look(self) -> None:
        found: list[Session] = []
        told = monotonic()
        for session in read_sessions(trace_files(self._directory), cache_directory(), why_it_failed):
            if self.stopped:
                return
            found.append(session)
            if not self._looked and monotonic() - told >= _EVERY:
                told = monotonic()
                self._show(found, looked=False)
        self._show(found, looked=True)

    def _show(self, found: Sequence[Session], *, looked: bool) -> None:
        sessions = sorted(found, key=lambda session: session.status != "running")  # stable: newest first in each half
        if (sessions, looked) != (self.sessions, self._looked):
            self.sessions, self._looked = sessions, looked
            self.tell()
