"""The only query API over traces.

A `Store` reads files that may still grow, a slice at a time; it hands out immutable `Snapshot`s. An event is known by
its *handle*, its place in the order of arrival, which never changes; its *row* is its place in one snapshot, in the
order of the run, which a late file may move.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

from capture.errors import LineError
from capture.events import NO_EVENT
from capture.format import parse_line

from .facts import SPENDS, SessionFacts
from .header import Header, read_header, read_word
from .imported import AnyTail, open_tail
from .locks import this_host
from .model import DAMAGED, Damage, Event, Usage, read_number, read_usage
from .numbering import Numbering, missing_ids
from .query import EVERYTHING, Query
from .tail import Line
from .tree import ORPHAN, ROOT, Sums, Tree

__all__ = ["FIRST_SLICE", "MISSING_SHOWN", "SLICE", "Snapshot", "Stats", "Store"]

FIRST_SLICE = 64 * 1024
"""Bytes read before the first screen is drawn: more rows than the largest one shows."""
SLICE = 256 * 1024
"""Bytes read between two chances for a screen to answer a key: about 1 ms."""
MISSING_SHOWN = 10_000
"""Ids of lost events that are named at the most; a damaged id could claim billions."""

_MOST = 2**40
"""Tokens one event can add to a sum: a hostile count must not outgrow the column."""
_FAILED = 1
_DAMAGED_PAYLOAD = 2


class Stats(NamedTuple):
    """Counts and sums over a trace."""

    events: int
    types: dict[str, int]
    sessions: int
    duration_ms: float
    errors: int
    usage: Usage
    cost_usd: float | None
    damaged: tuple[Damage, ...]
    unfinished: bool
    missing: tuple[str, ...]
    orphans: int
    cycles: int


class _Columns:
    """What is kept of every event, a value a column, by handle. Only ever appended to."""

    def __init__(self) -> None:
        self.file = array("H")
        self.offset = array("Q")
        self.length = array("Q")
        self.number = array("Q")
        self.ts = array("q")
        self.clock = array("q")
        """The running maximum of `ts` in the event's file: files are merged by it."""
        self.type = array("L")
        self.name = array("L")
        self.agent = array("L")
        self.tokens = array("Q")
        self.cost = array("d")
        self.flags = array("B")
        self.parents: list[str] = []

    def __len__(self) -> int:
        return len(self.flags)


