"""How a run ended, as far as its events show it: the last message, the last call, the list of things to do.

A run here is what the agent that belongs to no other did between its start and its end, in one session; where it has no
end, up to the last event there is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from peek_tui.trace.model import Event

from .values import word_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["Called", "Ending", "Todo", "answer_text", "endings"]

_TODO_TOOL = re.compile(r"to_?do|update_plan|plan_?update|task_?list", re.IGNORECASE)
_DONE = frozenset({"completed", "complete", "done", "cancelled", "canceled", "skipped"})
_TEXT_KEYS = ("content", "text", "task", "step", "title", "description")
_LOOKED_AT = 400
"""Calls before the end that are looked at."""


class Todo(NamedTuple):
    """An item of the agent's own list."""

    text: str
    status: str

    @property
    def is_open(self) -> bool:
        return self.status.lower() not in _DONE


class Called(NamedTuple):
    """A call and its result, None where there is none."""

    call: Event
    result: Event | None


@dataclass
class Ending:
    """The end of one run."""

    news: News
    first: int
    """Its first row."""
    last: int
    """The row of its end, or of its last event."""
    agent: int
    """Stands for its session and the agent."""
    said: Event | None
    """The agent's own end; None where it wrote none."""
    began: bool = True
    """Whether its beginning is in the trace; where not even that is, nothing can be said of an end that is missing."""

    @cached_property
    def answer(self) -> Event | None:
        """The last answer of the agent's model, if the agent did nothing after it: no call, no result."""
        answers = self._rows("llm_response")
        if not len(answers):
            return None
        event = self.news.event(int(answers[-1]))
        later = self._rows("tool_call", "tool_result")
        calls = bool(event.data.get("tool_calls")) or any(_is_call(block) for block in _blocks(event))
        return None if calls or (len(later) and int(later[-1]) > event.row) else event

    @cached_property
    def has_model(self) -> bool:
        """Whether there are answers of a model at all."""
        return len(self._rows("llm_response")) > 0

    @cached_property
    def calls(self) -> list[Called]:
        """The agent's last calls with their results, in order."""
        rows = self._rows("tool_call")[-_LOOKED_AT:].tolist()
        answers = self._rows("tool_result")
        answers = answers[answers.searchsorted(rows[0] if rows else 0) :]
        results = {self.news.parent_row(row): row for row in answers.tolist()}
        event = self.news.event
        return [Called(event(row), event(results[row]) if row in results else None) for row in rows]

    @cached_property
    def todos(self) -> tuple[Event, list[Todo]] | None:
        """The last list of things to do that the agent wrote, and where."""
        for call in (called.call for called in reversed(self.calls)):
            if _TODO_TOOL.search(call.name) and (todos := _todos(call.data.get("arguments"))) is not None:
                return call, todos
        return None

    def _rows(self, *types: str) -> NDArray[np.intp]:
        """Return the rows of the agent's events of these types."""
        import numpy as np

        columns = self.news.snapshot.columns
        part = slice(self.first, self.last + 1)
        mask = np.isin(columns.type[part], [self.news.code("type", type) for type in types])
        mask &= (columns.session[part] == self.agent >> 32) & (columns.agent[part] == self.agent & 0xFFFFFFFF)
        return np.flatnonzero(mask) + self.first


def endings(news: News, starts: dict[int, int]) -> list[Ending]:
    """Return the runs that ended in the new rows; when `news.over`, also those that have no end.

    `starts` keeps from one news to the next, for each session, where the run began that has not ended.
    """
    columns = news.snapshot.columns
    found = []
    start = news.code("type", "agent_start")
    for row in news.rows("agent_start", "agent_end").tolist():
        session, agent = int(columns.session[row]), int(columns.agent[row])
        if columns.type[row] == start:
            if columns.parent[row] < 0:
                starts.setdefault(session, row)
        elif news.parent_row(row) in (-1, starts.get(session)):
            first = starts.pop(session, 0)
            found.append(Ending(news, first, row, session << 32 | agent, news.event(row)))
    if news.over:
        found += [_cut_off(news, session, first) for session, first in _without_end(news, starts)]
    return found


def _without_end(news: News, starts: dict[int, int]) -> list[tuple[int, int]]:
    types, sessions = news.snapshot.types(), news.snapshot.columns.session
    if starts or types["agent_start"] or types["agent_end"]:
        return list(starts.items())
    return [(int(sessions[0]), 0)] if len(sessions) and (sessions == sessions[0]).all() else []


def _cut_off(news: News, session: int, first: int) -> Ending:
    import numpy as np

    columns = news.snapshot.columns
    last = int(np.flatnonzero(columns.session == session)[-1])
    began = bool(columns.type[first] == news.code("type", "agent_start"))
    return Ending(news, first, last, session << 32 | int(columns.agent[first]), None, began)


def answer_text(event: Event) -> str:
    """Return what an answer of a model says in words."""
    content = event.data.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(word_of(block.get("text")) for block in _blocks(event) if block.get("type", "text") == "text")


def _blocks(event: Event) -> list[dict[str, Any]]:
    content = event.data.get("content")
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _is_call(block: dict[str, Any]) -> bool:
    return word_of(block.get("type")).endswith(("tool_use", "function_call", "tool_call"))


def _todos(arguments: Any) -> list[Todo] | None:
    """Return the items of a list of things to do, in whatever key of a call's arguments it stands."""
    values = arguments.values() if isinstance(arguments, dict) else ()
    for value in values:
        if isinstance(value, list) and value and all(isinstance(one, dict) and "status" in one for one in value):
            return [Todo(_text(one), word_of(one["status"])) for one in value]
    return None


def _text(item: dict[str, Any]) -> str:
    return next((word_of(item[key]) for key in _TEXT_KEYS if item.get(key)), "")
