"""`peek events`: the events that match."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

import typer

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.words import look_of
from peek_tui.trace.model import Event
from peek_tui.trace.query import Query, parse_query
from peek_tui.trace.requests import Finder, whole
from peek_tui.trace.store import Snapshot

from .options import SRC_HELP, FormatOption, JsonEventsOption, countable
from .output import flush, print_json, print_line
from .source import Arriving, arriving


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    where: Annotated[
        str, typer.Option(help="Which ones: words and key:value terms, e.g. type:tool_call dur>2s -name:search*.")
    ] = "",
    limit: Annotated[int | None, typer.Option(min=0, callback=countable, help="At the most so many.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The last one first.")] = False,
    complete: Annotated[
        bool, typer.Option("--whole", help="Model requests with all their messages, not only the new ones.")
    ] = False,
    as_json: JsonEventsOption = False,
    format: FormatOption = None,
) -> None:
    """List the events that match.

    A query is made of words and terms, all of which must hold: type:tool_call,tool_result name:search* agent:planner
    session:… error dur>2s tokens>1000 cost>0.01 importance>0.8 conf<0.4 ts>10:15:00 row>100 data.city:Paris
    text:"refund policy" and bare words. - or NOT negates; OR and parentheses combine.

    Example: `peek events latest --where "type:tool_result error" --reverse --limit 5`
    """
    query = parse_query(where)
    with arriving(source, format) as arrivals:
        for snapshot, rows in _matching(arrivals, query, reverse=reverse):
            find = Finder(snapshot)
            for row in rows if limit is None else islice(rows, limit):
                event = snapshot.event(row)
                print_event(whole(event, find) if complete else event, as_json=as_json)
                limit = None if limit is None else limit - 1
            flush()
            if limit == 0:
                return


def _matching(arrivals: Arriving, query: Query, *, reverse: bool) -> Iterator[tuple[Snapshot, Iterator[int]]]:
    """Yield the rows that match: as they are read, where nothing that is read later can come before them."""
    store, done, more = arrivals.store, 0, True
    while more:
        if not reverse and len(store.paths) == 1:
            snapshot = store.snapshot()
            yield snapshot, snapshot.matching(query, range(done, len(snapshot)))
            done = len(snapshot)
        more = arrivals.advance()
    snapshot = store.snapshot()
    yield snapshot, snapshot.matching(query, range(done, len(snapshot)), reverse=reverse)


def print_event(event: Event, *, as_json: bool) -> None:
    """Write one event as a line, for programs or for people."""
    if as_json:
        print_json({**event.fields, **_damaged(event), "row": event.row})
    else:
        print_line(_line(event))


def _damaged(event: Event) -> dict[str, Any]:
    """Return what a program is told of a payload that cannot be read; a damaged line is an event of its own type."""
    if event.damage is None or event.damage.part == "line":
        return {}
    return {"damaged": {**event.damage._asdict(), "text": event.raw.decode("utf-8", "backslashreplace")}}


def _line(event: Event) -> str:
    look = look_of(event.type)
    sign = "✗" if event.error else look.sign
    length = units.duration(event.duration_ms) if event.duration_ms is not None else ""
    name = f"{event.name}  " if event.name else ""
    return f"{event.row:>6}  {units.clock(event.ts)}  {look.code:<4} {sign} {name}{summary(event)}  {length}".rstrip()
