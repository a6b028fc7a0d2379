"""The events of a trace as a reader shows them: requests that build on others made whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.store import Store

__all__ = ["whole_events"]


def whole_events(path: Path | None) -> list[dict[str, Any]]:
    """Return the events of a trace file, in order."""
    assert path is not None
    store = Store.load([path])
    try:
        snapshot = store.snapshot()
        find = Finder(snapshot)
        return [dict(whole(snapshot.event(row), find).fields) for row in range(len(snapshot))]
    finally:
        store.close()