class _Words:
    """Strings as small numbers."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        code = self._codes.get(word)
        if code is None:
            code = self._codes[word] = len(self.words)
            self.words.append(word)
        return code


class Store:
    """Reads one run, or several, from files that may still grow.

    Raises `peek_tui.errors.InputError` when a file cannot be opened.
    """

    def __init__(self, paths: Iterable[Path], format: str | None = None, more: Callable[[], list[Path]] = list) -> None:
        """Open the files, each as what it is, or all as a format given by name."""
        self._format = format
        self._more = more
        self._tails = [open_tail(path, format) for path in paths]
        self._columns = _Columns()
        self._types = _Words()
        self._names = _Words()
        self._agents = _Words()
        self._by_id: dict[str, int] = {}
        self._facts: dict[str, SessionFacts] = {}
        self._numbering = Numbering()
        self._damage: dict[int, Damage] = {}
        self._clocks = [0] * len(self._tails)
        self._order: array[int] | None = None
        self._snapshot: Snapshot | None = None

    @classmethod
    def load(cls, paths: Iterable[Path], format: str | None = None) -> Store:
        """Open the files and read all they hold now."""
        store = cls(paths, format)
        while store.advance():
            pass
        return store

    def advance(self, budget: int = SLICE) -> bool:
        """Read up to `budget` bytes of what is new in each file, and return whether anything was."""
        grew = False
        for file, opened in enumerate(self._tails):
            tail = self._tails[file] = opened.settled()
            before = len(self._columns)
            block = tail.read(budget)
            for line in block.split() if block else ():
                self._take(file, tail, line)
            grew = grew or len(self._columns) > before or not tail.at_end()
        grew = grew or self._adopt()
        if grew:
            self._snapshot = None
        return grew

    def snapshot(self) -> Snapshot:
        """Return everything read so far. The same object as long as nothing was added."""
        if self._snapshot is None:
            self._snapshot = Snapshot(self, len(self._columns), self._merged_order())
        return self._snapshot

    def status(self) -> str:
        """Return `running`, `finished`, `crashed` or `unknown`, as of now."""
        alive = [tail.writer_lives() for tail in self._tails]
        facts = list(self._facts.values())
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
        return [tail.path for tail in self._tails if tail.changed()]

    def sessions(self) -> list[SessionFacts]:
        """Return what is known of each run, in the order in which they appeared."""
        return [facts.frozen() for facts in self._facts.values()]

    def close(self) -> None:
        """Let go of the files."""
        for tail in self._tails:
            tail.close()

    # -- reading ---------------------------------------------------------------------------------------------------

    def _take(self, file: int, tail: AnyTail, line: Line) -> None:
        try:
            header, reason = read_header(line.text)
        except LineError as error:
            self._append(file, line, Header(DAMAGED), 0)
            self._damage[len(self._columns) - 1] = Damage(str(tail.path), line.number, str(error), "line")
            return
        flags = (_FAILED if header.error else 0) | (_DAMAGED_PAYLOAD if reason else 0)
        if header.id and header.id in self._by_id:
            return  # the same event again: a file given twice, or copied into another
        self._append(file, line, header, flags)
        if reason:
            self._damage[len(self._columns) - 1] = Damage(str(tail.path), line.number, reason, "payload")
        self._count(header, line)

    def _adopt(self) -> bool:
        """Open what has appeared beside a file meanwhile, as a subagent's does, and return whether anything has."""
        known = set(self.paths)
        new = [path for tail in self._tails for path in tail.beside() if path not in known] + self._more()
        for path in new:
            self._tails.append(open_tail(path, self._format))
            self._clocks.append(0)
        return bool(new)

    def _append(self, file: int, line: Line, header: Header, flags: int) -> None:
        columns = self._columns
        ts = header.ts if -(2**63) <= header.ts < 2**63 else 0
        self._clocks[file] = max(self._clocks[file], ts)
        if header.id:
            self._by_id[header.id] = len(columns)
        columns.file.append(file)
        columns.offset.append(line.offset)
        columns.length.append(len(line.text))
        columns.number.append(line.number)
        columns.ts.append(ts)
        columns.clock.append(self._clocks[file])
        columns.type.append(self._types.code(header.type))
        columns.name.append(self._names.code(header.name))
        usage = read_usage(header.usage) if header.usage is not None else None
        columns.tokens.append(min(max(0, usage.total), _MOST) if usage and header.type in SPENDS else 0)
        cost = read_number(header.cost_usd)
        columns.cost.append(nan if cost is None else cost)
        columns.agent.append(self._agents.code(header.agent or ""))
        columns.parents.append(header.parent)
        columns.flags.append(flags)

    def _count(self, header: Header, line: Line) -> None:
        if header.source is None:  # ids that an importer makes are no numbers
            self._numbering.see(header.id)
        facts = self._facts.get(header.session)
        if facts is None:
            facts = self._facts[header.session] = SessionFacts(header.session)
        facts.add(header)
        if header.type == "agent_start":
            facts.start_agent(header, read_word(_payload(line.text), "host"))
        elif header.type == "agent_end":
            facts.end_agent(header, read_word(_payload(line.text), "status") or None)

    def _merged_order(self) -> array[int] | None:
        """Return the handles in the order of the run, or None while that is the order of arrival."""
        if len(self._tails) < 2:
            return None
        clock, file = self._columns.clock, self._columns.file
        return array("Q", sorted(range(len(self._columns)), key=lambda handle: (clock[handle], file[handle], handle)))


