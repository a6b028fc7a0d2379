"""What is known of a run without looking at it again: counts and sums, kept while the trace is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import isnan, nan
from operator import add
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict, replace

from capture.events import NO_EVENT

from .batch import Batch, Vocabulary, batch_of
from .columns import among, grouped
from .header import AgentData, Header, read_agent
from .model import Usage

__all__ = ["SPENDS", "Facts", "SessionFacts", "worst"]

SPENDS = frozenset({"llm_response", "llm_chunk"})
"""The types whose tokens are summed. A chunk has some when its response was written before all were counted."""


_GRAVITY = {"completed": 0, "cancelled": 2, "error": 3}
_FOREIGN = 1
"""The gravity of a word that is none of ours."""


def worst(outcomes: Iterable[str | None]) -> str | None:
    """Return what agents that ended so came to together: the gravest of their words, None where none has ended."""
    return max(filter(None, outcomes), key=lambda word: (_GRAVITY.get(word, _FOREIGN), word), default=None)


class SessionFacts(msgspec.Struct):
    """The sums of one session."""

    session: str
    agent: str = ""
    """The first root agent's name."""
    host: str = ""
    """Where it ran, as its writer said."""
    outcome: str | None = None
    """The root agent's status: `completed`, `error`, `cancelled`, of several the worst; None when none was said yet."""
    has_ended: bool = False
    """Whether a root agent has ended."""
    first_ts: int = 0
    last_ts: int = 0
    events: int = 0
    errors: int = 0
    types: Counter[str] = msgspec.field(default_factory=Counter)
    usage: Usage = msgspec.field(default_factory=Usage)
    cost_usd: float | None = None
    open_roots: dict[str, int] = msgspec.field(default_factory=dict)
    """Root agents that have started and not ended, and when they started."""
    ended_ts: int = 0
    """When the run ended the last time without a word about which agent: those that had started by then ended, too."""
    other_ends: dict[str, str | None] = msgspec.field(default_factory=dict)
    """Status of the agents whose end was read before their start, if that comes at all, by the ids of their starts:
    the files of a run come in any order.
    """

    def count(self, events: _Events) -> None:
        """Count events."""
        self.events += sum(events.types.values())
        self.types.update(events.types)
        self.errors += events.failed
        if events.last_ts:
            self.first_ts = min(self.first_ts or events.first_ts, events.first_ts)
            self.last_ts = max(self.last_ts or events.last_ts, events.last_ts)

    def spend(self, usage: Iterable[int], cost_usd: float) -> None:
        """Add what events used up; a cost of NaN is unknown."""
        self.usage = Usage(*map(add, self.usage, usage))
        if not isnan(cost_usd):
            self.cost_usd = (self.cost_usd or 0.0) + cost_usd

    def start_agent(self, header: Header, data: AgentData) -> None:
        """Note that an agent began; one with no parent is the run's own."""
        if header.parent == NO_EVENT:
            if header.id in self.other_ends:
                self._come_out(self.other_ends.pop(header.id))
            elif not 0 < header.ts <= self.ended_ts:
                self.open_roots[header.id] = header.ts
            self.agent = self.agent or header.name or data.agent_name or ""
            self.host = self.host or data.host or ""

    def end_agent(self, header: Header, status: str | None) -> None:
        """Note that an agent ended; an end that belongs to nothing is the run's own."""
        if header.parent == NO_EVENT:
            self.ended_ts = max(self.ended_ts, header.ts)
            self.open_roots = {root: ts for root, ts in self.open_roots.items() if 0 < header.ts < ts}
        elif header.parent in self.open_roots:
            del self.open_roots[header.parent]
        else:
            self.other_ends[header.parent] = status
            return
        self._come_out(status)

    def _come_out(self, status: str | None) -> None:
        self.has_ended = True
        self.outcome = worst((self.outcome, status))

    @property
    def duration_ms(self) -> float:
        return (self.last_ts - self.first_ts) / 1e6

    @property
    def finished(self) -> bool:
        """Whether the run's own agent has ended."""
        return self.has_ended and not self.open_roots

    def frozen(self) -> SessionFacts:
        """Return a copy that later events do not change."""
        return replace(self, types=Counter(self.types), open_roots=dict(self.open_roots), other_ends={})


