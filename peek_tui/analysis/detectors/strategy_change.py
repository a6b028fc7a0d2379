"""Strategy change without new evidence: an agent drops what it chose although nothing has happened since.

Rule: two decisions of one agent follow each other with only talk to its model between them, the second chooses
otherwise, and it goes back on the first: what it chooses stood among the alternatives of the first, or the first choice
stands among its own, or both name evidence and the second names none that the first had not. A step that was carried
out, a result, a message, a check or an error between them is a reason to think again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peek_tui.trace.model import Event

from ..alerts import Alert, Found
from ..episodes import number, quoted
from ..news import News
from ..streaks import by_kind
from ..values import word_of

__all__ = ["StrategyChange"]

TALK = frozenset({"llm_request", "llm_response", "llm_chunk", "log", "clock", "random", "new_id", "checkpoint"})
"""What is no reason to decide otherwise."""


class StrategyChange:
    """Finds decisions that contradict the one before."""

    rule = "strategy_change"

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        """Of each agent its last decision, if there is nothing but talk behind it: its row."""

    def take(self, news: News) -> Iterator[Found]:
        columns = news.snapshot.columns
        for before, after in self._pairs(news):
            if columns.name[before] != columns.name[after]:
                first, second = news.event(before), news.event(after)
                if _goes_back(first, second):
                    yield self._found(first, second)

    def _pairs(self, news: News) -> Iterator[tuple[int, int]]:
        """Yield the rows of two decisions of one agent with nothing but talk between them, in order of the second."""
        import numpy as np

        types = news.column("type")
        matters = np.array([word not in TALK for word in news.snapshot.columns.words("type")], np.bool_)
        at = np.flatnonzero(matters.take(types)) if len(types) else np.empty(0, np.intp)
        agents, decides = news.agents(at + news.start), types[at] == news.code("type", "decision")
        order = by_kind(agents)
        rows, agents, decides = at[order] + news.start, agents[order], decides[order]
        same = agents[1:] == agents[:-1]
        both = np.flatnonzero(same & decides[1:] & decides[:-1])
        pairs = list(zip(rows[both].tolist(), rows[both + 1].tolist(), strict=True))
        firsts = np.flatnonzero(np.concatenate(([True], ~same)))[: len(rows)]
        lasts = np.flatnonzero(np.concatenate((~same, [True])))[: len(rows)]
        for first in firsts.tolist():
            before = self._last.pop(int(agents[first]), None)
            if before is not None and decides[first]:
                pairs.append((before, int(rows[first])))
        self._last |= {int(agents[last]): int(rows[last]) for last in lasts.tolist() if decides[last]}
        return iter(sorted(pairs, key=lambda pair: pair[1]))

    def _found(self, first: Event, second: Event) -> Found:
        title = (
            f"the agent went from {quoted(_choice(first), 'one choice')} to {quoted(_choice(second), 'another')}"
            f" at {number(second.row)} with no new evidence since {number(first.row)}"
        )
        ids = first.id, second.id
        return Found(second.row, Alert(self.rule, "low", title, ids, first.row, second.row))


def _choice(event: Event) -> str:
    return word_of(event.data.get("chosen_action")) or event.name


def _goes_back(first: Event, second: Event) -> bool:
    if _choice(second) in _words(first.data.get("alternatives")):
        return True
    if _choice(first) in _words(second.data.get("alternatives")):
        return True
    before, after = _evidence(first), _evidence(second)
    return bool(before and after) and after <= before


def _evidence(event: Event) -> set[str]:
    return _words(event.data.get("evidence")) | _words(event.data.get("evidence_event_ids"))


def _words(value: Any) -> set[str]:
    return set(filter(None, map(word_of, value if isinstance(value, list) else [value])))
