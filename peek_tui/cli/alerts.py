"""`peek alerts`: what a person who watched the run would point at."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from peek_tui.analysis.alerts import Watch
from peek_tui.render import units
from peek_tui.render.table import table
from peek_tui.render.text import clean_line

from .options import SRC_HELP, FormatOption
from .output import note, print_json, print_line
from .source import loaded_store


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    as_json: Annotated[bool, typer.Option("--json", help="One object a line, with the ids of its evidence.")] = False,
    format: FormatOption = None,
) -> None:
    """List what went wrong or looks wrong: loops, storms, refusals, unfinished work, each with the rows that show it.

    Example: `peek alerts latest`
    """
    with loaded_store(source, format) as store:
        watch = Watch()
        watch.advance(store.snapshot(), over=store.status() != "running")
    for trouble in watch.troubles:
        note(f"peek: {trouble}")
    alerts = watch.alerts
    if as_json:
        for alert in alerts:
            print_json(asdict(alert))
    elif alerts:
        rows = [[_span(one.first_row, one.last_row), one.severity, clean_line(one.title), one.rule] for one in alerts]
        for line in table(["rows", "severity", "what", "rule"], rows, right=frozenset({"rows"})):
            print_line(line)
    else:
        note("nothing to alert about")


def _span(first: int, last: int) -> str:
    return units.count(first) if first == last else f"{units.count(first)}–{units.count(last)}"
