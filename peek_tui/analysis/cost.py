"""What a run cost: tokens and money by agent, model, turn and tool.

A *model call* is an `llm_response`, and it is counted once: one that several recorders wrote down (the same
`response_id`) counts as one, and of a call that was wrapped in another the inner ones count, since they say what each
attempt took. What agents and subagents say of themselves at their end are totals of the same calls and no more calls.
A call belongs to the agent it says, to the turn above it, and in equal parts to the tools it called.

Money is what the trace says. A call that says nothing is estimated when there is a price for its model, and is of
unknown cost otherwise: never zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from capture.events import NO_EVENT
from peek_tui.trace.facts import SPENDS
from peek_tui.trace.model import Event, Usage
from peek_tui.trace.query import of_types
from peek_tui.trace.snapshot import Snapshot

from .prices import price_of

__all__ = ["Costs", "Price", "Spending", "costs"]

Price = Callable[[str, str, Usage], float | None]
"""Returns what a call of a provider's model costs in dollars, or None when that is not known."""

_TURNS = frozenset({"agent_turn", "user_message"})
_FEW = 10_000
"""Events up to which types are looked at one by one: importing numpy would take longer."""


@dataclass
class Spending:
    """What some model calls used up."""

    calls: float = 0
    """A call that called several tools is a part of one for each of them."""
    usage: Usage = field(default_factory=Usage)
    recorded_usd: float | None = None
    """What the trace says they cost; None when it says nothing."""
    estimated_usd: float | None = None
    """What those cost by their price of which the trace does not say it."""
    unknown: float = 0
    """How many have no known cost."""

    def add(self, call: _Call, part: int = 0, parts: int = 1) -> None:
        """Add a call, or one of several equal parts of it; the parts of a count sum to it."""
        self.calls += 1 / parts
        self.usage = Usage(
            *(known + _part(count, part, parts) for known, count in zip(self.usage, call.usage, strict=True))
        )
        if call.recorded_usd is not None:
            self.recorded_usd = (self.recorded_usd or 0.0) + call.recorded_usd / parts
        elif call.estimated_usd is not None:
            self.estimated_usd = (self.estimated_usd or 0.0) + call.estimated_usd / parts
        else:
            self.unknown += 1 / parts

    @property
    def known_usd(self) -> float | None:
        """What is known or estimated of it; None when nothing is."""
        known = [amount for amount in (self.recorded_usd, self.estimated_usd) if amount is not None]
        return sum(known) if known else None


@dataclass
class Costs:
    """What a trace's model calls used up."""

    total: Spending = field(default_factory=Spending)
    by_agent: dict[str, Spending] = field(default_factory=lambda: defaultdict(Spending))
    """`""` is the run's own agent."""
    by_model: dict[str, Spending] = field(default_factory=lambda: defaultdict(Spending))
    by_turn: dict[str, Spending] = field(default_factory=lambda: defaultdict(Spending))
    """By the id of the turn's event; `""` where there is none."""
    by_tool: dict[str, Spending] = field(default_factory=lambda: defaultdict(Spending))
    """By the tool's name; `""` for calls that led to none."""
    reported_usd: float | None = None
    """What the run's own agents said at their end that all of it cost."""


class _Call(NamedTuple):
    event: Event
    usage: Usage
    recorded_usd: float | None
    estimated_usd: float | None


def costs(snapshot: Snapshot, price: Price = price_of) -> Costs:
    """Return what a trace's model calls used up. `price` estimates what the trace does not say."""
    found = Costs()
    above = _Above(snapshot)
    tools = _tools(snapshot)
    for event in _counted(snapshot, above):
        usage, recorded = event.usage or Usage(), event.cost_usd
        provider = event.data.get("provider")
        estimate = None
        if recorded is None and usage.total:
            estimate = price(event.name, provider if isinstance(provider, str) else "", usage)
        call = _Call(event, usage, recorded, estimate)
        found.total.add(call)
        found.by_agent[event.agent or ""].add(call)
        found.by_model[event.name].add(call)
        found.by_turn[above.turn(event)].add(call)
        called = tools.get(event.row) or [""]
        for part, tool in enumerate(called):
            found.by_tool[tool].add(call, part, len(called))
    found.reported_usd = _reported(snapshot, above)
    return found


def _part(count: int, part: int, parts: int) -> int:
    return count * (part + 1) // parts - count * part // parts


def _counted(snapshot: Snapshot, above: _Above) -> list[Event]:
    """Return the model calls that used something up, each once, in order."""
    spent = [
        event for event in map(snapshot.event, _rows(snapshot, *SPENDS)) if event.usage or event.cost_usd is not None
    ]
    inner = {request for event in spent for request in above.requests(event)}
    ids: set[str] = set()
    counted = []
    for event in spent:
        id = event.data.get("response_id")
        if event.parent in inner or (isinstance(id, str) and id in ids):
            continue
        if isinstance(id, str) and id:
            ids.add(id)
        counted.append(event)
    return counted


class _Above:
    """What stands above events; every event is read once, however many ask."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._read: dict[str, tuple[str, str]] = {}

    def turn(self, event: Event) -> str:
        """Return the id of the turn an event belongs to; empty when there is none."""
        return next((id for id, type in self._ancestors(event) if type in _TURNS), "")

    def requests(self, event: Event) -> Iterator[str]:
        """Yield the ids of the model requests around the one that an event answers."""
        return (id for id, type in self._ancestors(event) if type == "llm_request" and id != event.parent)

    def is_own(self, end: Event) -> bool:
        """Whether an end is that of an agent that belongs to no other event."""
        return [type for _, type in self._ancestors(end)] == ["agent_start"]

    def _ancestors(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield the ids and types of what an event belongs to, the nearest first; a circle is gone round once."""
        seen = {event.id}
        id = event.parent
        while id != NO_EVENT and id not in seen:
            seen.add(id)
            if id not in self._read:
                handle = self._snapshot.find(id)
                if handle is None:
                    return
                above = self._snapshot.event(self._snapshot.row(handle))
                self._read[id] = above.type, above.parent
            type, parent = self._read[id]
            yield id, type
            id = parent


def _tools(snapshot: Snapshot) -> dict[int, list[str]]:
    """Return the tools that were called after each answer, before the next one of the same agent, by its row."""
    tools: dict[int, list[str]] = defaultdict(list)
    last: dict[str, int] = {}
    for row in _rows(snapshot, "llm_response", "tool_call"):
        agent = snapshot.agent(row)
        if snapshot.type(row) == "llm_response":
            last[agent] = row
        elif agent in last:
            tools[last[agent]].append(snapshot.name(row))
    return tools


def _reported(snapshot: Snapshot, above: _Above) -> float | None:
    """Return what agents that belong to nothing else said at their end; theirs include those of the others."""
    ends = [end for end in map(snapshot.event, _rows(snapshot, "agent_end")) if above.is_own(end)]
    said = [end.cost_usd for end in ends if end.cost_usd is not None]
    return sum(said) if said else None


def _rows(snapshot: Snapshot, *types: str) -> Iterable[int]:
    if len(snapshot) > _FEW:
        return snapshot.rows(of_types(types))
    return [row for row in range(len(snapshot)) if snapshot.type(row) in types]
