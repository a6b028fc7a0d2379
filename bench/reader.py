"""Follows a growing trace without a screen: `python -m bench.reader FILE EVENTS PERIOD`, until so many are there.

Writes as JSON how many events it knew at which moment, how many were in its tree, and the processor time it took. A
PERIOD of 0 seconds builds no tree.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np

import peek_tui.trace.fixed
from peek_tui.trace.store import Store

from .torrent import Moments

__all__: list[str] = []

_HZ = 10
"""How often the debugger looks."""
assert np
assert peek_tui.trace.fixed  # imported before anything is measured


def main(path: str, events: str, period: str) -> None:
    store = Store([Path(path)])
    rows: Moments = []
    trees: Moments = []
    every = float(period)
    used, began = process_time(), perf_counter()
    known, due = 0, began + every
    while known < int(events):
        while store.advance():
            pass
        known = len(store.snapshot())
        rows.append((perf_counter(), known))
        if every and perf_counter() >= due:
            due = perf_counter() + every
            size = len(store.snapshot().tree())
            trees.append((perf_counter(), size))
        sleep(1 / _HZ)
    share = (process_time() - used) / (perf_counter() - began)
    sys.stdout.write(json.dumps({"rows": rows, "trees": trees, "share": share}))


if __name__ == "__main__":
    main(*sys.argv[1:])
