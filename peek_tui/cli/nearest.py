"""What `peek before` and `peek after` share."""

from __future__ import annotations

from itertools import islice
from typing import Literal

from peek_tui.errors import UsageError
from peek_tui.trace.query import EVERYTHING, of_types
from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.store import Snapshot

from .events import print_event
from .source import loaded

__all__ = ["print_nearest", "row_of"]


def print_nearest(
    source: str, format: str | None, id: str, types: str | None, count: int, *, step: Literal[-1, 1], as_json: bool
) -> None:
    """Write the `count` events of these types that are nearest to one, in the direction of `step`."""
    query = EVERYTHING if types is None else of_types(types.split(","))
    with loaded(source, format) as snapshot:
        row = row_of(snapshot, id)
        rows = range(row + 1, len(snapshot)) if step > 0 else range(row - 1, -1, -1)
        find = Finder(snapshot)
        for near in islice(snapshot.matching(query, rows), count):
            print_event(whole(snapshot.event(near), find), as_json=as_json)


def row_of(snapshot: Snapshot, id: str) -> int:
    """Return the row of the event with this id. Raises `UsageError` when there is none."""
    handle = snapshot.find(id)
    if handle is None:
        raise UsageError(f"there is no event {id} in this trace; `peek events SRC --json` lists their ids")
    return snapshot.row(handle)
