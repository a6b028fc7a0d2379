"""A block of lines, read: the values of its events, ready to be appended to the columns.

The first blocks are read into lists, without numpy, since nothing may load it before the first paint. Later ones are
read as vectors: where the lines are of `capture`'s own making by their fixed-width headers, else after decoding each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, compress
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from .columns import Words
from .header import Header, counts_of, read_block, read_headers
from .ids import Ids

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .fixed import FixedReader

__all__ = ["FEW", "Batch", "BatchReader", "Spending", "Vocabulary", "batch_of"]

_LONGEST_LINE = 2**32 - 1
FEW = 256
"""Lines that are decoded sooner than vectors of them are made: a run that is followed comes in blocks of a few."""
_AGENTS = frozenset({"agent_start", "agent_end"})


class Vocabulary:
    """The words of a trace, each kind numbered on its own."""

    def __init__(self) -> None:
        self.sessions = Words()
        self.types = Words()
        self.names = Words()
        self.agents = Words([""])


class Spending(NamedTuple):
    """What some events used up, and how important they are: few say so, so it is kept apart from the columns."""

    at: Any
    """Which events, in order."""
    counts: Any
    """Their tokens, five each as in `Usage`; -1 in each where none are stated."""
    cost: Any
    """Dollars; NaN where none are stated."""
    importance: Any
    """As the author has it; NaN where it is not stated."""


class Batch(msgspec.Struct):
    """The events of one block, a value a column: lists, or vectors. Indices count the events of the batch."""

    at: Any
    """Where each line begins within the block."""
    length: Any
    payload: Any
    """Where in its line each payload begins, which is the last there but for a brace; 0 where nobody saw it."""
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
    spending: Spending
    lines: int
    """How many lines the block has, blank ones and repetitions included."""
    damage: dict[int, tuple[str, str]] = {}
    """Why, and which part: the `line` or its `payload`."""
    agents: dict[int, tuple[Header, bytes]] = {}
    """The events that start or end an agent, and their lines."""
    imported: set[int] = set()
    """The events whose ids are no numbers of a writer's: importers make them."""

    def __len__(self) -> int:
        return len(self.at)


_COLUMNS = ("at", "length", "payload", "ts", "id", "parent", "session", "type", "name", "agent", "duration", "failed")


