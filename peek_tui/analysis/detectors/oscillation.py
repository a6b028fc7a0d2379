"""Oscillation: an agent goes round in a circle of a few calls that bring nothing new.

Rule: the newest calls of an agent repeat with a period of 2 to 4, with at least two different calls in the circle, for
`ROUNDS[period]` whole rounds, and each call had the same outcome as a round before wherever both are known. The circle
may begin anywhere, and model calls, results and other agents' events may lie between. One call repeated alone is a tool
loop; calls whose results change are waiting for something.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..alerts import Found
from ..calls import ANSWERED, CALLED, Step, Steps
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..streaks import by_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Oscillation"]

ROUNDS = {2: 2, 3: 3, 4: 3}
"""Of each period, how many rounds it takes."""
_KEPT = max(period * rounds for period, rounds in ROUNDS.items())


class Oscillation:
    """Finds circles of calls."""

    rule = "oscillation"
    reads = (CALLED, ANSWERED)

    def __init__(self) -> None:
        self._agents: dict[int, _Agent] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        agents = self._agents
        for step in news.steps.some(_worth_looking_at(news.steps)):
            row, call, number, of, _, key, _, _ = step
            agent = agents.get(of)
            if agent is None:
                agent = agents[of] = _Agent()
            if row != call:
                agent.results[call] = step
                if call == agent.newest and (agent.circle is not None or key in agent.keys[-5:-2]):
                    self._look(agent)
                continue
            if agent.calls and agent.calls[-1].number != number - 1:
                agent.begin()  # those between close no circle
            elif agent.newest not in agent.results and agent.calls:
                self._look(agent)
            agent.calls.append(step)
            agent.keys.append(key)
            agent.newest = row
            if len(agent.keys) > 8 * _KEPT:
                agent.forget()
        if news.over:
            for agent in agents.values():
                self._look(agent)
        return self._episodes.tell(news)

    def _look(self, agent: _Agent) -> None:
        """Look whether the newest call closes a circle, or goes on in one."""
        calls = agent.calls
        if agent.keys[-1] not in agent.keys[-5:-2]:
            agent.circle = None
            return
        keys = agent.keys
        for period, rounds in ROUNDS.items():
            size = period * rounds
            if len(keys) < size or keys[period - size :] != keys[-size:-period]:
                continue
            part = calls[-size:]
            if agent.goes_round(part, period):
                if agent.circle is None or agent.circle.period != period:
                    agent.circle = _Circle(period)
                for call in part:
                    agent.circle.go_on(call, agent.results.get(call.row))
                self._episodes.touch((agent.circle.first_row, period), "high", agent.circle)
                return
        agent.circle = None


def _worth_looking_at(steps: Steps) -> NDArray[np.bool_]:
    """Return which steps are of calls that may close a circle, of those around them, or of an agent's first or last."""
    import numpy as np

    calls = np.flatnonzero(steps.is_call)
    calls = calls[by_kind(steps.agent[calls])]
    agents, keys = steps.agent[calls], steps.key[calls]
    near = np.zeros(len(calls) + 1, np.int64)
    changes = np.flatnonzero(agents[1:] != agents[:-1]) + 1
    edges = [0, *changes.tolist(), len(calls)]
    for first, last in ((0, _KEPT), (-_KEPT - 1, 0)):
        np.add.at(near, np.clip(np.add(edges, first), 0, len(calls)), 1)
        np.add.at(near, np.clip(np.add(edges, last), 0, len(calls)), -1)
    for period, rounds in ROUNDS.items():
        places = _closes(agents, keys, period, rounds)
        np.add.at(near, np.maximum(places - period * rounds, 0), 1)
        np.add.at(near, np.minimum(places + 2, len(calls)), -1)
    wanted = np.ones(len(steps.row), np.bool_)
    wanted[calls] = np.cumsum(near)[: len(calls)] > 0
    left_out = np.sort(steps.row[calls[~wanted[calls]]])
    if len(left_out):
        place = np.minimum(left_out.searchsorted(steps.call), len(left_out) - 1)
        wanted &= left_out[place] != steps.call
    return wanted


def _closes(agents: NDArray[np.int64], keys: NDArray[np.int64], period: int, rounds: int) -> NDArray[np.intp]:
    """Return the places of calls that are as a period before, and so are those before them for the other rounds."""
    import numpy as np

    alike = (keys[period:] == keys[:-period]) & (agents[period:] == agents[:-period])
    in_a_row = period * (rounds - 1)
    before = np.concatenate(([0], np.cumsum(alike)))
    return np.flatnonzero(before[in_a_row:] - before[:-in_a_row] == in_a_row) + in_a_row - 1 + period


class _Agent:
    """The newest calls of an agent."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Know of no calls."""
        self.calls: list[Step] = []
        self.keys: list[int] = []
        """Theirs."""
        self.results: dict[int, Step] = {}
        """By the row of the call."""
        self.newest = -1
        """The row of the newest one."""
        self.circle: _Circle | None = None
        """The one it goes round in at the moment."""

    def forget(self) -> None:
        """Let go of all but the calls that a circle may be made of."""
        self.calls, self.keys = self.calls[-_KEPT:], self.keys[-_KEPT:]
        kept = {call.row for call in self.calls}
        self.results = {row: result for row, result in self.results.items() if row in kept}

    def goes_round(self, calls: list[Step], period: int) -> bool:
        """Whether calls whose keys repeat with a period are of two kinds at least, and bring nothing new."""
        if len({call.key for call in calls[:period]}) < 2:
            return False
        for one, later in zip(calls, calls[period:], strict=False):
            before, after = self.results.get(one.row), self.results.get(later.row)
            if before is not None and after is not None and before.outcome != after.outcome:
                return False
        return True


class _Circle(Episode):
    __slots__ = ("names", "period")

    def __init__(self, period: int) -> None:
        super().__init__()
        self.period = period
        self.names: list[int] = []

    def go_on(self, call: Step, result: Step | None) -> None:
        """Take a call that may have been taken before, now with its result."""
        last_row = call.row if result is None else result.row
        if not self.rows or call.row > self.rows[-1]:
            self.add(call.row, last_row)
            if len(self.names) < self.period:
                self.names.append(call.name)
        self.last_row = max(self.last_row, last_row)

    def title(self, news: News) -> str:
        names = " → ".join(quoted(news.word("name", name)) for name in self.names)
        return f"{names} went round {number(self.count // self.period)} times with nothing new, {self.between}"
