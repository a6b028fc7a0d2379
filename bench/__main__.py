"""`python -m bench` measures what the project claims of itself and prints a table. Always exits 0: it is no gate."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

from peek_tui.render.table import table

from . import event, first_token, follow, idle, imports, keys, reading, search, start
from .measure import Plan, Row
from .traces import Traces, scratch_directory

__all__ = ["FIGURES", "main"]

FIGURES: dict[str, Callable[[Plan], list[Row]]] = {
    "event": event.measure,
    "first_token": first_token.measure,
    "imports": imports.measure,
    "start": start.measure,
    "keys": keys.measure,
    "idle": idle.measure,
    "follow": follow.measure,
    "reading": reading.measure,
    "search": search.measure,
}

_HEAD = ("figure", "here", "against", "compared", "goal", "met")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the table to stdout; what is being measured goes to stderr."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what the project claims of itself.")
    parser.add_argument("--quick", action="store_true", help="only see that everything can be measured")
    parser.add_argument("--only", choices=FIGURES, metavar="NAME", help=f"one figure: {', '.join(FIGURES)}")
    options = parser.parse_args(arguments)
    names = [options.only] if options.only else list(FIGURES)
    with scratch_directory() as directory:
        rows = [row for name in names for row in _measure(name, Plan(Traces(directory), options.quick))]
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
