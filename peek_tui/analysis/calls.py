"""Tool calls and what came of them: which are the same, which failed, what was tried again.

Two calls are *the same* when the same agent calls the same tool with the same arguments. The *outcome* of a call is the
payload of its result, or its error without the stack. A result belongs to the call that is its parent, else to the last
call of that tool by that agent which still has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from peek_tui.trace.model import parse_fields, read_failure

if TYPE_CHECKING:
    from .news import News

__all__ = ["PAYLOAD", "Calls", "Step", "payload"]

_CALL, _RESULT = "tool_call", "tool_result"


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


class Calls:
    """Follows the calls of a trace that may grow."""

    def __init__(self) -> None:
        self._open: dict[int, Step] = {}
        """Calls without a result, by row."""
        self._numbers: dict[int, int] = {}

    def take(self, news: News) -> list[Step]:
        """Return the calls and results among new rows, in order."""
        rows = news.rows(_CALL, _RESULT)
        if not len(rows):
            return []
        at = rows - news.start
        is_call = (news.column("type")[at] == news.code("type", _CALL)).tolist()
        names, failed = (news.column(name)[at].tolist() for name in ("name", "failed"))
        agents, parents = news.agents(rows).tolist(), news.parent_rows(rows)
        digests = map(hash, news.payloads(_CALL)), map(hash, news.payloads(_RESULT))
        steps = []
        open, numbers, make = self._open, self._numbers, Step._make
        for row, parent, calls, agent, name, fails in zip(
            rows.tolist(), parents, is_call, agents, names, failed, strict=True
        ):
            if calls:
                number = numbers[agent] = numbers.get(agent, -1) + 1
                key = hash((agent, name, next(digests[0])))
                open[row] = step = make((row, row, number, agent, name, key, 0, False))
                steps.append(step)
                continue
            outcome = next(digests[1])
            call = open.pop(parent, None) or self._last_open(agent, name)
            if call is not None:
                if fails:
                    outcome = hash(_failure(news.snapshot.raw(row)))
                steps.append(make((row, call[0], call[2], call[3], call[4], call[5], outcome, bool(fails))))
        return steps

    def _last_open(self, agent: int, name: int) -> Step | None:
        """Take the last call of a tool that has no result yet out of the open ones."""
        for row, call in reversed(self._open.items()):
            if call.agent == agent and call.name == name:
                return self._open.pop(row)
        return None


class _Line(msgspec.Struct, frozen=True, gc=False):
    data: msgspec.Raw = msgspec.Raw(b"")


PAYLOAD = b',"data":'
_FIXED = 129
"""Where the type stands in a line of `capture`'s own making: the part before has a fixed width."""
_decode = msgspec.json.Decoder(_Line).decode


def payload(line: bytes) -> bytes:
    """Return the payload of an event's line as it is written there, which is enough to tell whether two are equal."""
    at = line.find(PAYLOAD)
    head = line[_FIXED:at]
    if head.startswith(b'"type":"') and b',"name":' in head and b',"source":' not in head:
        return line[at:]  # as `capture` writes it, and several times as fast
    try:
        return bytes(_decode(line).data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return line


def _failure(line: bytes) -> tuple[str, str]:
    """Return the type and the message of a failure: a stack is another one each time."""
    failure = read_failure(parse_fields(line)[0].get("error"))
    return (failure.type, failure.message) if failure else ("", "")
