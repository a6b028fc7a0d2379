"""What a run cost, for people to read: what is estimated is marked, what is unknown is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from peek_tui.analysis.cost import Costs, Spending
from peek_tui.analysis.prices import HOW_TO_INSTALL, prices_are_known
from peek_tui.trace.tree import ROOT

from . import units
from .table import table
from .text import clean_line

__all__ = ["cost_lines", "money"]

K = TypeVar("K", int, str)

_SHOWN = 5
_RIGHT = frozenset({"calls", "in", "cached", "out", "cost"})


def money(spending: Spending) -> str:
    """Return what something cost: `~` marks an estimate, and what is not known is `unknown`."""
    known = spending.known_usd
    if known is None:
        return "unknown" if spending.unknown else ""
    estimate = "~" if spending.estimated_usd is not None else ""
    return f"{estimate}{units.money(known)}{' + unknown' if spending.unknown else ''}"


def cost_lines(costs: Costs, turn: Callable[[int], str]) -> Iterator[str]:
    """Yield tables of tokens and money; `turn` says what a turn is called, given its event's row."""
    if not costs.total.calls:
        return
    yield from _table("model", costs.by_model, str)
    yield from _table("agent", costs.by_agent, lambda agent: agent or "(the run's own)")
    yield from _table("tool called", costs.by_tool, lambda tool: tool or "(none)")
    yield from _table("turn", costs.by_turn, lambda row: "(none)" if row == ROOT else turn(row))
    calls = round(costs.total.calls)
    yield f"{units.count(calls)} model call{'s' * (calls != 1)}, {money(costs.total)} together"
    if costs.reported_usd is not None and costs.total.recorded_usd is None:
        yield f"the run itself says {units.money(costs.reported_usd)}"
    if costs.total.estimated_usd is not None:
        yield "~ is an estimate by the list prices of genai-prices"
    elif costs.total.unknown and not prices_are_known():
        yield f"to have prices estimated: {HOW_TO_INSTALL}"


def _table(head: str, spendings: Mapping[K, Spending], name: Callable[[K], str]) -> Iterator[str]:
    """Yield the groups that used most; the rest is summed up."""
    if len(spendings) < 2 and head != "model":
        return
    order = sorted(spendings, key=lambda key: (-spendings[key].usage.total, key))
    rows = [_cells(clean_line(name(key)) or "(unnamed)", spendings[key]) for key in order[:_SHOWN]]
    yield from table([head, "calls", "in", "cached", "out", "cost"], rows, right=_RIGHT)
    if len(order) > _SHOWN:
        yield f"… and {units.count(len(order) - _SHOWN)} more"
    yield ""


def _cells(name: str, spending: Spending) -> list[str]:
    calls = units.count(int(spending.calls)) if float(spending.calls).is_integer() else f"{spending.calls:.1f}"
    usage = spending.usage
    return [name, calls, *map(units.tokens, (usage.input, usage.cache_read, usage.output)), money(spending)]
