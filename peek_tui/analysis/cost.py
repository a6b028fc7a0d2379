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
from itertools import islice
from operator import add
from typing import NamedTuple

from peek_tui.trace.facts import SPENDS
from peek_tui.trace.model import Usage
from peek_tui.trace.query import of_types
from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.tree import ROOT

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
        counts = call.usage if parts == 1 else [_part(count, part, parts) for count in call.usage]
        self.usage = Usage(*map(add, self.usage, counts))
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
    by_turn: dict[int, Spending] = field(default_factory=lambda: defaultdict(Spending))
    """By the row of the turn's event; `ROOT` where there is none."""
    by_tool: dict[str, Spending] = field(default_factory=lambda: defaultdict(Spending))
    """By the tool's name; `""` for calls that led to none."""
    reported_usd: float | None = None
    """What the run's own agents said at their end that all of it cost."""


class _Call(NamedTuple):
    """What is kept of a model call: not its texts, for there may be a gigabyte of those."""

    row: int
    agent: str
    model: str
    response_id: str
    usage: Usage
    recorded_usd: float | None
    estimated_usd: float | None


def costs(snapshot: Snapshot, price: Price = price_of) -> Costs:
    """Return what a trace's model calls used up. `price` estimates what the trace does not say."""
    found = Costs()
    above = _Above(snapshot)
    tools = _tools(snapshot)
    for call in _once(list(_calls(snapshot, price)), above):
        found.total.add(call)
        found.by_agent[call.agent].add(call)
        found.by_model[call.model].add(call)
        found.by_turn[above.turn(call.row)].add(call)
        called = tools.get(call.row) or [""]
        for part, tool in enumerate(called):
            found.by_tool[tool].add(call, part, len(called))
    found.reported_usd = _reported(snapshot, above)
    return found


def _part(count: int, part: int, parts: int) -> int:
    return count * (part + 1) // parts - count * part // parts


def _calls(snapshot: Snapshot, price: Price) -> Iterator[_Call]:
    """Yield the model calls that used something up, in order."""
    for row in _rows(snapshot, *SPENDS):
        event = snapshot.event(row)
        usage, recorded = event.usage, event.cost_usd
        if usage is None and recorded is None:
            continue
        usage = usage or Usage()
        provider, id = (
            word if isinstance(word, str) else "" for word in map(event.data.get, ("provider", "response_id"))
        )
        estimated = price(event.name, provider, usage) if recorded is None and usage.total else None
        yield _Call(row, event.agent or "", event.name, id, usage, recorded, estimated)


def _once(calls: list[_Call], above: _Above) -> Iterator[_Call]:
    """Yield each call once: not those around others, and not what another recorder has written already."""
    wrapping = {request for call in calls for request in above.requests(call.row)}
    ids: set[str] = set()
    for call in calls:
        if above.parent(call.row) in wrapping or call.response_id in ids:
            continue
        if call.response_id:
            ids.add(call.response_id)
        yield call


class _Above:
    """What stands above events. In a short trace their lines are read for it, in a long one the tree is grown."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._parents: dict[int, int] = {}
        self._tree = snapshot.tree() if len(snapshot) > _FEW else None

    def turn(self, row: int) -> int:
        """Return the row of the turn an event belongs to, or `ROOT`."""
        return next((above for above in self._ancestors(row) if self._snapshot.type(above) in _TURNS), ROOT)

    def requests(self, row: int) -> Iterator[int]:
        """Yield the rows of the model requests around the one that an event answers."""
        above = islice(self._ancestors(row), 1, None)
        return (row for row in above if self._snapshot.type(row) == "llm_request")

    def is_own(self, end: int) -> bool:
        """Whether an end is that of an agent that belongs to no other event."""
        return [self._snapshot.type(row) for row in self._ancestors(end)] == ["agent_start"]

    def parent(self, row: int) -> int:
        """Return the row an event belongs to, or `ROOT`."""
        if self._tree is not None:
            return self._tree.parent(row)
        if row not in self._parents:
            handle = self._snapshot.find(self._snapshot.event(row).parent)
            self._parents[row] = ROOT if handle is None else self._snapshot.row(handle)
        return self._parents[row]

    def _ancestors(self, row: int) -> Iterator[int]:
        """Yield the rows of what an event belongs to, the nearest first; a circle is gone round once."""
        seen = {row}
        while (row := self.parent(row)) != ROOT and row not in seen:
            seen.add(row)
            yield row


def _tools(snapshot: Snapshot) -> dict[int, list[str]]:
    """Return the tools that were called after each answer, before the next one of the same agent and session."""
    tools: dict[int, list[str]] = defaultdict(list)
    last: dict[tuple[str, str], int] = {}
    for row in _rows(snapshot, "llm_response", "tool_call"):
        who = snapshot.session(row), snapshot.agent(row)
        if snapshot.type(row) == "llm_response":
            last[who] = row
        elif who in last:
            tools[last[who]].append(snapshot.name(row))
    return tools


def _reported(snapshot: Snapshot, above: _Above) -> float | None:
    """Return what agents that belong to nothing else said at their end; theirs include those of the others."""
    ends = [snapshot.event(row) for row in _rows(snapshot, "agent_end") if above.is_own(row)]
    said = [end.cost_usd for end in ends if end.cost_usd is not None]
    return sum(said) if said else None


def _rows(snapshot: Snapshot, *types: str) -> Iterable[int]:
    if len(snapshot) > _FEW:
        return snapshot.rows(of_types(types))
    return [row for row in range(len(snapshot)) if snapshot.type(row) in types]
