"""How fast a trace is read: every line indexed by `Store.load`, against a loop of `json.loads` over the same lines."""

from __future__ import annotations

import json
import statistics
from functools import partial
from pathlib import Path
from time import process_time

from peek_tui.trace.store import Store

from .measure import Plan, Row, against, milliseconds

__all__ = ["measure"]


def measure(plan: Plan) -> list[Row]:
    """Measure a generated trace; as information, for there is no goal yet."""
    events = plan.choose(100_000, 2_000)
    path = plan.traces.generated(events)
    taken = plan.rounds(7, {"store": partial(_load, path), "json": partial(_parse, path)})
    ours, other = taken["store"], taken["json"]
    rate = f"{milliseconds(ours)}, {events / statistics.median(ours):,.0f} events/s"
    return [Row(f"read {events:,} events", rate, f"{milliseconds(other)} json.loads", against(ours, other)[1])]


def _load(path: Path) -> float:
    start = process_time()
    store = Store.load([path])
    taken = process_time() - start
    store.close()
    return taken


def _parse(path: Path) -> float:
    start = process_time()
    with path.open("rb") as lines:
        for line in lines:
            json.loads(line)
    return process_time() - start
