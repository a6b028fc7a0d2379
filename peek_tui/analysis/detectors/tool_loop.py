"""Tool loop: an agent does the same again and again and learns nothing from it.

Rule: the same call (same agent, tool and arguments) has had the same outcome `SAME` times, or a tool has failed in the
same way `FAILING` times whatever its arguments, or the same call was made `UNANSWERED` times without any result; with
at most `WINDOW` calls of the agent from one time to the next. A call whose results differ waits for something or checks
what was changed, and is no loop; nor are calls with different arguments that work.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from ..alerts import Found
from ..calls import Call
from ..episodes import Episode, Episodes, number, quoted
from ..news import News

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
"""Repetitions that are kept before those are looked for that cannot go on."""


class ToolLoop:
    """Finds loops of one repeated call."""

    rule = "tool_loop"

    def __init__(self) -> None:
        self._runs: dict[Hashable, _Run] = {}
        self._newest: dict[tuple[int, int], int] = {}
        """The number of each agent's newest call."""
        self._prune_at = _PRUNED
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        for step in news.steps:
            call = step.call
            if step.is_call:
                self._newest[call.agent] = call.number
                self._touch(self._repeated(("open", call.key), call, _UNANSWERED), UNANSWERED)
            else:
                self._runs.pop(("open", call.key), None)
                self._answered(call)
        if len(self._runs) > self._prune_at:
            self._prune()
        return self._episodes.tell(news)

    def _answered(self, call: Call) -> None:
        same = self._repeated((call.key, call.outcome), call, _FAILED if call.failed else _ANSWERED)
        if call.failed:
            failing = self._repeated((call.agent, call.name, call.outcome), call, _ALIKE)
            if failing.count >= FAILING and same.count < failing.count:
                self._touch(failing, FAILING)
                return
        self._touch(same, SAME)

    def _repeated(self, key: Hashable, call: Call, title: str) -> _Run:
        run = self._runs.get(key)
        if run is None or call.number - run.number > WINDOW:
            run = self._runs[key] = _Run(key, call, title)
        run.number = call.number
        run.add(call.row, call.result)
        return run

    def _touch(self, run: _Run, times: int) -> None:
        if run.count >= times:
            self._episodes.touch((run.key, run.first_row), "high", run)

    def _prune(self) -> None:
        runs = self._runs
        self._runs = {key: run for key, run in runs.items() if self._newest[run.agent] - run.number <= WINDOW}
        self._prune_at = _PRUNED + 2 * len(self._runs)


class _Run(Episode):
    """Repetitions that follow each other within the window."""

    __slots__ = ("agent", "key", "name", "number", "says")

    def __init__(self, key: Hashable, call: Call, title: str) -> None:
        super().__init__()
        self.key = key
        self.agent = call.agent
        self.name = call.name
        self.number = call.number
        """Which call of its agent the last one was."""
        self.says = title

    def title(self, news: News) -> str:
        name = quoted(news.snapshot.columns.words("name")[self.name])
        return f"{self.says.format(name=name, times=number(self.count))} {self.between}"