class Facts:
    """The facts of every session of a trace."""

    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._sessions: dict[int, SessionFacts] = {}
        self._frozen: dict[int, SessionFacts] = {}

    def add(self, batch: Batch) -> None:
        """Count the events of a batch; a damaged line belongs to no session."""
        types = self._words.types.words
        for session, events in _counted(_without_damaged_lines(batch), types):
            self._changed(session).count(events)
        for session, usage, cost in _spent(batch, {code for code, type in enumerate(types) if type in SPENDS}):
            self._changed(session).spend(usage, cost)
        for index, (header, text) in batch.agents.items():
            facts, data = self._changed(int(batch.session[index])), read_agent(text)
            if header.type == "agent_start":
                facts.start_agent(header, data)
            else:
                facts.end_agent(header, data.status or None)

    def frozen(self) -> list[SessionFacts]:
        """Return copies that later events do not change, in the order in which the sessions appeared."""
        for session, facts in self._sessions.items():
            if session not in self._frozen:
                self._frozen[session] = facts.frozen()
        return [self._frozen[session] for session in self._sessions]

    def dump(self) -> Any:
        """Return what `restore` takes."""
        return {str(session): asdict(facts) for session, facts in self._sessions.items()}

    def restore(self, meta: Any) -> None:
        """Take over the facts of an index that was kept."""
        for session, facts in meta.items():
            known = {**facts, "types": Counter(facts["types"]), "usage": Usage(*facts["usage"])}
            self._sessions[int(session)] = SessionFacts(**known)

    def _changed(self, session: int) -> SessionFacts:
        self._frozen.pop(session, None)
        facts = self._sessions.get(session)
        if facts is None:
            facts = self._sessions[session] = SessionFacts(self._words.sessions.words[session])
        return facts


class _Events(NamedTuple):
    """Some events of one session."""

    types: dict[str, int]
    """How many there are of each."""
    failed: int
    first_ts: int
    """0, as the last one, when none of them has a time."""
    last_ts: int


def _without_damaged_lines(batch: Batch) -> Batch:
    lines = {index for index, (_, part) in batch.damage.items() if part == "line"}
    return batch_of(batch, [index not in lines for index in range(len(batch))]) if lines else batch


def _counted(batch: Batch, types: Sequence[str]) -> Iterator[tuple[int, _Events]]:
    """Yield the events of a batch, those of a session counted together."""
    if isinstance(batch.session, list):
        for session, type, failed, ts in zip(batch.session, batch.type, batch.failed, batch.ts, strict=True):
            yield session, _Events({types[type]: 1}, int(failed), ts, ts)
        return
    import numpy as np

    for session, here in grouped(batch.session):
        numbers = np.bincount(batch.type[here])
        ts = batch.ts[here]
        timed = ts if ts.min() > 0 else ts[ts != 0]
        first, last = (int(timed.min()), int(timed.max())) if len(timed) else (0, 0)
        there = {types[type]: int(numbers[type]) for type in np.flatnonzero(numbers).tolist()}
        yield session, _Events(there, int(np.count_nonzero(batch.failed[here])), first, last)


def _spent(batch: Batch, spends: set[int]) -> Iterator[tuple[int, Iterable[int], float]]:
    """Yield what was used up in each session: tokens of the types that spend them, and every cost."""
    if isinstance(batch.session, list):
        for index, counts, cost, _ in zip(*batch.spending, strict=True):
            stated = counts[0] >= 0 and batch.type[index] in spends
            yield batch.session[index], counts if stated else Usage(), cost
    elif len(batch.spending.at):
        yield from _spent_vectors(batch, spends)


def _spent_vectors(batch: Batch, spends: set[int]) -> Iterator[tuple[int, Iterable[int], float]]:
    import numpy as np

    index, counts, costs, _ = batch.spending
    stated = among(batch.type[index], list(spends)) & (counts[:, 0] >= 0)
    for session, here in grouped(batch.session[index]):
        cost = costs[here]
        known = cost[~np.isnan(cost)]
        yield session, counts[here][stated[here]].sum(axis=0).tolist(), float(known.sum()) if len(known) else nan
