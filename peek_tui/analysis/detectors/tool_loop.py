"""Tool loop: an agent does the same again and again and learns nothing from it.

Rule: the same call (same agent, tool and arguments) has had the same outcome `SAME` times, or a tool has failed in the
same way `FAILING` times whatever its arguments, or the same call was made `UNANSWERED` times without any result; with
at most `WINDOW` calls of the agent from one time to the next. A call whose results differ waits for something or checks
what was changed, and is no loop; nor are calls with different arguments that work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..alerts import Found
from ..calls import ANSWERED, CALLED, Step, Steps
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..streaks import begins, by_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ToolLoop"]

SAME = 4
FAILING = 5
UNANSWERED = 6
WINDOW = 40

_ANSWERED = "{name} was called {times} times with the same arguments and answered the same each time,"
_FAILED = "{name} failed {times} times with the same arguments"
_ALIKE = "{name} failed {times} times in the same way"
_UNANSWERED = "{name} was called {times} times with the same arguments and nothing came back,"

_PRUNED = 4096
"""Calls that are remembered before those are looked for that are too long ago."""


class ToolLoop:
    """Finds loops of one repeated call."""

    rule = "tool_loop"
    reads = (CALLED, ANSWERED)

    def __init__(self) -> None:
        self._last: dict[int, Step | _Run] = {}
        """What happened once, or several times, within the window, by what it was."""
        self._newest: dict[int, int] = {}
        """The number of each agent's newest call."""
        self._prune_at = _PRUNED
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        last, newest, forget = self._last, self._newest, self._last.pop
        steps = news.steps
        is_call = steps.is_call
        newest.update(zip(steps.agent[is_call].tolist(), steps.number[is_call].tolist(), strict=True))
        for step in steps.some(self._worth_looking_at(steps)):
            row, call, _, _, _, key, _, _ = step
            if row == call:
                if key in last:
                    self._repeated(key, step, UNANSWERED, _UNANSWERED)
                else:
                    last[key] = step
            else:
                forget(key, None)
                self._answered(step)
        if len(last) > self._prune_at:
            self._prune()
        return self._episodes.tell(news)

    def _worth_looking_at(self, steps: Steps) -> NDArray[np.bool_]:
        """Return which steps repeat something, or may be repeated by later news."""
        import numpy as np

        is_call = steps.is_call
        wanted: NDArray[np.bool_] = self._is_recent(steps) | (steps.failed != 0)
        wanted |= ~is_call & self._is_known(steps.key ^ steps.outcome)
        order = np.argsort(steps.key, kind="stable")
        keys, calls = steps.key[order], is_call[order]
        first = begins(order, steps.key)
        group, firsts = np.cumsum(first) - 1, np.flatnonzero(first)
        several = order[~calls & (np.bincount(group[~calls], minlength=len(keys))[group] > 1)]  # results of one key
        _, same, times = np.unique(steps.outcome[several] ^ steps.key[several], return_inverse=True, return_counts=True)
        wanted[several] |= (times > 1)[same]
        # calls of one key with no result between, or results
        run = np.cumsum(first | (calls != np.roll(calls, 1))) - 1
        is_last = run == run[np.append(firsts[1:], len(keys)) - 1][group] if len(keys) else first
        wanted_group = self._is_known(keys[firsts])
        wanted_group[group[calls & (np.bincount(run)[run] >= UNANSWERED)]] = True
        wanted[order] |= wanted_group[group] | (calls & is_last)
        return wanted

    def _is_recent(self, steps: Steps) -> NDArray[np.bool_]:
        """Return which steps are of calls that may be repeated by later news."""
        import numpy as np

        order = by_kind(steps.agent)
        firsts = np.flatnonzero(begins(order, steps.agent))
        newest = np.array([self._newest[agent] for agent in steps.agent[order[firsts]].tolist()], np.int64)
        recent = np.empty(len(order), np.bool_)
        recent[order] = np.repeat(newest, np.diff(firsts, append=len(order))) - steps.number[order] <= WINDOW
        return recent

    def _is_known(self, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        import numpy as np

        return np.fromiter(map(self._last.__contains__, keys.tolist()), np.bool_, len(keys))

    def _answered(self, step: Step) -> None:
        key = step.key ^ step.outcome
        if not step.failed:
            self._repeated(key, step, SAME, _ANSWERED)
            return
        alike = self._repeated(hash((step.agent, step.name, step.outcome)), step, FAILING, _ALIKE, tell=False)
        same = self._repeated(key, step, SAME, _FAILED, tell=False)
        for run, other in ((same, alike), (alike, same)):
            if run is not None and run.count >= run.times and (other is None or run.count >= other.count):
                self._episodes.touch((run.key, run.first_row), "high", run)
                return

    def _repeated(self, key: int, step: Step, times: int, says: str, *, tell: bool = True) -> _Run | None:
        """Take something that happened, and return how often it has by now if that is more than once."""
        before = self._last.get(key)
        if before is None or step.number - before.number > WINDOW:
            self._last[key] = step
            return None
        if isinstance(before, _Run):
            run = before
        else:
            run = self._last[key] = _Run(key, before, times, says)
        run.take(step)
        if tell and run.count >= times:
            self._episodes.touch((key, run.first_row), "high", run)
        return run

    def _prune(self) -> None:
        newest = self._newest
        old = [key for key, one in self._last.items() if newest[one.agent] - one.number > WINDOW]
        for key in old:
            del self._last[key]
        self._prune_at = _PRUNED + 2 * len(self._last)


class _Run(Episode):
    """Repetitions that follow each other within the window."""

    __slots__ = ("agent", "key", "name", "number", "says", "times")

    def __init__(self, key: int, first: Step, times: int, says: str) -> None:
        super().__init__()
        self.key = key
        self.agent = first.agent
        self.name = first.name
        self.number = 0
        """Which call of its agent the last one was."""
        self.times = times
        """How often it takes to be a loop."""
        self.says = says
        self.take(first)

    def take(self, step: Step) -> None:
        """Take the next repetition."""
        self.number = step.number
        self.add(step.call, step.row)

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name))
        return f"{self.says.format(name=name, times=number(self.count))} {self.between}"
