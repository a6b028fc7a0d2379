"""Tool calls and what came of them: which are the same, which failed, what was tried again.

Two calls are *the same* when the same agent calls the same tool with the same arguments. The *outcome* of a call is the
payload of its result, or its error without the stack. A result belongs to the call that is its parent, else to the last
call of that tool by that agent which still has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from peek_tui.trace.model import parse_fields, read_failure

from .readings import Reading
from .streaks import count_by_kind, mixed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["ANSWERED", "CALLED", "Calls", "Step", "Steps"]

_CALL, _RESULT = "tool_call", "tool_result"


def _digests(payloads: list[bytes]) -> Iterator[int]:
    """Return what is the same for payloads that are the same."""
    return map(hash, payloads)


CALLED, ANSWERED = Reading(_CALL, _digests), Reading(_RESULT, _digests)


class Step(NamedTuple):
    """A tool call, or the result of one."""

    row: int
    call: int
    """The row of the call: the same one where this is the call."""
    number: int
    """How many calls of its agent there were before it."""
    agent: int
    """Stands for its session and its agent."""
    name: int
    """The code of the tool."""
    key: int
    """The same for calls that are the same."""
    outcome: int
    """The same for results that are the same; 0 for a call."""
    failed: bool

    @property
    def is_call(self) -> bool:
        return self.row == self.call


class Steps(NamedTuple):
    """The steps of some rows, in order: a vector for each field of `Step`."""

    row: NDArray[np.int64]
    call: NDArray[np.int64]
    number: NDArray[np.int64]
    agent: NDArray[np.int64]
    name: NDArray[np.int64]
    key: NDArray[np.int64]
    outcome: NDArray[np.int64]
    failed: NDArray[np.int64]

    @property
    def is_call(self) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = self.row == self.call
        return same

    def some(self, wanted: NDArray[np.bool_]) -> Iterator[Step]:
        """Yield the wanted ones: a truth value each."""
        return map(Step._make, zip(*(column[wanted].tolist() for column in self), strict=True))


class Calls:
    """Follows the calls of a trace that may grow."""

    def __init__(self) -> None:
        self._open = _Open()
        self._counts: dict[tuple[int, ...], int] = {}
        """How many calls each agent has made."""

    def take(self, news: News) -> Steps:
        """Return the calls and results among new rows, in order."""
        import numpy as np

        steps = self._take_plain(news)
        if steps is None:
            some = self._take_any(news)
            steps = Steps(*np.array(some, np.int64).reshape(-1, len(Step._fields)).T)
        return steps

    def _take_plain(self, news: News) -> Steps | None:
        """Do it with vectors, or return None where a result is not the first one whose parent is an open call."""
        import numpy as np

        rows = news.rows(_CALL, _RESULT)
        types = news.column("type")[rows - news.start]
        calls, results = (np.flatnonzero(types == news.code("type", type)) for type in (_CALL, _RESULT))
        parents = np.array(news.parent_rows(rows[results]), np.int64)
        place = np.searchsorted(rows[calls], parents)
        here = np.append(rows[calls], -2)[place] == parents
        earlier = parents[~here].tolist()
        first_ones = len(np.unique(parents)) == len(parents) and bool((parents < rows[results]).all())
        if not first_ones or not all(parent in self._open for parent in earlier):
            return None
        steps = Steps(*np.zeros((len(Step._fields), len(rows)), np.int64))
        steps.row[:] = rows
        steps.call[:] = rows
        steps.agent[:] = news.agents(rows)
        steps.name[:] = news.column("name")[rows - news.start]
        steps.number[calls] = count_by_kind(self._counts, steps.agent[calls]).before
        steps.key[calls] = _keys(steps.agent[calls], steps.name[calls], news.read(CALLED))
        for column in (steps.call, steps.number, steps.agent, steps.name, steps.key):
            column[results[here]] = column[calls[place[here]]]
        answered = [self._open.take(parent) for parent in earlier]
        for at, call in zip(results[~here].tolist(), answered, strict=True):
            for column, value in zip(steps[1:6], call[1:6], strict=True):
                column[at] = value
        steps.outcome[results] = news.read(ANSWERED)
        steps.failed[results] = news.column("failed")[rows[results] - news.start]
        for at in np.flatnonzero(steps.failed).tolist():
            steps.outcome[at] = hash(_failure(news.snapshot.raw(int(rows[at]))))
        left = np.zeros(len(rows), np.bool_)
        left[calls] = True
        left[calls[place[here]]] = False
        for step in steps.some(left):
            self._open.add(step)
        return steps

    def _take_any(self, news: News) -> list[Step]:
        """Do it one by one."""
        rows = news.rows(_CALL, _RESULT)
        at = rows - news.start
        is_call = news.column("type")[at] == news.code("type", _CALL)
        names, failed = (news.column(name)[at] for name in ("name", "failed"))
        agents, parents = news.agents(rows), news.parent_rows(rows)
        keys = iter(_keys(agents[is_call], names[is_call], news.read(CALLED)).tolist())
        outcomes = iter(news.read(ANSWERED))
        steps = []
        open, counts, make = self._open, self._counts, Step._make
        for row, parent, calls, agent, name, fails in zip(
            rows.tolist(), parents, is_call.tolist(), agents.tolist(), names.tolist(), failed.tolist(), strict=True
        ):
            if calls:
                number = counts.get((agent,), 0)
                counts[agent,] = number + 1
                step = make((row, row, number, agent, name, next(keys), 0, False))
                open.add(step)
                steps.append(step)
                continue
            outcome = next(outcomes)
            call = open.take(parent) if parent in open else open.take_last(agent, name)
            if call is not None:
                if fails:
                    outcome = hash(_failure(news.snapshot.raw(row)))
                steps.append(make((row, call[0], call[2], call[3], call[4], call[5], outcome, bool(fails))))
        return steps


def _keys(agents: NDArray[np.int64], names: NDArray[Any], arguments: list[int]) -> NDArray[np.int64]:
    """Return for some calls what is the same for those that are the same."""
    import numpy as np

    return mixed(np.array(arguments, np.int64), agents, names)


class _Open:
    """The calls that have no result yet."""

    def __init__(self) -> None:
        self._calls: dict[int, Step] = {}
        self._rows: dict[tuple[int, int], list[int]] = {}
        """Of each agent and tool the rows of its calls: the last one is open, those before it may not be."""

    def __contains__(self, row: int) -> bool:
        return row in self._calls

    def add(self, call: Step) -> None:
        self._calls[call.row] = call
        self._rows.setdefault((call.agent, call.name), []).append(call.row)

    def take(self, row: int) -> Step:
        """Take the call in a row out of the open ones."""
        call = self._calls.pop(row)
        rows = self._rows[call.agent, call.name]
        while rows and rows[-1] not in self._calls:
            rows.pop()
        if not rows:
            del self._rows[call.agent, call.name]
        return call

    def take_last(self, agent: int, name: int) -> Step | None:
        """Take the last call of a tool by an agent, None where none is open."""
        rows = self._rows.get((agent, name))
        return self.take(rows[-1]) if rows else None


class _Error(msgspec.Struct, frozen=True, gc=False):
    type: str = "Error"
    message: str = ""


class _Failed(msgspec.Struct, frozen=True, gc=False):
    error: _Error


_decode_failed = msgspec.json.Decoder(_Failed).decode


def _failure(line: bytes) -> tuple[str, str]:
    """Return the type and the message of a failure: a stack is another one each time."""
    try:
        error = _decode_failed(line).error
        return error.type, error.message
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass  # a foreign writer's, or odd
    failure = read_failure(parse_fields(line)[0].get("error"))
    return (failure.type, failure.message) if failure else ("", "")
