"""`python -m bench` measures what the project claims of itself and prints a table. Always exits 0: it is no gate."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from peek_tui.render.table import table

from . import (
    alerts,
    commands,
    culprit,
    event,
    find,
    first_token,
    fold,
    follow,
    hostile,
    idle,
    imports,
    index,
    keys,
    lag,
    model_call,
    payload,
    peers,
    search,
    span,
    start,
    tail,
    threads,
)
from .measure import Plan, Row
from .traces import Traces, scratch_directory

__all__ = ["FIGURES", "main"]

FIGURES: dict[str, Callable[[Plan], list[Row]]] = {
    "event": event.measure,
    "hostile": hostile.measure,
    "threads": threads.measure,
    "span": span.measure,
    "first_token": first_token.measure,
    "model_call": model_call.measure,
    "imports": imports.measure,
    "start": start.measure,
    "keys": keys.measure,
    "payload": payload.measure,
    "find": find.measure,
    "idle": idle.measure,
    "follow": follow.measure,
    "index": index.measure,
    "commands": commands.measure,
    "search": search.measure,
    "lag": lag.measure,
    "tail": tail.measure,
    "fold": fold.measure,
    "culprit": culprit.measure,
    "alerts": alerts.measure,
    "peers": peers.measure,
}

_HEAD = ("figure", "here", "against", "compared", "goal", "met")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the table to stdout; what is being measured goes to stderr."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the project claims of itself.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="only see that everything can be measured")
    size.add_argument("--large", action="store_true", help="measure on 1 GB and 2 million events, which takes a while")
    parser.add_argument("--only", choices=FIGURES, metavar="NAME", help=f"one figure: {', '.join(FIGURES)}")
    parser.add_argument("--traces", type=Path, metavar="DIR", help="keep the generated traces here, for the next time")
    options = parser.parse_args(arguments)
    names = [options.only] if options.only else list(FIGURES)
    with scratch_directory() as directory:
        os.environ["XDG_CACHE_HOME"] = str(directory / "user-cache")  # the indexes of what is measured are nobody's
        plan = Plan(Traces(directory, options.traces), options.quick, options.large)
        rows = [row for name in names for row in _measure(name, plan)]
    cells = [(*row[:-1], {True: "yes", False: "NO", None: ""}[row.met]) for row in rows]
    sys.stdout.write("\n".join([*_circumstances(options.quick), "", *table(_HEAD, cells), ""]))


def _measure(name: str, plan: Plan) -> list[Row]:
    """Measure one figure; what goes wrong takes its place in the table, and the others are still measured."""
    sys.stderr.write(f"measuring {name}…\n")
    try:
        return FIGURES[name](plan)
    except Exception as error:
        return [Row(name, f"could not be measured: {type(error).__name__}: {error}")]


def _circumstances(quick: bool) -> Iterator[str]:
    """Yield what the numbers depend on."""
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors" if hasattr(os, "getloadavg") else ""
    yield f"Python {platform.python_version()}, Textual {version('textual')}, {platform.system()}, {load}"
    if quick:
        yield "Measured in a hurry: that there is a number counts here, not which."


if __name__ == "__main__":
    main()