class Snapshot:
    """Everything a store had read at one moment. Immutable; rows run from 0 to `len(snapshot)`."""

    def __init__(self, store: Store, length: int, order: array[int] | None) -> None:
        self._store = store
        self._columns = store._columns
        self._length = length
        self._order = order
        self._rows: dict[int, int] | None = None
        self._tree: Tree | None = None
        self._facts = [facts.frozen() for facts in store._facts.values()]
        self._gaps = store._numbering.gaps()
        self._unfinished = any(tail.unfinished for tail in store._tails)

    def __len__(self) -> int:
        return self._length

    # -- rows, handles and ids -------------------------------------------------------------------------------------

    def handle(self, row: int) -> int:
        """Return the handle of the event in a row. Raises IndexError for a row that is not there."""
        if not 0 <= row < self._length:
            raise IndexError(row)
        return row if self._order is None else self._order[row]

    def row(self, handle: int) -> int:
        """Return the row in which an event stands now. Raises IndexError for a handle of a later snapshot."""
        if not 0 <= handle < self._length:
            raise IndexError(handle)
        if self._order is None:
            return handle
        if self._rows is None:
            self._rows = {at: row for row, at in enumerate(self._order)}
        return self._rows[handle]

    def find(self, id: str) -> int | None:
        """Return the handle of the event with this id, or None."""
        handle = self._store._by_id.get(id)
        return handle if handle is not None and handle < self._length else None

    def same_rows(self, earlier: Snapshot) -> int:
        """Return how many leading rows are those of an earlier snapshot of the same store."""
        if self._order is None or earlier._order is None:
            return min(self._length, earlier._length) if self._order is earlier._order else 0
        pairs = enumerate(zip(self._order, earlier._order, strict=False))
        return next((row for row, (mine, theirs) in pairs if mine != theirs), min(self._length, earlier._length))

    # -- events ----------------------------------------------------------------------------------------------------

    def event(self, row: int) -> Event:
        """Read the event in a row, payload and all."""
        handle, raw = self.handle(row), self.raw(row)
        columns, store = self._columns, self._store
        damage = store._damage.get(handle)
        fields = self._damaged_fields(damage, raw) if damage and damage.part == "line" else _fields(raw)
        return Event(
            handle=handle,
            row=row,
            ts=columns.ts[handle],
            id=read_word(fields, "id"),
            parent=columns.parents[handle],
            session=read_word(fields, "session"),
            type=self.type(row),
            name=self.name(row),
            fields=fields,
            raw=raw,
            damage=damage,
        )

    def raw(self, row: int) -> bytes:
        """Return the line of the event in a row, without its newline, as it stands in the file or was imported."""
        handle, columns = self.handle(row), self._columns
        return self._store._tails[columns.file[handle]].bytes_at(columns.offset[handle], columns.length[handle])

    def type(self, row: int) -> str:
        """Return the type of the event in a row, without reading its line."""
        return self._store._types.words[self._columns.type[self.handle(row)]]

    def name(self, row: int) -> str:
        """Return the name of the event in a row, without reading its line."""
        return self._store._names.words[self._columns.name[self.handle(row)]]

    def agent(self, row: int) -> str:
        """Return which agent the event in a row belongs to, `""` for the run's own, without reading its line."""
        return self._store._agents.words[self._columns.agent[self.handle(row)]]

    def failed(self, row: int) -> bool:
        """Return whether the event in a row has an error, without reading its line."""
        return bool(self._columns.flags[self.handle(row)] & _FAILED)

    def ts(self, row: int) -> int:
        """Return the time of the event in a row, nanoseconds since 1970 UTC."""
        return self._columns.ts[self.handle(row)]

    # -- queries ---------------------------------------------------------------------------------------------------

    def rows(self, query: Query = EVERYTHING, start: int = 0) -> Sequence[int]:
        """Return the rows from `start` on whose events the query wants, in order."""
        if query.is_everything:
            return range(start, self._length)
        return list(self.matching(query, range(start, self._length)))

    def matching(self, query: Query, rows: Iterable[int]) -> Iterator[int]:
        """Yield those of `rows` whose events the query wants, as they are found."""
        columns, order = self._columns, self._order
        types, names = self._store._types.words, self._store._names.words
        wanted: dict[tuple[int, int, int], bool] = {}
        for row in rows:
            handle = row if order is None else order[row]
            kind = (columns.type[handle], columns.name[handle], columns.flags[handle] & _FAILED)
            answer = wanted.get(kind)
            if answer is None:
                answer = wanted[kind] = query.holds(types[kind[0]], names[kind[1]], bool(kind[2]))
            if answer:
                yield row

    def next(self, query: Query, row: int, step: int = 1) -> int | None:
        """Return the nearest row after `row` (before it when `step` is -1) whose event the query wants, or None."""
        rows = range(row + 1, self._length) if step > 0 else range(row - 1, -1, -1)
        return next(islice(self.matching(query, rows), 1), None)

    def at_time(self, ts: int) -> int:
        """Return the first row whose event is not older than `ts`, or the last row."""
        clock = [self._columns.clock[self.handle(row)] for row in range(self._length)]
        return min(bisect_left(clock, ts), max(0, self._length - 1))

    def types(self) -> Counter[str]:
        """Return how many events there are of each type; damaged lines count as `damaged`."""
        counts: Counter[str] = Counter()
        for facts in self._facts:
            counts.update(facts.types)
        lines = self._length - counts.total()
        if lines:
            counts[DAMAGED] += lines
        return counts

    def agent_name(self) -> str:
        """Return the name of the run's own agent, `""` before it is known; of several runs, the first one's."""
        return next((facts.agent for facts in self._facts if facts.agent), "")

    def usage(self) -> Usage:
        """Return the tokens of all model calls together."""
        return Usage(*map(sum, zip(Usage(), *(facts.usage for facts in self._facts), strict=True)))

    def errors(self) -> int:
        """Return how many events have an error."""
        return sum(facts.errors for facts in self._facts)

    def stats(self) -> Stats:
        """Return counts and sums over everything."""
        costs = [facts.cost_usd for facts in self._facts if facts.cost_usd is not None]
        types: Counter[str] = Counter()
        for facts in self._facts:
            types.update(facts.types)
        damaged = [self._store._damage[handle] for handle in sorted(self._store._damage) if handle < self._length]
        tree = self.tree()
        first = min((facts.first_ts for facts in self._facts), default=0)
        last = max((facts.last_ts for facts in self._facts), default=0)
        return Stats(
            events=types.total(),
            types=dict(types.most_common()),
            sessions=len(self._facts),
            duration_ms=(last - first) / 1e6,
            errors=self.errors(),
            usage=self.usage(),
            cost_usd=sum(costs) if costs else None,
            damaged=tuple(damaged),
            unfinished=self._unfinished,
            missing=tuple(missing_ids(self._gaps, MISSING_SHOWN)),
            orphans=len(tree.orphans),
            cycles=len(tree.broken),
        )

    def tree(self) -> Tree:
        """Return the tree of everything; built at the first call."""
        if self._tree is None:
            self._tree = Tree([self._parent_row(row) for row in range(self._length)], self._own_sums)
        return self._tree

    def _parent_row(self, row: int) -> int:
        id = self._columns.parents[self.handle(row)]
        if id == NO_EVENT:
            return ROOT
        handle = self.find(id)
        return ORPHAN if handle is None else self.row(handle)

    def _own_sums(self, row: int) -> Sums:
        handle, columns = self.handle(row), self._columns
        cost = columns.cost[handle]
        return Sums(1, columns.flags[handle] & _FAILED, columns.tokens[handle], None if isnan(cost) else cost)

    @staticmethod
    def _damaged_fields(damage: Damage, raw: bytes) -> dict[str, Any]:
        text = raw.decode("utf-8", "backslashreplace")
        data = {"file": damage.file, "line": damage.line, "reason": damage.reason, "bytes": len(raw), "text": text}
        return {"type": DAMAGED, "name": "", "data": data}


def _fields(raw: bytes) -> dict[str, Any]:
    """Parse a line again; what changed under the reader since it was indexed reads as nothing."""
    try:
        return parse_line(raw).event
    except LineError:
        return {}


def _payload(text: bytes) -> dict[str, Any]:
    data = _fields(text).get("data")
    return data if isinstance(data, dict) else {}