class BatchReader:
    """Reads the blocks of one trace."""

    def __init__(self, words: Vocabulary, ids: Ids) -> None:
        self._words = words
        self._ids = ids
        self._fixed: FixedReader | None = None

    def read_few(self, lines: bytes) -> Batch:
        """Read a block into lists, without numpy."""
        batch = self._decode(*_split(lines))
        batch.id = [self._ids.number(id) for id in batch.id]
        batch.parent = [self._ids.number(id) for id in batch.parent]
        return batch

    def read(self, lines: bytes, ours: bool) -> Batch:
        """Read a block into vectors. `ours` says whether `capture` wrote it: the header's order can be relied on."""
        import numpy as np

        from .swar import newlines

        ends = newlines(lines)
        starts = np.empty_like(ends)
        starts[:1] = 0
        starts[1:] = ends[:-1] + 1
        if ours and len(ends) > FEW:
            return self._read_fixed(lines, starts, ends)
        batch = self._decode_block(lines, starts, ends)
        return self._vectors(self._decode(*_split(lines)) if batch is None else batch)

    # -- line by line ----------------------------------------------------------------------------------------------

    def _decode(self, texts: Sequence[bytes], at: list[int]) -> Batch:
        """Decode lines that begin at these places. Ids are still texts; blank lines are left out."""
        found, damage = read_headers(texts)
        headers = [header for header in found if header is not None]
        if len(headers) < len(found):
            there = [header is not None for header in found]
            index = list(accumulate(there, initial=0))
            texts, at = list(compress(texts, there)), list(compress(at, there))
            damage = {index[line]: why for line, why in damage.items()}
        length = [min(len(text), _LONGEST_LINE) for text in texts]
        return replace(self._batch(headers, at, length, texts.__getitem__), lines=len(found), damage=damage)

    def _decode_block(self, lines: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Batch | None:
        """Decode the lines between these places, all at once, or return None when that cannot be done."""
        headers = read_block(lines, starts, ends)
        if headers is None:
            return None
        return self._batch(headers, starts, ends - starts, lambda line: lines[starts[line] : ends[line]])

    def _batch(self, headers: Sequence[Header], at: Any, length: Any, text: Callable[[int], bytes]) -> Batch:
        """Return what headers say of lines; their ids are still texts."""
        words = self._words
        # A list a column, and no tuple a line: hundreds of thousands of those would keep the garbage collector busy.
        return Batch(
            at=at,
            length=length,
            payload=[0] * len(headers),
            ts=[header.ts for header in headers],
            id=[header.id for header in headers],
            parent=[header.parent for header in headers],
            session=words.sessions.codes([header.session for header in headers]),
            type=words.types.codes([header.type for header in headers]),
            name=words.names.codes([header.name for header in headers]),
            agent=words.agents.codes([header.agent or "" for header in headers]),
            duration=[nan if header.duration_ms is None else header.duration_ms for header in headers],
            failed=[header.error is not None for header in headers],
            spending=_spending(headers),
            lines=len(headers),
            agents={at: (header, text(at)) for at, header in enumerate(headers) if header.type in _AGENTS},
            imported={at for at, header in enumerate(headers) if header.source is not None},
        )

    def _vectors(self, batch: Batch) -> Batch:
        """Return a batch of lists as one of vectors, its ids as numbers."""
        import numpy as np

        whole: dict[str, Any] = {
            name: np.fromiter(getattr(batch, name), np.int64, len(batch))
            for name in ("ts", "session", "type", "name", "agent")
        }
        return replace(
            batch,
            **whole,
            at=np.asarray(batch.at, np.int64),
            length=np.asarray(batch.length, np.int64),
            payload=np.zeros(len(batch), np.int64),
            id=self._ids.numbers(batch.id),
            parent=self._ids.numbers(batch.parent),
            duration=np.fromiter(batch.duration, np.float64, len(batch)),
            failed=np.fromiter(batch.failed, np.bool_, len(batch)),
            spending=_as_vectors(batch.spending),
        )

    # -- as vectors ------------------------------------------------------------------------------------------------

    def _read_fixed(self, lines: bytes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Batch:
        """Read the fixed-width headers as vectors, and decode what does not fit."""
        import numpy as np

        if self._fixed is None:
            from .fixed import FixedReader

            words = self._words
            self._fixed = FixedReader(words.sessions, words.types, words.names, words.agents)
        header = self._fixed.read(lines, starts, ends)
        said, length = header.said, np.minimum(ends - starts, _LONGEST_LINE)
        header.fits[:] &= ~self._is_agents(header.type)
        fitting = header.fits[said.spent.at]
        spent = Spending(*(column[fitting] for column in said.spent))
        batch = Batch(
            starts, length, said.payload - starts, header.ts, header.id, header.parent, header.session, header.type,
            said.name, said.agent, said.duration, np.zeros(len(starts), np.bool_), spent, len(starts),
        )  # fmt: skip
        return batch if header.fits.all() else self._decode_others(batch, lines, np.flatnonzero(~header.fits))

    def _is_agents(self, type: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which events start or end an agent: their payloads are looked into."""
        start, end = self._words.types.code("agent_start"), self._words.types.code("agent_end")
        agents: NDArray[np.bool_] = (type == start) | (type == end)
        return agents

    def _decode_others(self, batch: Batch, lines: bytes, others: NDArray[np.int64]) -> Batch:
        """Put into a batch what is said by the lines whose headers did not fit; blank ones go."""
        import numpy as np

        at = batch.at[others].tolist()
        ends = (batch.at + batch.length)[others].tolist()
        decoded = self._vectors(self._decode([lines[start:end] for start, end in zip(at, ends, strict=True)], at))
        keep = np.ones(len(batch), np.bool_)
        there = set(decoded.at.tolist())
        keep[others] = [place in there for place in at]
        where = others[keep[others]]
        for column in _COLUMNS:
            getattr(batch, column)[where] = getattr(decoded, column)
        line = where.tolist()
        batch.spending = _merged(batch.spending, decoded.spending._replace(at=where[decoded.spending.at]))
        batch.damage = {line[index]: why for index, why in decoded.damage.items()}
        batch.agents = {line[index]: agent for index, agent in decoded.agents.items()}
        batch.imported = {line[index] for index in decoded.imported}
        return batch if keep.all() else batch_of(batch, keep)


def batch_of(batch: Batch, keep: Any) -> Batch:
    """Return a batch of those events of another that are to be kept: a truth value each."""
    if isinstance(batch.at, list):
        columns: list[Any] = [list(compress(getattr(batch, column), keep)) for column in _COLUMNS]
    else:
        columns = [getattr(batch, column)[keep] for column in _COLUMNS]
    index = {old: new for new, old in enumerate(compress(range(len(batch)), keep))}
    return replace(
        batch,
        **dict(zip(_COLUMNS, columns, strict=True)),
        spending=_spending_of(batch.spending, index),
        damage={index[old]: why for old, why in batch.damage.items() if old in index},
        agents={index[old]: agent for old, agent in batch.agents.items() if old in index},
        imported={index[old] for old in batch.imported if old in index},
    )


def _split(lines: bytes) -> tuple[list[bytes], list[int]]:
    """Return the lines, and where each begins."""
    texts = lines.split(b"\n")
    texts.pop()
    before = accumulate(map(len, texts), initial=0)
    return texts, [bytes + newlines for bytes, newlines in zip(before, range(len(texts)), strict=False)]


def _spending(headers: Sequence[Header]) -> Spending:
    """Return what these events used up and how important they are, as lists."""
    at = [
        at
        for at, header in enumerate(headers)
        if header.usage is not None or header.cost_usd is not None or header.importance is not None
    ]
    spent = [headers[place] for place in at]
    costs = [nan if one.cost_usd is None else one.cost_usd for one in spent]
    importance = [nan if one.importance is None else one.importance for one in spent]
    return Spending(at, [counts_of(one) for one in spent], costs, importance)


def _spending_of(spending: Spending, index: dict[int, int]) -> Spending:
    """Return what those events spent that have an index now."""
    kept = [(index[at], *said) for at, *said in zip(*spending, strict=True) if at in index]
    some = Spending(*map(list, zip(*kept, strict=True))) if kept else Spending([], [], [], [])
    return some if isinstance(spending.at, list) else _as_vectors(some)


def _as_vectors(spending: Spending) -> Spending:
    import numpy as np

    counts = np.array(spending.counts, np.int64).reshape(-1, 5)
    cost, importance = np.array(spending.cost, np.float64), np.array(spending.importance, np.float64)
    return Spending(np.array(spending.at, np.int64), counts, cost, importance)


def _merged(spending: Spending, more: Spending) -> Spending:
    """Return as vectors, in order, what is told of different lines of a block."""
    if not len(more.at):
        return spending
    import numpy as np

    pairs = zip(spending, _as_vectors(more), strict=True)
    at, *said = (np.concatenate(pair) for pair in pairs)
    order = np.argsort(at, kind="stable")
    return Spending(at[order], *(values[order] for values in said))
