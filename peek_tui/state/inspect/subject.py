"""An event and what it is read beside: the other half of its call, the one of its kind before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from capture.events import ENDS
from peek_tui.state.answers import Remark
from peek_tui.state.ends import counterpart
from peek_tui.trace.model import Event
from peek_tui.trace.query import of_types
from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.store import Snapshot

__all__ = ["Subject"]

_RUN = ("agent_start", "agent_end")
"""These are no call and its result: between them is the whole run."""
_FAR = 20_000
"""Rows that are looked at for an event of the same kind."""


class Subject:
    """What the inspector looks at. What an event is read beside is looked for when a view asks for it."""

    def __init__(
        self,
        event: Event,
        snapshot: Snapshot | None = None,
        grown: Snapshot | None = None,
        marked: Event | None = None,
        remarks: Sequence[Remark] = (),
    ) -> None:
        """`grown` is a snapshot, perhaps an earlier one, that has its tree: there a call's result is looked for.

        `marked` was marked last.
        """
        self.event = event
        self._snapshot = snapshot
        self._grown = grown
        self._marked = marked
        self.remarks = tuple(remarks)
        """What is said of it by others."""

    @cached_property
    def whole(self) -> Event:
        """The event, as a request with all its messages."""
        return self._whole(self.event)

    @cached_property
    def answer(self) -> Event | None:
        """The result of a call, or the call of a result; None when there is none (yet)."""
        snapshot = self._snapshot
        row = None if snapshot is None else self._answer_row(snapshot)
        return None if row is None or snapshot is None else self._whole(snapshot.event(row))

    @cached_property
    def before(self) -> Event | None:
        """The nearest earlier event of the same agent with the same type, and with the same name if there is one.

        A model call follows the last one, whichever model that asked.
        """
        snapshot, event = self._snapshot, self.event
        if snapshot is None:
            return None
        row = snapshot.row(event.handle)
        agent, nearest = snapshot.agent(row), None
        for near in snapshot.matching(of_types([event.type]), range(max(0, row - _FAR), row), reverse=True):
            if snapshot.agent(near) == agent:
                if event.type.startswith("llm_") or snapshot.name(near) == event.name:
                    return self._whole(snapshot.event(near))
                nearest = near if nearest is None else nearest
        return None if nearest is None else self._whole(snapshot.event(nearest))

    @cached_property
    def marked(self) -> Event | None:
        """The event that was marked last, unless it is this one."""
        mark = self._marked
        return None if mark is None or mark.handle == self.event.handle else self._whole(mark)

    def is_as(self, other: Subject | None) -> bool:
        """Whether every view of both says the same."""
        if other is None or other.event.handle != self.event.handle:
            return False
        return self._beside() == other._beside()

    def _beside(self) -> tuple[object, ...]:
        return self._marked.handle if self._marked else None, self.remarks, self.answer is None

    def _answer_row(self, snapshot: Snapshot) -> int | None:
        handle, beside = self.event.handle, snapshot if self.event.type in ENDS else self._grown
        if beside is None or handle >= len(beside) or self.event.type in _RUN:
            return None
        row = counterpart(beside, beside.row(handle))
        return None if row is None else snapshot.row(beside.handle(row))

    def _whole(self, event: Event) -> Event:
        return event if self._snapshot is None else whole(event, Finder(self._snapshot))
