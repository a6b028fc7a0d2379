"""`peek events`: the events that match."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.words import look_of
from peek_tui.trace.model import Event
from peek_tui.trace.query import parse_query

from .options import SRC_HELP, FormatOption
from .output import print_json, print_line
from .source import loaded


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    where: Annotated[str, typer.Option(help="Which ones: type:tool_call, name:search*, error; -term negates.")] = "",
    limit: Annotated[int | None, typer.Option(min=0, help="At the most so many.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The last one first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One event a line, as in the file, and its row.")] = False,
    format: FormatOption = None,
) -> None:
    """List the events that match."""
    query = parse_query(where)
    with loaded(source, format) as snapshot:
        rows = range(len(snapshot) - 1, -1, -1) if reverse else range(len(snapshot))
        for row in islice(snapshot.matching(query, rows), limit):
            event = snapshot.event(row)
            if as_json:
                print_json({**event.fields, "row": row})
            else:
                print_line(_line(event))


def _line(event: Event) -> str:
    look = look_of(event.type)
    sign = "✗" if event.error else look.sign
    length = units.duration(event.duration_ms) if event.duration_ms is not None else ""
    name = f"{event.name}  " if event.name else ""
    return f"{event.row:>6}  {units.clock(event.ts)}  {look.code:<4} {sign} {name}{summary(event)}  {length}".rstrip()
