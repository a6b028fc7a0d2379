"""A trace that is open: what a `Debugger` and the events it gave out share."""

from __future__ import annotations

from weakref import finalize

from peek_tui.trace.blobs import Blob, Reference, fetch
from peek_tui.trace.model import Event
from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.store import Store

__all__ = ["Reading"]


class Reading:
    """A store, and what it had read when it was last asked. Its files are closed when nobody can ask any more."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.snapshot = store.snapshot()
        self._find = Finder(self.snapshot)
        self._close = finalize(self, store.close)

    def update(self) -> bool:
        """Read what the files have grown by, and return whether that was anything."""
        self.check_open()
        grew = False
        while self.store.advance():
            grew = True
        if grew:
            self.snapshot = self.store.snapshot()
            self._find = Finder(self.snapshot)
        return grew

    def whole(self, event: Event) -> Event:
        """Return a request with all its messages, any other event as it is."""
        self.check_open()
        return whole(event, self._find)

    def fetch(self, wanted: Reference) -> Blob:
        """Read a big value from beside the trace."""
        return fetch(wanted, self.store.paths)

    def close(self) -> None:
        """Let go of the files; once is enough."""
        self._close()

    def check_open(self) -> None:
        """Raise ValueError when the files have been closed."""
        if not self._close.alive:  # the numbers of its files may be other files' by now
            raise ValueError("this trace is closed: nothing more can be read from it")
