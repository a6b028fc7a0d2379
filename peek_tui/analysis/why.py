"""The chain of causes that leads from a root to an event.

Walking back from the event, each step goes to what caused it most directly, by the first of these that there is:

- `call`: what a result or a model's answer answers;
- `retry`: the attempt that a call repeats after it failed, as `failures.py` defines it;
- `link`: an event it names as one that led to it, the latest of them;
- `value`: where it belongs to a turn or an agent as a whole: the event in which a value that it uses stands first in
  its run, the latest of these over its values;
- `parent`: what it belongs to;
- `root`: nothing; the chain begins here.

A call that follows a decision is asked about through the decision, and a model's answer through its request, so that
these stand in the chain. Nothing recurses, no payload is read but those of the chain's own events, and no event stands
in a chain twice, whatever circles a hostile trace goes in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Literal, NamedTuple

from capture.events import ENDS
from peek_tui.trace.model import Event
from peek_tui.trace.needle import Needle
from peek_tui.trace.snapshot import Snapshot
from peek_tui.trace.tree import ROOT

from .failures import Failures
from .news import News
from .values import specific_values, text_of

__all__ = ["Cause", "Relation", "why"]

Relation = Literal["root", "parent", "link", "call", "retry", "value"]

_ANSWERS = ENDS.keys() - {"agent_end"}
_USES = {
    "agent_turn": ("content",),
    "decision": ("reasoning", "chosen_action"),
    "llm_request": ("messages",),
    "llm_response": ("content", "tool_calls"),
    "subagent_start": ("prompt",),
    "tool_call": ("arguments",),
}
"""The types that use values, and the fields of their payload these stand in."""
_WHOLES = frozenset({"agent_start", "agent_turn", "llm_request", "subagent_start", "user_message"})
"""Types that much belongs to: that an event does says little about what caused it."""
_NO_SOURCE = frozenset({"agent_start", "llm_chunk", "prompt_policy"})
"""Types a value does not come from: what they say is said again by another event."""
_SEARCHES = 100
"""Values that are looked for in one chain at the most: each costs a look through the trace up to its event."""
_TRIED = 6
"""Of one event's values, how many are looked for."""
_HITS = 64
"""Events that hold a value and are none it comes from, up to which another is looked for."""
_ASKING = 3
_WORD = 3, 80
"""Characters of what a call was given, to be asked about as a whole."""
_LINKS, _EVIDENCE, _SOURCE, _DATA = b'"links":', b'"evidence_event_ids"', b'"source":', b',"data":'
_OURS = b'{"v":1,'
_ID = re.compile(rb'"id":"([0-9a-f]{16})"')
_IDS = re.compile(rb'"([0-9a-f]{16})"')


class Cause(NamedTuple):
    """An event of a chain, and what makes it follow from the one before."""

    row: int
    id: str
    relation: Relation


def why(snapshot: Snapshot, row: int) -> list[Cause]:
    """Return the chain of causes from a root to the event in a row, the root first."""
    walk = _Walk(snapshot)
    chain = []
    at: int | None = row
    while at is not None:
        before, relation = walk.back(at)
        chain.append(Cause(at, walk.id(at), relation))
        at = before
    return chain[::-1]


