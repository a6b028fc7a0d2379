"""`peek why`: the chain of causes that leads to an event."""

from __future__ import annotations

from typing import Annotated

import typer

from peek_tui.analysis.why import Cause, why
from peek_tui.render.summary import summary
from peek_tui.render.text import clean_line
from peek_tui.trace.store import Snapshot

from .nearest import row_of
from .options import ID_HELP, SRC_HELP, FormatOption
from .output import print_json, print_line
from .source import loaded

_WIDTH = 140


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)],
    id: Annotated[str, typer.Argument(metavar="ID", help=ID_HELP)],
    as_json: Annotated[bool, typer.Option("--json", help="One object a line, the root first.")] = False,
    format: FormatOption = None,
) -> None:
    """Show the chain of causes of an event: what it belongs to, answers or repeats, where its values came from.

    Example: `peek why latest 5f3a9c1e00000007`
    """
    with loaded(source, format) as snapshot:
        for cause in why(snapshot, row_of(snapshot, id)):
            if as_json:
                print_json({"id": cause.id, "row": cause.row, "relation": cause.relation})
            else:
                print_line(_line(snapshot, cause))


def _line(snapshot: Snapshot, cause: Cause) -> str:
    event = snapshot.event(cause.row)
    what = clean_line(" ".join(filter(None, (event.type, event.name, summary(event)))))
    return f"{cause.relation:>6}  {cause.row:>5}  {what[:_WIDTH]}"
