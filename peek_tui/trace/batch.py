"""A block of lines, read: the values of its events, ready to be appended to the columns.

The first block is read line by line, without numpy, since nothing may load it before the first paint. Later ones are
read as vectors: where the lines are of `capture`'s own making by their fixed-width headers, else after decoding each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import UNSET

from capture.errors import LineError

from .columns import Words
from .header import Header, Rest, read_header, read_rest
from .ids import Ids
from .model import DAMAGED, Usage, read_number, read_usage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .fixed import FixedReader

__all__ = ["Batch", "BatchReader", "Spending", "Vocabulary", "batch_of"]

_LONGEST_LINE = 2**32 - 1
_TOO_LATE = 2**63


class Vocabulary:
    """The words of a trace, each kind numbered on its own."""

    def __init__(self) -> None:
        self.sessions = Words()
        self.types = Words()
        self.names = Words()
        self.agents = Words([""])


class Spending(NamedTuple):
    """What an event used up: few have any, so it is kept apart from the columns."""

    usage: Usage | None
    cost_usd: float
    """NaN when it is unknown."""


class _Row(NamedTuple):
    """What the columns keep of one event, in their order."""

    at: int
    length: int
    ts: int
    id: str
    parent: str
    session: int
    type: int
    name: int
    agent: int
    duration: float
    failed: bool


@dataclass
class Batch:
    """The events of one block, a value a column. Indices count the events of the batch."""

    at: Any
    """Where each line begins within the block."""
    length: Any
    ts: Any
    id: Any
    """Numbers, as `Ids` gives them."""
    parent: Any
    """The ids of the parents, as numbers."""
    session: Any
    type: Any
    name: Any
    agent: Any
    duration: Any
    failed: Any
    spending: dict[int, Spending] = field(default_factory=dict)
    damage: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Why, and which part: the `line` or its `payload`."""
    agents: dict[int, tuple[Header, bytes]] = field(default_factory=dict)
    """The events that start or end an agent, and their lines."""
    lines: int = 0
    """How many lines the block has, blank ones and repetitions included."""
    imported: set[int] = field(default_factory=set)
    """The events whose ids are no numbers of a writer's: importers make them."""

    def __len__(self) -> int:
        return len(self.at)


_COLUMNS = _Row._fields
"""The columns of a batch, which are the fields of a row."""


