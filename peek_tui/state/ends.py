"""Calls and their results."""

from __future__ import annotations

from capture.events import ENDS
from peek_tui.trace.store import Snapshot

__all__ = ["counterpart"]

_END_OF = {start: end for end, start in ENDS.items() if end != "llm_chunk"}
"""A chunk belongs to its request, and the request ends with its response."""
_NEAR = 4_096
"""Rows from a call on among which its result is looked for first; among all of them it takes as long as to draw it."""


def counterpart(snapshot: Snapshot, row: int) -> int | None:
    """Return the row of a call's result, or of a result's call; None where there is none.

    They belong together by the parent alone: a response may name another model than was asked. Of several results it
    is the first after the call, if one is near.
    """
    type = snapshot.type(row)
    if type in ENDS:
        handle = snapshot.find(snapshot.event(row).parent)
        start = None if handle is None else snapshot.row(handle)
        return start if start is not None and snapshot.type(start) == ENDS[type] else None
    if type not in _END_OF:
        return None
    import numpy as np

    parents, handle = snapshot.columns.parent, snapshot.handle(row)
    for first, stop in ((row, row + _NEAR), (0, len(parents))):
        for child in (first + np.flatnonzero(parents[first:stop] == handle)).tolist():
            if snapshot.type(child) == _END_OF[type]:
                return int(child)
    return None