class _Walk:
    """One walk back through a trace."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._tree = snapshot.tree()
        self._seen: set[int] = set()
        self._left = _SEARCHES
        self._last: Event | None = None
        self._line = -1, b""
        self._asking: list[int] = []
        """The events we come from, whose values the one they belong to is asked about."""

    def id(self, row: int) -> str:
        """Return the id of the event in a row, without parsing its line where it is written as `capture` does."""
        if self._last is not None and self._last.row == row:
            return self._last.id
        raw = self._raw(row)
        found = _ID.search(raw) if raw.startswith(_OURS) else None
        return found[1].decode() if found else self._snapshot.event(row).id

    def back(self, row: int) -> tuple[int | None, Relation]:
        """Return the row of an event's cause and how the two belong together; None for a root."""
        self._seen.add(row)
        type, parent = self._snapshot.type(row), self._parent(row)
        asking, self._asking = self._asking, []
        answered = parent is not None and type in _ANSWERS and self._snapshot.type(parent) == ENDS[type]
        if answered and type != "llm_response":
            return parent, "call"
        before = self._again.get(row)
        if self._is_new(before):
            return before, "retry"
        before = self._linked(row)
        if before is not None:
            return before, "link"
        if type in _USES and self._left:
            asking = [*asking[-_ASKING:], row]
            if parent is not None and (answered or self._snapshot.type(parent) not in _WHOLES):
                self._asking = asking
            else:
                before = self._origin(row, asking)
                if before is not None:
                    return before, "value"
        return parent, "root" if parent is None else "call" if answered else "parent"

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _raw(self, row: int) -> bytes:
        """Return the line in a row; the one that was asked for last is not read again."""
        if self._line[0] != row:
            self._line = row, self._snapshot.raw(row)
        return self._line[1]

    def _event(self, row: int) -> Event:
        """Return the event in a row; the one that was asked for last is not read again."""
        if self._last is None or self._last.row != row:
            self._last = self._snapshot.event(row)
        return self._last

    def _parent(self, row: int) -> int | None:
        parent = self._tree.parent(row)
        return parent if parent != ROOT and parent not in self._seen else None

    def _is_new(self, row: int | None) -> bool:
        return row is not None and row not in self._seen

    def _linked(self, row: int) -> int | None:
        """Return the latest of the events that an event names as having led to it."""
        ids = self._named(row)
        handles = (self._snapshot.find(id) for id in ids)
        rows = {self._snapshot.row(handle) for handle in handles if handle is not None} - self._seen
        before = {linked for linked in rows if linked < row}
        return max(before or rows, default=None)

    def _named(self, row: int) -> list[str]:
        raw = self._raw(row)
        if _LINKS not in raw and _EVIDENCE not in raw:
            return []
        head = raw.partition(_DATA)[0]
        if _EVIDENCE not in raw and _SOURCE not in head and head.startswith(_OURS):
            return [id.decode() for id in _IDS.findall(head.partition(_LINKS)[2])]  # a long chain is not parsed
        event = self._event(row)
        evidence = event.data.get("evidence_event_ids")
        return [*event.links, *(id for id in (evidence if isinstance(evidence, list) else []) if isinstance(id, str))]

    def _origin(self, row: int, asking: list[int]) -> int | None:
        """Return where values come from that events use: the latest of the events in which one of them stands first.

        Values that cannot be there by chance are asked about before the bare words that a call was given.
        """
        texts = [_used(self._event(event)) for event in asking]
        specific = [value for text in texts for value in specific_values(text)]
        words = [text for event, text in zip(asking, texts, strict=True) if self._snapshot.type(event) == "tool_call"]
        given = [line for text in words for line in text.split("\n") if _WORD[0] <= len(line) <= _WORD[1]]
        session = self._event(row).session
        for values in (specific, given):
            origins = [
                first for value in self._tried(values) if (first := self._first(value, row, session)) is not None
            ]
            if origins:
                return max(origins)
        return None

    def _tried(self, values: list[str]) -> Iterator[str]:
        for value in islice(dict.fromkeys(values), min(_TRIED, self._left)):
            self._left -= 1
            yield value

    def _first(self, value: str, row: int, session: str) -> int | None:
        """Return the first event of a run that holds a value, if that is before a row."""
        for found in islice(self._snapshot.search(Needle(value)), _HITS):
            if found >= row:
                return None
            if self._snapshot.type(found) not in _NO_SOURCE and self._snapshot.event(found).session == session:
                return None if found in self._seen else found
        return None

    @cached_property
    def _again(self) -> dict[int, int]:
        """The call that each retried one repeats, by row."""
        failures = Failures()
        failures.take(News(self._snapshot))
        calls = {self._tree.parent(answer): self._tree.parent(failed) for answer, failed in failures.retries.items()}
        return {call: failed for call, failed in calls.items() if ROOT not in (call, failed)}


def _used(event: Event) -> str:
    """Return what an event says that may come from elsewhere; of a request's messages the last one."""
    said = [event.data.get(key) for key in _USES[event.type]]
    if event.type == "llm_request":
        said = [value[-1:] for value in said if isinstance(value, list)]
    return "\n".join(map(text_of, said))
