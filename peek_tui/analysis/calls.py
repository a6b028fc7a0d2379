"""Tool calls and what came of them: which are the same, which failed, what was tried again.

Two calls are *the same* when the same agent calls the same tool with the same arguments. The *outcome* of a call is the
payload of its result, or its error without the stack. A result belongs to the call that is its parent, else to the last
call of that tool by that agent which still has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from peek_tui.trace.model import parse_fields, read_failure

if TYPE_CHECKING:
    from .news import News

__all__ = ["Call", "Calls", "Step"]

_CALL, _RESULT = "tool_call", "tool_result"


@dataclass(slots=True)
class Call:
    """A tool call, and its result once there is one."""

    row: int
    number: int
    """How many calls of its agent there were before it."""
    agent: tuple[int, int]
    """The codes of its session and its agent."""
    name: int
    """The code of the tool."""
    key: int
    """The same for calls that are the same."""
    result: int = -1
    """The row of its result."""
    outcome: int = 0
    """The same for results that are the same."""
    failed: bool = False


class Step(NamedTuple):
    """A call, or the result of one: whichever stands in the row."""

    row: int
    call: Call

    @property
    def is_call(self) -> bool:
        return self.row == self.call.row


class Calls:
    """Follows the calls of a trace that may grow."""

    def __init__(self) -> None:
        self._open: dict[int, Call] = {}
        """Calls without a result, by row."""
        self._numbers: dict[tuple[int, int], int] = {}

    def take(self, news: News) -> list[Step]:
        """Return the calls and results among new rows, in order."""
        rows = news.rows(_CALL, _RESULT)
        if not len(rows):
            return []
        columns, at = news.snapshot.columns, rows - news.start
        [result] = [code for code, word in enumerate(columns.words("type")) if word == _RESULT] or [-1]
        parents = news.parent_rows(rows)
        facts = (news.column(name)[at].tolist() for name in ("type", "session", "agent", "name", "failed"))
        steps = []
        lines = news.snapshot.lines(rows)
        for row, parent, line, (type, session, agent, name, failed) in zip(
            rows.tolist(), parents, lines, zip(*facts, strict=True), strict=True
        ):
            said = _read(line)
            if type != result:
                steps.append(Step(row, self._begin(row, (session, agent), name, said.data)))
            elif (call := self._answered(parent, (session, agent), name)) is not None:
                call.result, call.failed = row, bool(failed)
                call.outcome = hash(_failure(line)) if failed else hash(bytes(said.data))
                steps.append(Step(row, call))
        return steps

    def _begin(self, row: int, agent: tuple[int, int], name: int, data: Any) -> Call:
        number = self._numbers[agent] = self._numbers.get(agent, -1) + 1
        call = self._open[row] = Call(row, number, agent, name, hash((agent, name, bytes(data))))
        return call

    def _answered(self, parent: int, agent: tuple[int, int], name: int) -> Call | None:
        """Take the call out of the open ones to which a result belongs."""
        call = self._open.pop(parent, None)
        if call is not None:
            return call
        same = (call for call in reversed(self._open.values()) if (call.agent, call.name) == (agent, name))
        call = next(same, None)
        return None if call is None else self._open.pop(call.row)


class _Line(msgspec.Struct, frozen=True, gc=False):
    data: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Line).decode


def _read(line: bytes) -> _Line:
    try:
        return _decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Line(msgspec.Raw(line))


def _failure(line: bytes) -> tuple[str, str]:
    failure = read_failure(parse_fields(line)[0].get("error"))
    return (failure.type, failure.message) if failure else ("", "")