class BatchReader:
    """Reads the blocks of one trace."""

    def __init__(self, words: Vocabulary, ids: Ids) -> None:
        self._words = words
        self._ids = ids
        self._fixed: FixedReader | None = None

    def read_few(self, lines: bytes) -> Batch:
        """Read a block into lists, without numpy."""
        notes = _Notes(self._words)
        rows = list(notes.take_all(_numbered_lines(lines)))
        columns: list[Any] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _COLUMNS]
        batch = Batch(**dict(zip(_COLUMNS, columns, strict=True)), lines=lines.count(b"\n"), **notes.named())
        batch.id = [self._ids.number(id) for id in batch.id]
        batch.parent = [self._ids.number(id) for id in batch.parent]
        return batch

    def read(self, lines: bytes, ours: bool) -> Batch:
        """Read a block into vectors. `ours` says whether `capture` wrote it: the header's order can be relied on."""
        import numpy as np

        if not ours:
            return self._read_decoded(lines)
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
        starts = np.empty_like(ends)
        starts[:1] = 0
        starts[1:] = ends[:-1] + 1
        return self._read_fixed(lines, starts, ends)

    def _read_decoded(self, lines: bytes) -> Batch:
        notes = _Notes(self._words)
        batch = self._vectors(list(notes.take_all(_numbered_lines(lines))), notes)
        batch.lines = lines.count(b"\n")
        return batch

    def _vectors(self, rows: list[_Row], notes: _Notes) -> Batch:
        import numpy as np

        if not rows:
            empty = np.empty(0, np.int64)
            ids = np.empty(0, np.uint64)
            return Batch(empty, empty, empty, ids, ids, empty, empty, empty, empty, empty, empty)
        at, length, ts, id, parent, *rest = zip(*rows, strict=True)
        session, type, name, agent = (np.array(codes, np.int64) for codes in rest[:4])
        return Batch(
            np.array(at, np.int64),
            np.array(length, np.int64),
            np.array(ts, np.int64),
            self._ids.numbers(id),
            self._ids.numbers(parent),
            session,
            type,
            name,
            agent,
            np.array(rest[4], np.float64),
            np.array(rest[5], np.bool_),
            **notes.named(),
        )

    def _read_fixed(self, lines: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Batch:
        """Read the fixed-width headers as vectors, and line by line what does not fit."""
        import numpy as np

        if self._fixed is None:
            from .fixed import FixedReader

            words = self._words
            self._fixed = FixedReader(words.sessions, words.types, words.names, words.agents)
        header = self._fixed.read(lines, starts, ends)
        notes = _Notes(self._words)
        failed = np.zeros(len(starts), np.bool_)
        fits = header.fits & ~self._is_agents(header.type)
        for line in np.flatnonzero(fits & (header.rest > 0)).tolist():
            rest = _find_rest(lines, int(header.rest[line]), int(ends[line]))
            if rest is None:
                fits[line] = False
                continue
            failed[line] = bool(rest.error)
            if rest.agent is not UNSET:
                header.agent[line] = self._words.agents.code(rest.agent or "")
            if rest.usage is not None or rest.cost_usd is not None:
                notes.spending[line] = _spending(rest)
        batch = Batch(
            starts, ends - starts, header.ts, header.id, header.parent, header.session, header.type, header.name,
            header.agent, header.duration, failed, lines=len(starts), **notes.named(),
        )  # fmt: skip
        return batch if fits.all() else self._decode_others(batch, lines, np.flatnonzero(~fits))

    def _is_agents(self, type: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which events start or end an agent: their payloads are looked into."""
        start, end = self._words.types.code("agent_start"), self._words.types.code("agent_end")
        agents: NDArray[np.bool_] = (type == start) | (type == end)
        return agents

    def _decode_others(self, batch: Batch, lines: bytes, others: NDArray[np.int64]) -> Batch:
        """Put into a batch what is said by the lines whose headers did not fit; blank ones go."""
        import numpy as np

        notes = _Notes(self._words)
        ends = batch.at + batch.length
        texts = [(int(line), int(batch.at[line]), lines[batch.at[line] : ends[line]]) for line in others.tolist()]
        rows = {line: row for line, at, text in texts if (row := notes.take(line, at, text)) is not None}
        decoded = self._vectors(list(rows.values()), notes)
        where = np.array(list(rows), np.int64)
        for column in _COLUMNS:
            getattr(batch, column)[where] = getattr(decoded, column)
        batch.spending |= notes.spending
        batch.damage |= notes.damage
        batch.agents |= notes.agents
        batch.imported |= notes.imported
        keep = np.ones(len(batch), np.bool_)
        keep[[line for line, *_ in texts if line not in rows]] = False
        return batch if keep.all() else batch_of(batch, keep)


class _Notes:
    """What is told of a block's lines one by one."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self.spending: dict[int, Spending] = {}
        self.damage: dict[int, tuple[str, str]] = {}
        self.agents: dict[int, tuple[Header, bytes]] = {}
        self.imported: set[int] = set()

    def named(self) -> dict[str, Any]:
        return {
            "spending": self.spending,
            "damage": self.damage,
            "agents": self.agents,
            "imported": self.imported,
        }

    def take_all(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[_Row]:
        """Read lines, each with where it begins; blank ones are left out."""
        index = 0
        for at, text in lines:
            row = self.take(index, at, text)
            if row is not None:
                yield row
                index += 1

    def take(self, index: int, at: int, text: bytes) -> _Row | None:
        """Read one line, or return None for a blank one."""
        try:
            header, reason = read_header(text)
        except LineError as error:
            if not text.strip(b" \t\r"):
                return None
            self.damage[index] = (str(error), "line")
            header = Header(type=DAMAGED)
        else:
            if reason is not None:
                self.damage[index] = (reason, "payload")
        if header.type in ("agent_start", "agent_end"):
            self.agents[index] = (header, text)
        self._note(index, header)
        words, duration = self._words, read_number(header.duration_ms)
        return _Row(
            at,
            min(len(text), _LONGEST_LINE),
            header.ts if abs(header.ts) < _TOO_LATE else 0,
            header.id,
            header.parent,
            words.sessions.code(header.session),
            words.types.code(header.type),
            words.names.code(header.name),
            words.agents.code(header.agent or ""),
            nan if duration is None else duration,
            bool(header.error),
        )

    def _note(self, index: int, header: Header) -> None:
        if header.usage is not None or header.cost_usd is not None:
            cost = read_number(header.cost_usd)
            self.spending[index] = Spending(read_usage(header.usage), nan if cost is None else cost)
        if header.source is not None:
            self.imported.add(index)


def batch_of(batch: Batch, keep: Any) -> Batch:
    """Return a batch of those events of another that are to be kept: a truth value each."""
    if isinstance(batch.at, list):
        from itertools import compress

        columns: list[Any] = [list(compress(getattr(batch, column), keep)) for column in _COLUMNS]
    else:
        columns = [getattr(batch, column)[keep] for column in _COLUMNS]
    index = {old: new for new, old in enumerate(old for old, kept in enumerate(keep) if kept)}
    return replace(
        batch,
        **dict(zip(_COLUMNS, columns, strict=True)),
        spending={index[old]: one for old, one in batch.spending.items() if old in index},
        damage={index[old]: one for old, one in batch.damage.items() if old in index},
        agents={index[old]: one for old, one in batch.agents.items() if old in index},
        imported={index[old] for old in batch.imported if old in index},
    )


def _numbered_lines(lines: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for text in lines.split(b"\n")[:-1]:
        yield at, text
        at += len(text) + 1


_DATA_KEY = b',"data":{'


def _spending(rest: Rest) -> Spending:
    used, cost = rest.usage, read_number(rest.cost_usd)
    usage = None
    if used is not None:
        usage = Usage(
            used.input_tokens,
            used.output_tokens,
            used.cache_read_tokens,
            used.cache_write_tokens,
            used.reasoning_tokens,
        )
    return Spending(usage, nan if cost is None else cost)


def _find_rest(lines: bytes, comma: int, line_end: int) -> Rest | None:
    end = lines.find(_DATA_KEY, comma, line_end) if lines[comma] == ord(",") else -1
    return read_rest(b"{%b}" % lines[comma + 1 : end]) if end > 0 else None
