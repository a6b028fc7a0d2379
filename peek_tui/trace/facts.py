"""What is known of a run without looking at it again: counts and sums, kept while the trace is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from capture.events import NO_EVENT

from .header import Header
from .model import Usage, read_number, read_usage

__all__ = ["SPENDS", "SessionFacts"]

SPENDS = frozenset({"llm_response", "llm_chunk"})
"""The types whose tokens are summed. A chunk has some when its response was written before all were counted."""


@dataclass
class SessionFacts:
    """The sums of one session."""

    session: str
    agent: str = ""
    """The first root agent's name."""
    host: str = ""
    """Where it ran, as its writer said."""
    outcome: str | None = None
    """The root agent's status: `completed`, `error`, `cancelled`; None before its end."""
    first_ts: int = 0
    last_ts: int = 0
    events: int = 0
    errors: int = 0
    types: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = None
    open_roots: set[str] = field(default_factory=set)
    """Root agents that have started and not ended."""

    def add(self, header: Header) -> None:
        """Count one event."""
        self.events += 1
        self.types[header.type] += 1
        if header.ts:
            self.first_ts = min(self.first_ts or header.ts, header.ts)
            self.last_ts = max(self.last_ts, header.ts)
        if header.error:
            self.errors += 1
        if header.type in SPENDS and header.usage is not None:
            usage = read_usage(header.usage)
            if usage is not None:
                self.usage = Usage(*map(sum, zip(self.usage, usage, strict=True)))
        cost = read_number(header.cost_usd)
        if cost is not None:
            self.cost_usd = (self.cost_usd or 0.0) + cost

    def start_agent(self, header: Header, host: str) -> None:
        """Note that an agent began; one with no parent is the run's own."""
        if header.parent == NO_EVENT:
            self.open_roots.add(header.id)
            self.agent = self.agent or header.name
            self.host = self.host or host

    def end_agent(self, header: Header, status: str | None) -> None:
        """Note that an agent ended."""
        if header.parent in self.open_roots:
            self.open_roots.discard(header.parent)
            self.outcome = status

    @property
    def duration_ms(self) -> float:
        return (self.last_ts - self.first_ts) / 1e6

    @property
    def finished(self) -> bool:
        """Whether the run's own agent has ended."""
        return self.outcome is not None and not self.open_roots

    def frozen(self) -> SessionFacts:
        """Return a copy that later events do not change."""
        return replace(self, types=Counter(self.types), open_roots=set(self.open_roots))
