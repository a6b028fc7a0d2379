"""One event, as a program sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from capture.values import restore
from peek_tui.render.summary import summary
from peek_tui.trace.blobs import Blob, reference
from peek_tui.trace.model import Damage, Event, Failure, Usage

from .reading import Reading

__all__ = ["Predicate", "TraceEvent"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SAYS = {
    "agent_turn": "content",
    "decision": "reasoning",
    "llm_chunk": "text",
    "llm_request": "messages",
    "llm_response": "content",
    "log": "text",
    "refusal": "reason",
    "subagent_end": "result",
    "subagent_start": "prompt",
    "tool_result": "result",
    "user_message": "content",
}
"""Under which key of its payload an event of a type has what it says."""


class TraceEvent:
    """An event of a trace. What an event of its type does not have, or this one lacks, is None."""

    def __init__(self, event: Event, reading: Reading) -> None:
        self._event = event
        self._reading = reading

    def __repr__(self) -> str:
        return f"<TraceEvent {self.index} {self.event_type!r} {self.name!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TraceEvent):
            return NotImplemented
        return self._reading is other._reading and self._event.handle == other._event.handle

    def __hash__(self) -> int:
        return hash((id(self._reading), self._event.handle))

    # -- what every event has --------------------------------------------------------------------------------------

    @property
    def index(self) -> int:
        """Its place in the run when it was read, from 0."""
        return self._event.row

    @property
    def id(self) -> str:
        """16 hex digits; empty for a damaged line."""
        return self._event.id

    @property
    def parent(self) -> str | None:
        """The id of the event it belongs to; None for a root."""
        return None if self._event.is_root else self._event.parent

    @property
    def session(self) -> str:
        return self._event.session

    @property
    def ts(self) -> int:
        """Nanoseconds since 1970 UTC; 0 when the trace does not say."""
        return self._event.ts

    @property
    def timestamp(self) -> datetime | None:
        """When it happened, in UTC, to the microsecond; `ts` has all of it. None when the trace does not say."""
        try:
            return _EPOCH + timedelta(microseconds=self.ts // 1000) if self.ts else None
        except OverflowError:  # before the year 1 or after 9999
            return None

    @property
    def event_type(self) -> str:
        return self._event.type

    @property
    def name(self) -> str:
        """The one word a row shows: the tool's, model's, agent's or policy's name; empty when there is none."""
        return self._event.name

    def summary(self) -> str:
        """Return its one line, the same that the timeline shows, safe for a terminal."""
        return summary(self._event)

    @cached_property
    def payload(self) -> dict[str, Any]:
        """Its `data`, with Python's own values where JSON could not hold them; empty when it is damaged.

        A request has all its messages; where the one it builds on is missing, `base_missing` or `base_damaged` says so.
        A big value is a reference, `{"$blob": …, "bytes": …, "head": …}`, that `blob` reads.
        """
        data: dict[str, Any] = restore(self._reading.whole(self._event).data)
        return data if isinstance(data, dict) else {"data": data}

    def blob(self, value: Any) -> Blob:
        """Read a big value that the payload refers to: its text, and why that is only its beginning, or None.

        Raises ValueError for a value that is no reference to one.
        """
        wanted = reference(value)
        if wanted is None:
            raise ValueError("this is no reference to a big value: {'$blob': 64 hex digits, 'bytes': …, 'head': …}")
        return self._reading.fetch(wanted)

    @property
    def raw(self) -> bytes:
        """Its line, as it stands in the trace or was imported, without the newline."""
        return self._event.raw

    # -- what some events have -------------------------------------------------------------------------------------

    @property
    def tool_name(self) -> str | None:
        """The tool that was called, or that gave the result."""
        return self.name if self.event_type in ("tool_call", "tool_result") else None

    @property
    def args(self) -> Any:
        """What a tool was called with."""
        return self.payload.get("arguments") if self.event_type == "tool_call" else None

    @property
    def content(self) -> Any:
        """What it says: a message's or an answer's content, a request's messages, a tool's result, a reasoning."""
        key = _SAYS.get(self.event_type)
        return None if key is None else self.payload.get(key)

    @property
    def error(self) -> Failure | None:
        """How it failed: type, message, stack."""
        return self._event.error

    @property
    def duration_ms(self) -> float | None:
        return self._event.duration_ms

    @property
    def usage(self) -> Usage | None:
        """The tokens of a model call."""
        return self._event.usage

    @property
    def cost_usd(self) -> float | None:
        return self._event.cost_usd

    @property
    def importance(self) -> float | None:
        """0 to 1, as its author set it."""
        return self._event.importance

    @property
    def agent(self) -> str | None:
        """Which agent, in a run with several."""
        return self._event.agent

    @property
    def task(self) -> str | None:
        """The path of the asyncio task or thread, when it is not the main one."""
        return self._event.task

    @property
    def links(self) -> tuple[str, ...]:
        """Ids of events that led to this one, beside its parent."""
        return self._event.links

    @property
    def damage(self) -> Damage | None:
        """Where and why its line, or only its payload, cannot be read."""
        return self._event.damage

    # -- its place -------------------------------------------------------------------------------------------------

    def row_in(self, reading: Reading) -> int:
        """Return its index now. Raises ValueError when it is from another trace."""
        if reading is not self._reading:
            raise ValueError(f"{self!r} is from another trace")
        return reading.snapshot.row(self._event.handle)


Predicate = Callable[[TraceEvent], object]
"""Says of an event whether it is wanted: anything true is yes."""
