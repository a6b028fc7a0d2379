"""Reads the files of a trace, which may still grow, and hands out immutable snapshots of what they say.

One thread reads, by calling `Store.advance` again and again; any thread may take snapshots meanwhile. An event is
known by its *handle*, its place in the order of arrival, which never changes; its *row* is its place in one snapshot,
in the order of the run, which a late file may move.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import Any

from .facts import SessionFacts
from .imported import open_tail
from .index import Index, LineNumbers
from .locks import this_host
from .order import Order
from .snapshot import Snapshot, Stats

__all__ = ["FIRST_SLICE", "SLICE", "Snapshot", "Stats", "Store"]

FIRST_SLICE = 64 * 1024
"""Bytes read before the first screen is drawn: more rows than the largest one shows."""
SLICE = 2 * 1024 * 1024
"""Bytes read between two chances for other threads: a few milliseconds. Half as many cost a tenth more each."""


class Store:
    """Reads one run, or several, from files that may still grow.

    Raises `peek_tui.errors.InputError` when a file cannot be opened.
    """

    def __init__(self, paths: Iterable[Path], format: str | None = None) -> None:
        """Open the files, each as what it is, or all as a format given by name."""
        self._format = format
        self._tails = [open_tail(path, format) for path in paths]
        self._numbers = [LineNumbers() for _ in self._tails]
        self._index = Index()
        self._order = Order(self._index.columns)
        self._lock = RLock()
        """Held while the index changes, never while a file is read: that may take as long as a slow disk likes."""
        self._snapshot: Snapshot | None = None

    @classmethod
    def load(cls, paths: Iterable[Path], format: str | None = None) -> Store:
        """Open the files and read all they hold now."""
        store = cls(paths, format)
        store.advance(FIRST_SLICE)  # of a small trace this is all
        while store.advance():
            pass
        return store

    def advance(self, budget: int = SLICE) -> bool:
        """Read up to `budget` bytes of what is new in each file, and return whether anything was."""
        self._make_room()
        grew = False
        for file, opened in enumerate(self._tails):
            tail = self._tails[file] = opened.settled()
            block = tail.read(budget)
            if block is not None:
                with self._lock:
                    self._index.add(file, block, self._numbers[file], tail)
                    self._snapshot = None
            grew = grew or block is not None or not tail.at_end()
        return self._adopt() or grew

    def snapshot(self) -> Snapshot:
        """Return everything read so far. The same object as long as nothing was added."""
        with self._lock:
            if self._snapshot is None:
                self._index.resolve()
                self._snapshot = Snapshot(self._index, self._tails, self._numbers, self._merged())
            return self._snapshot

    def status(self) -> str:
        """Return `running`, `finished`, `crashed` or `unknown`, as of now."""
        alive = [tail.writer_lives() for tail in self._tails]
        facts = self.sessions()
        if any(alive):
            return "running"
        if facts and all(fact.finished for fact in facts):
            return "finished"
        foreign = any(fact.host and fact.host != this_host() for fact in facts)
        return "unknown" if foreign or None in alive or not facts else "crashed"

    @property
    def paths(self) -> list[Path]:
        return [tail.path for tail in self._tails]

    @property
    def formats(self) -> list[str]:
        """What each file was read as, in the order of `paths`."""
        return [tail.format for tail in self._tails]

    @property
    def unread(self) -> int:
        """How many lines say nothing yet: it takes a later one to know whose they are."""
        return sum(tail.unread for tail in self._tails)

    @property
    def truncated(self) -> list[Path]:
        """The files that are shorter than what was read of them."""
        return [tail.path for tail in self._tails if tail.truncated]

    def sessions(self) -> list[SessionFacts]:
        """Return what is known of each run, in the order in which they appeared."""
        with self._lock:
            return self._index.facts.frozen()

    def close(self) -> None:
        """Let go of the files."""
        for tail in self._tails:
            tail.close()

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Make room for what the files hold now, so that columns need not be copied as they grow."""
        with self._lock:
            self._index.expect(sum(os.fstat(tail.fileno()).st_size for tail in self._tails))

    def _adopt(self) -> bool:
        """Open what has appeared beside a file meanwhile, as a subagent's does, and return whether anything has."""
        known = set(self.paths)
        new = [path for tail in self._tails for path in tail.beside() if path not in known]
        with self._lock:
            self._tails += [open_tail(path, self._format) for path in new]
            self._numbers += [LineNumbers() for _ in new]
        return bool(new)

    def _merged(self) -> Any:
        """Return the handles in the order of the run, or None while that is the order of arrival."""
        if len(self._tails) < 2:
            return None
        merged = self._order.few if self._index.is_small else self._order.many
        return merged(len(self._index), self._ranks())

    def _ranks(self) -> list[int]:
        """Return for each file where its writer stands among them; files that no writer of ours made come last."""
        keys = [(self._index.writers.get(file, 2**32), str(tail.path)) for file, tail in enumerate(self._tails)]
        places = {key: place for place, key in enumerate(sorted(keys))}
        return [places[key] for key in keys]
