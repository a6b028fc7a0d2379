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
from peek_tui.trace.requests import Finder, whole

from .options import SRC_HELP, FormatOption, JsonEventsOption
from .output import print_json, print_line
from .source import loaded


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    where: Annotated[str, typer.Option(help="Which ones: type:tool_call, name:search*, error; -term negates.")] = "",
    limit: Annotated[int | None, typer.Option(min=0, help="At the most so many.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The last one first.")] = False,
    complete: Annotated[
        bool, typer.Option("--whole", help="Model requests with all their messages, not only the new ones.")
    ] = False,
    as_json: JsonEventsOption = False,
    format: FormatOption = None,
) -> None:
    """List the events that match.

    Example: `peek events latest --where "type:tool_result error" --reverse --limit 5`
    """
    query = parse_query(where)
    with loaded(source, format) as snapshot:
        find = Finder(snapshot)
        rows = range(len(snapshot) - 1, -1, -1) if reverse else range(len(snapshot))
        for row in islice(snapshot.matching(query, rows), limit):
            event = snapshot.event(row)
            print_event(whole(event, find) if complete else event, as_json=as_json)


def print_event(event: Event, *, as_json: bool) -> None:
    """Write one event as a line, for programs or for people."""
    if as_json:
        print_json({**event.fields, "row": event.row})
    else:
        print_line(_line(event))


def _line(event: Event) -> str:
    look = look_of(event.type)
    sign = "✗" if event.error else look.sign
    length = units.duration(event.duration_ms) if event.duration_ms is not None else ""
    name = f"{event.name}  " if event.name else ""
    return f"{event.row:>6}  {units.clock(event.ts)}  {look.code:<4} {sign} {name}{summary(event)}  {length}".rstrip()
