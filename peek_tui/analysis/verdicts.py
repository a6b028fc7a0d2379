"""What guardrails said: each time one said no to an agent, counted once however many events say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .readings import Reading
from .streaks import by_kind
from .values import word_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["BLOCKS", "SEEMS_NO", "No", "Verdicts", "blocks"]

BLOCKS = frozenset({"fail", "block"})
"""Outcomes of a safety check that say no."""
_STAGES = {"safety_check": 0, "policy_violation": 1, "refusal": 2}
"""In which order events tell of one no."""
_SAID_NO = ("policy_violation", "refusal")
_STEPS = ("decision", "tool_call")
_FAIL, _BLOCK = (f'"{outcome}"'.encode() for outcome in sorted(BLOCKS, reverse=True))


def _seems_no(checks: list[bytes]) -> Iterator[bool]:
    """Return in which safety checks one of the words that say no stands somewhere."""
    return (_BLOCK in check or _FAIL in check for check in checks)


SEEMS_NO = Reading("safety_check", _seems_no)


class No(NamedTuple):
    """A guardrail said no."""

    row: int
    agent: int
    policy: str
    steps: int
    """How many decisions and calls of that agent there were before."""


class Verdicts:
    """Follows what guardrails say in a trace that may grow."""

    def __init__(self) -> None:
        self._steps: dict[int, int] = {}
        self._told: dict[int, tuple[int, int]] = {}
        """Of each agent, after how many steps its last no was told of, and by which kind of event."""

    def take(self, news: News) -> list[No]:
        """Return each no among the new rows, in order."""
        import numpy as np

        rows = news.rows(*_STEPS)
        agents = news.agents(rows)
        order = by_kind(agents)
        counted = _Counted(agents[order], rows[order])
        found = []
        special = np.sort(np.concatenate((news.rows(*_SAID_NO), blocks(news))))
        for row, agent in zip(special.tolist(), news.agents(special).tolist(), strict=True):
            event = news.event(row)
            steps, stage = self._steps.get(agent, 0) + counted.before(agent, row), _STAGES[event.type]
            before = self._told.get(agent)
            self._told[agent] = steps, stage
            if before is None or before[0] != steps or before[1] >= stage:
                found.append(No(row, agent, word_of(event.data.get("policy_name")) or event.name, steps))
        for agent, count in counted.all():
            self._steps[agent] = self._steps.get(agent, 0) + count
        return found


def blocks(news: News) -> NDArray[np.intp]:
    """Return the rows of the new safety checks that said no."""
    import numpy as np

    rows = news.rows(SEEMS_NO.type)[np.array(news.read(SEEMS_NO), np.bool_)].tolist()
    return np.array([row for row in rows if word_of(news.event(row).data.get("outcome")) in BLOCKS], np.intp)


class _Counted(NamedTuple):
    """The steps of each agent: sorted by agent, then by row."""

    agents: NDArray[np.int64]
    rows: NDArray[np.intp]

    def before(self, agent: int, row: int) -> int:
        """Return how many steps of an agent come before a row."""
        first, last = self.agents.searchsorted([agent, agent + 1]).tolist()
        return int(self.rows[first:last].searchsorted(row))

    def all(self) -> list[tuple[int, int]]:
        """Return every agent and how many steps it has."""
        import numpy as np

        agents, counts = np.unique(self.agents, return_counts=True)
        return list(zip(agents.tolist(), counts.tolist(), strict=True))
