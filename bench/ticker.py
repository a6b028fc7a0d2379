"""How late an event loop is while a thread reads: `python -m bench.ticker TRACE SECONDS` writes it as JSON.

A process of its own, for numpy is imported once in one. Its main thread does nothing but to wake up every 5 ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from peek_tui.analysis.alerts import Watch
from peek_tui.analysis.importance import importance
from peek_tui.trace.needle import Needle
from peek_tui.trace.search import search
from peek_tui.trace.store import Store

__all__: list[str] = []

TICK = 0.005

Work = Callable[[Event], object]
"""Goes on until the event is set."""


def main(path: str, seconds: str) -> None:
    works: dict[str, Work] = {
        "import": _import,
        "idle": _rest,
        "index": lambda stop: _index(Path(path), stop),
        "analyse": lambda stop: _analyse(Path(path), stop),
        "search": lambda stop: _search(Path(path), stop),
    }
    late = {name: asyncio.run(_lateness(work, float(seconds))) for name, work in works.items()}
    sys.stdout.write(json.dumps(late))


async def _lateness(work: Work, seconds: float) -> list[float]:
    """Return how many seconds late each wake-up was while a thread worked."""
    late: list[float] = []
    stop = Event()
    thread = Thread(target=work, args=(stop,))
    thread.start()
    end = time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - now - TICK)
    stop.set()
    thread.join()
    return late


def _rest(stop: Event) -> None:
    stop.wait()


def _import(stop: Event) -> None:
    import numpy as np

    assert np
    stop.wait()


def _index(path: Path, stop: Event) -> None:
    """Read the trace and build its tree, again and again."""
    while not stop.is_set():
        store = Store([path])
        while store.advance() and not stop.is_set():
            time.sleep(0)
        if not stop.is_set():
            store.snapshot().tree()
        store.close()


def _analyse(path: Path, stop: Event) -> None:
    """Look for alerts and rate the events, again and again."""
    store = Store.load([path])
    while not stop.is_set():
        Watch(stopped=stop.is_set).advance(store.snapshot(), over=True)
        importance(store.snapshot())
    store.close()


def _search(path: Path, stop: Event) -> None:
    """Look for what is nowhere, again and again."""
    file = os.open(path, os.O_RDONLY)
    needle = Needle("a zebra crossing", ignore_case=True)
    while not stop.is_set():
        for _ in search(lambda offset, length: os.pread(file, length, offset), 0, path.stat().st_size, needle):
            if stop.is_set():
                break
    os.close(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
