"""Does one thing with a trace in a process of its own, and writes what it cost as JSON: `python -m bench.probe …`.

What is imported is not counted, neither its time nor its memory; and numpy starts no threads, which would go on
spinning for a while, as in `peek` itself.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from math import nan
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from .processes import run

__all__ = ["Cost", "probe"]


class Cost(NamedTuple):
    """What a work took. Memory is NaN where it cannot be read."""

    seconds: float
    """Processor time of all threads."""
    grown: float
    """Bytes of memory that are held more than before, while what was made is still there."""
    peak: float
    """Bytes of memory that were held more than before at the most."""


def probe(what: str, *arguments: str | Path) -> Cost:
    """Do one of the works below in a fresh process."""
    return Cost(**json.loads(run("-m", "bench.probe", what, *map(str, arguments))))


# -- the works: each imports what it needs, and returns what is to be measured -----------------------------------------

Work = Callable[[], object]


def _index(path: str) -> Work:
    """Read everything and build the tree, as the debugger does."""
    store = _store()
    return lambda: (loaded := store.load([Path(path)]), loaded.snapshot().tree())


def _analysis(path: str) -> Work:
    """Look for alerts in what was read, rate its events and build its tree."""
    from peek_tui.analysis.alerts import find_alerts
    from peek_tui.analysis.importance import importance

    find_alerts(_store()([]).snapshot())  # imports what it needs
    snapshot = _store().load([Path(path)]).snapshot()
    return lambda: (find_alerts(snapshot), importance(snapshot), snapshot.tree())


def _keep(path: str, cache: str) -> Work:
    """Do the same, and keep the index for the next time."""
    store = _store()

    def work() -> None:
        loaded = store.load([Path(path)], cache=Path(cache))
        loaded.snapshot().tree()
        loaded.close()

    return work


def _reopen(path: str, cache: str) -> Work:
    """Do the same with the index that was kept."""
    store = _store()
    return lambda: (loaded := store.load([Path(path)], cache=Path(cache)), loaded.snapshot().tree())


def _header(path: str) -> Work:
    """Read nothing but the headers, and keep nothing."""
    from peek_tui.trace.batch import BatchReader, Vocabulary
    from peek_tui.trace.ids import Ids
    from peek_tui.trace.memory import keep_freed_memory

    _store()
    keep_freed_memory()

    def work() -> None:
        reader = BatchReader(Vocabulary(), Ids())
        for lines in _blocks(path):
            reader.read(lines, ours=True)

    return work


def _json(path: str) -> Work:
    """Decode every line with the standard library, and keep nothing."""

    def work() -> None:
        with Path(path).open("rb") as lines:
            for line in lines:
                json.loads(line)

    return work


def _duckdb(path: str) -> Work:
    """Let duckdb read the same columns into a table; it builds no tree."""
    import duckdb

    columns = {
        **dict.fromkeys(("id", "parent", "session", "type", "name", "agent"), "VARCHAR"),
        "ts": "BIGINT",
        "duration_ms": "DOUBLE",
        "cost_usd": "DOUBLE",
        "error": "JSON",
        "usage": "STRUCT(input_tokens BIGINT, output_tokens BIGINT, cache_read_tokens BIGINT,"
        " cache_write_tokens BIGINT, reasoning_tokens BIGINT)",
    }
    query = (
        "CREATE TABLE events AS SELECT * EXCLUDE error, error IS NOT NULL AS failed"
        f" FROM read_json(?, format = 'newline_delimited', columns = {columns})"
    )
    database = duckdb.connect()
    return lambda: database.execute(query, [path])


WORKS: dict[str, Callable[..., Work]] = {
    "index": _index,
    "analysis": _analysis,
    "keep": _keep,
    "reopen": _reopen,
    "header": _header,
    "json": _json,
    "duckdb": _duckdb,
}


def _store() -> Any:
    """Return the store's class, with all that it imports as it goes."""
    import numpy as np

    import peek_tui.trace.fixed
    from peek_tui.trace.store import Store

    assert np
    assert peek_tui.trace.fixed
    return Store


def _blocks(path: str) -> Iterator[bytes]:
    from peek_tui.trace.store import SLICE

    with Path(path).open("rb") as file:
        rest = b""
        while block := file.read(SLICE):
            end = block.rfind(b"\n") + 1
            yield rest + block[:end]
            rest = block[end:]


# -- measuring ---------------------------------------------------------------------------------------------------------


def main(what: str, *arguments: str) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    work = WORKS[what](*arguments)
    gc.collect()
    before, start = _resident(), process_time()
    made = work()
    seconds = process_time() - start
    cost = Cost(seconds, _resident() - before, _peak() - before)
    del made
    sys.stdout.write(json.dumps(cost._asdict()))


def _resident() -> float:
    """Return the bytes of memory that the process holds."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return nan


def _peak() -> float:
    """Return the bytes of memory that the process ever held, its parent's not among them as in `getrusage`."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        return nan
    return nan if found is None else 1024.0 * int(found[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
