"""Calls and their results."""

from __future__ import annotations

from itertools import islice

from peek_tui.trace.query import exactly, of_types
from peek_tui.trace.store import Snapshot

__all__ = ["counterpart"]

_END_OF = {
    "agent_start": "agent_end",
    "llm_request": "llm_response",
    "subagent_start": "subagent_end",
    "tool_call": "tool_result",
}
_START_OF = {end: start for start, end in _END_OF.items()}
_MOST = 1_000
"""Events of the right type and name that are looked at: a result is seldom far from its call."""


def counterpart(snapshot: Snapshot, row: int) -> int | None:
    """Return the row of a call's result, or of a result's call; None where there is none."""
    event = snapshot.event(row)
    if event.type in _START_OF:
        handle = snapshot.find(event.parent)
        start = None if handle is None else snapshot.row(handle)
        return start if start is not None and snapshot.type(start) == _START_OF[event.type] else None
    end = _END_OF.get(event.type)
    if end is None:
        return None
    query = of_types([end]) & exactly("name", [event.name])
    later = islice(snapshot.matching(query, range(row + 1, len(snapshot))), _MOST)
    return next((at for at in later if snapshot.event(at).parent == event.id), None)
