"""Reading a trace beside the event loop: what it holds already, then what it grows by."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple

from peek_tui.render.loss import read_loss
from peek_tui.trace.query import of_types
from peek_tui.trace.store import Snapshot, Store

from .background import Background
from .live import Live
from .shown import Shown

if TYPE_CHECKING:
    from .forest import Forest

__all__ = ["Reader", "Reading"]

_EVERY = 0.1
"""Seconds between two tellings while there is more to read."""
_LOOKS = {"running": 0.05, "unknown": 0.1}
"""Seconds between two looks at a run that may go on."""
_OVER = 0.25
"""The same of one that is over: it wakes the processor all day."""
_FRESH = 0.5
"""Seconds in which a tree is not built again: nobody reads two trees a second."""
_STALE = 1.5
"""Seconds that a tree may be behind, unless building one takes so long itself."""
_TREES = 10
"""Of so many seconds one is spent on trees: one of two million events takes half a second, and goes stale at once."""


class Reading(NamedTuple):
    """What was read so far."""

    snapshot: Snapshot
    forest: Forest | None
    """The tree of this snapshot, or of an earlier one; None before the first is built."""
    complete: bool
    """Whether the files held no more than this."""
    lost: int = 0
    """How many events the writer says it could not write."""
    edition: int = 0
    """How often a file was cut, rewritten or replaced, and all was read again: handles are those of an edition."""
    over: bool = False
    """Whether there will be no more: who wrote the files had ended before they were read to their ends."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing to be done before the files grow."""
        return self.complete and self.forest is not None and self.forest.snapshot is self.snapshot


class Reader(Background):
    """Owns a store once it is started: reads on, watches whether the run still runs, and has trees built."""

    def __init__(self, store: Store) -> None:
        """Take what the store has read so far."""
        super().__init__()
        self._store = store
        self._trees = ThreadPoolExecutor(1, "Tree")
        """Builds trees beside the reading: rows need not wait for them."""
        self._growing: Future[_Grown] | None = None
        self._next_tree = 0.0
        self._losses = 0
        self._begun_again = store.begun_again
        self.live = Live(store)
        self.shown = Shown()
        """What the next tree shows."""
        self.pace = 0.0
        """Seconds between two tellings: whoever shows what is told says how often that is worth its while."""
        self.reading = Reading(store.snapshot(), None, complete=False)
        """The newest there is."""

    @property
    def paths(self) -> list[Path]:
        """The files that are read."""
        return self._store.paths

    def show(self, shown: Shown) -> None:
        """Have the trees that are built from now on show this."""
        self.shown = shown

    def work(self) -> None:
        """Read on. While there is more to read, news is told now and then; after that, each time there is any."""
        while not self.stopped:
            began = monotonic()
            over = not self.live.may_grow
            self._read_on()
            news = self._publish(complete=True, over=over)
            usual = _LOOKS.get(self.live.status, _OVER)
            wait = max(self.pace, usual) if news else usual
            self.rest(max(0.0, began + wait - monotonic()))

    def close(self) -> None:
        """Let go of the files."""
        self._trees.shutdown(wait=False)
        self._store.close()

    def _read_on(self) -> None:
        """Read what the files hold now: what a busy agent adds meanwhile is left for the next look."""
        told = monotonic()
        while not self.stopped and self._store.advance() and not self._store.at_end:
            if monotonic() - told >= max(self.pace, _EVERY):
                told = monotonic()
                self._publish(complete=False)
            sleep(0)  # lets the screen have its turn

    def _publish(self, *, complete: bool, over: bool = False) -> bool:
        """Take what the store has read, tell when there is anything new in it, and return whether there was."""
        edition = self.reading.edition
        if self._store.begun_again is not self._begun_again:
            self._begun_again, self._losses, edition = self._store.begun_again, 0, edition + 1
            self.reading = self.reading._replace(forest=None, lost=0)
            self._growing = None
        snapshot = self._store.snapshot()
        news = self.live.poll(complete=complete)
        over = over and not self.live.may_grow
        reading = Reading(snapshot, self._forest(snapshot), complete, self._lost(snapshot), edition, over)
        news = news or reading != self.reading
        self.reading = reading
        if news:
            self.tell()
        return news

    def _lost(self, snapshot: Snapshot) -> int:
        """Return how many events were lost: asked of the events that say so, when there are more of them."""
        losses = snapshot.types()["capture_loss"]
        if losses == self._losses:
            return self.reading.lost
        self._losses = losses
        rows = snapshot.rows(of_types(["capture_loss"]))
        told = (read_loss(snapshot.event(row).data).events for row in rows)
        return sum(number for number in told if number is not None)

    def _forest(self, snapshot: Snapshot) -> Forest | None:
        """Return the newest tree there is, and have one built of this snapshot if that is due."""
        forest = self.reading.forest
        if self._growing is not None and self._growing.done():
            forest, self._next_tree = self._growing.result()
            self._growing = None
        is_new = forest is not None and forest.snapshot is snapshot
        if self._growing is None and not is_new and monotonic() >= self._next_tree:
            self._growing = self._trees.submit(_grow, snapshot, self.shown)
            if forest is None:
                self._growing.add_done_callback(lambda _: self.wake())  # a newer one comes with what is read next
        return forest


class _Grown(NamedTuple):
    """A tree that was built."""

    forest: Forest
    next: float
    """When the next one is due."""


def _grow(snapshot: Snapshot, shown: Shown) -> _Grown:
    from .forest import Forest, Shape

    started = monotonic()
    forest = Forest(Shape(snapshot), shown)
    took = monotonic() - started
    return _Grown(forest, started + max(_FRESH, took + min(_TREES * took, max(took, _STALE - took))))
