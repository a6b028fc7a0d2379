"""Reads the files of a trace, which may still grow, and hands out immutable snapshots of what they say.

One thread reads, by calling `Store.advance` again and again; any thread may take snapshots meanwhile. An event is
known by its *handle*, its place in the order of arrival, which never changes; its *row* is its place in one snapshot,
in the order of the run, which a late file may move.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any

from peek_tui.errors import NoTraceError

from .ending import Ends, ended_agents, with_ending
from .facts import SessionFacts
from .imported import AnyTail, open_again, open_tail
from .index import Index
from .keep import Keeper
from .line_numbers import LineNumbers
from .locks import this_host
from .order import Order
from .snapshot import Rate, Snapshot, Stats
from .tail import Tail

__all__ = ["FIRST_SLICE", "SLICE", "Snapshot", "Stats", "Store"]

FIRST_SLICE = 64 * 1024
"""Bytes read before the first screen is drawn: more rows than the largest one shows."""
SLICE = 4 * 1024 * 1024
"""Bytes read between two chances for other threads: a few milliseconds. Half as many cost a tenth more each."""
DECODED_SLICE = 1024 * 1024
"""The same where each line is decoded: what that leaves behind should still fit the processor's cache."""


class Store:
    """Reads one run, or several, from files that may still grow.

    Raises `peek_tui.errors.InputError` when a file cannot be opened.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        format: str | None = None,
        more: Callable[[], list[Path]] = list,
        cache: Path | None = None,
        rate: Rate | None = None,
    ) -> None:
        """Open the files, each as what it is, or all as a format given by name.

        `more` gives those that come later; `cache` is the directory in which indexes of large traces are kept; `rate`
        is what `importance` means in queries, where it is to be more than what authors said.
        """
        self._format = format
        self._more = more
        self._cache = cache
        self._rate = rate
        self._lock = RLock()
        """Held while the index changes, never while a file is read: that may take as long as a slow disk likes."""
        self._outdated: list[AnyTail] = []
        """Files of before the last change, which the last snapshot may still read."""
        self.begun_again: str | None = None
        """Why everything was read again the last time, in a sentence for the user; None when it never was."""
        self._begin([open_tail(path, format) for path in paths])

    def _begin(self, tails: list[AnyTail]) -> None:
        self._tails = tails
        self._numbers = [LineNumbers() for _ in tails]
        self._index = Index()
        self._order = Order(self._index.columns)
        self._is_read = False
        """Whether all that the files held was read once: from then on they are followed."""
        self.at_end = False
        """Whether the last `advance` left nothing: what comes while lines are worked on is for the next one."""
        self._ended: Ends | None = None
        self._snapshot: Snapshot | None = None
        self._keeper = Keeper(self._cache)

    @classmethod
    def load(
        cls,
        paths: Iterable[Path],
        format: str | None = None,
        cache: Path | None = None,
        rate: Rate | None = None,
    ) -> Store:
        """Open the files and read all they hold now."""
        store = cls(paths, format, cache=cache, rate=rate)
        store.advance(FIRST_SLICE)  # of a small trace this is all
        while store.advance():
            pass
        return store

    def advance(self, budget: int = SLICE) -> bool:
        """Read up to `budget` bytes of what is new in each file, and return whether anything was.

        When a file was truncated, rewritten or replaced, everything is read again: handles begin anew.
        """
        grew = self._begin_again() or self._restore()
        self._make_room()
        self.at_end = True
        for file, opened in enumerate(self._tails):
            tail = self._tails[file] = opened.settled()
            block = tail.read(budget if self._index.is_ours(file) else min(budget, DECODED_SLICE))
            at_end = tail.at_end()
            if block is not None:
                with self._lock:
                    self._index.add(file, block, self._numbers[file], tail)
                    self._snapshot = None
            grew = grew or block is not None or not at_end
            self.at_end = self.at_end and at_end
        self._look_for_halves()
        more = grew or self._adopt()
        self._is_read = self._is_read or not more
        if not more:
            with self._lock:
                if self._index.resolve(idle=True):
                    self._snapshot = None
        return more

    def snapshot(self) -> Snapshot:
        """Return everything read so far. The same object as long as nothing was added."""
        with self._lock:
            if self._snapshot is None:
                self._index.resolve(idle=False)
                tree = self._keeper.tree_of(len(self._index))
                self._snapshot = Snapshot(self._index, self._tails, self._numbers, self._merged(), tree, self._rate)
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
    def changed(self) -> list[Path]:
        """The files that are no longer those that were read: someone cut, rewrote or replaced them."""
        return [tail.path for tail in self._tails if tail.changed()]

    @property
    def share(self) -> float:
        """How much of the files has been read, from 0 to 1; 1 where nobody can tell how much there is."""
        plain = [tail for tail in self._tails if isinstance(tail, Tail) and tail.plain is not None]
        size = sum(os.fstat(tail.fileno()).st_size for tail in plain)
        return min(1.0, sum(tail.start for tail in plain) / size) if size else 1.0

    def sessions(self) -> list[SessionFacts]:
        """Return what is known of each run, in the order in which they appeared.

        While a long trace is being read, its last lines are looked at for how the run ended.
        """
        with self._lock:
            known = self._index.facts.frozen()
        if self._is_read:
            return known
        if self._ended is None:
            self._ended = ended_agents(self._tails)
        return [with_ending(facts, self._ended) for facts in known]

    def close(self) -> None:
        """Let go of the files, and keep the index of a large trace for the next time."""
        self._keeper.keep(self._tails, self._index, self._numbers, self._snapshot)
        for tail in (*self._outdated, *self._tails):
            tail.close()

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _look_for_halves(self) -> None:
        """Have another snapshot made when half a line has come to a file, and nothing else."""
        with self._lock:
            last = self._snapshot
            if last is not None and last.unfinished != any(tail.unfinished for tail in self._tails):
                self._snapshot = None

    def _make_room(self) -> None:
        """Make room for what the files hold now, so that columns need not be copied as they grow."""
        with self._lock:
            self._index.expect(sum(os.fstat(tail.fileno()).st_size for tail in self._tails))

    def _restore(self) -> bool:
        """Go on from the index that was kept, the first time there is something to read after the first screen.

        Of several files the order of arrival is another then, so those are restored before anything is read.
        """
        if len(self._tails) == 1 and not len(self._index):
            return False
        kept = self._keeper.restore(self._tails)
        if kept is None:
            return False
        with self._lock:
            self._index, self._numbers = kept
            self._order = Order(self._index.columns)
            self._snapshot = None
        return True

    def _begin_again(self) -> bool:
        """Open the files again when one is no longer what was read, and return whether that was so.

        All of them: what was passed over in one, as there already, may only have been in the one that changed.
        """
        reasons = [f"{tail.path.name} {reason}" for tail in self._tails if (reason := tail.changed())]
        if not reasons:
            return False
        opened = {tail: open_again(tail.path, self._format) for tail in self._tails}
        if any(again is None and tail.changed() for tail, again in opened.items()):
            for again in opened.values():
                if again is not None:
                    again.close()
            return False  # between the renaming of a file and the making of its successor
        with self._lock:
            for tail in self._outdated:
                tail.close()
            self._outdated = self._tails
            self._begin([tail for tail in opened.values() if tail is not None])
            self.begun_again = f"{', '.join(reasons)}: everything was read again"
        return True

    def _adopt(self) -> bool:
        """Open what has appeared beside the files meanwhile, as a subagent's does, and return whether anything has."""
        known = set(self.paths)
        beside = [path for tail in self._tails for path in tail.beside() if path not in known]
        new = []
        for path in (*beside, *self._more()):
            with suppress(NoTraceError):  # it has vanished again
                new.append(open_tail(path, self._format))
        with self._lock:
            self._tails += new
            self._numbers += [LineNumbers() for _ in new]
            self._snapshot = None if new else self._snapshot
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
