"""Follows a trace as the debugger does, but shows it to nobody: `python -m bench.reader FILE EVENTS SECONDS`.

It ends when so many events are in its tree, or after so many seconds. Writes as JSON how many events it knew at which
moment, how many were in its tree, and which share of a processor it took.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from threading import Event
from time import perf_counter, process_time

import peek_tui.state.forest
import peek_tui.trace.fixed
from peek_tui.state.reader import Reader
from peek_tui.trace.store import Store

from .torrent import Moments

__all__: list[str] = []

assert peek_tui.state.forest, peek_tui.trace.fixed  # imported before anything is measured


def main(path: str, events: str, seconds: str) -> None:
    rows: Moments = []
    trees: Moments = []
    done = Event()
    reader = Reader(Store([Path(path)]))
    used, began = process_time(), perf_counter()

    def hear() -> None:
        moment, reading = perf_counter(), reader.reading
        rows.append((moment, len(reading.snapshot)))
        if reading.forest is not None and (not trees or len(reading.forest.snapshot) > trees[-1][1]):
            trees.append((moment, len(reading.forest.snapshot)))
        if trees and trees[-1][1] >= int(events):
            done.set()

    reader.start(hear)
    done.wait(float(seconds))
    share = (process_time() - used) / (perf_counter() - began)
    reader.stop()
    reader.join(float(seconds))
    sys.stdout.write(json.dumps({"rows": rows, "trees": trees, "share": share}))


if __name__ == "__main__":
    main(*sys.argv[1:])
