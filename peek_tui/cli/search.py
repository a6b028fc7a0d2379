"""`peek search`: the events that hold a text."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from peek_tui.trace.needle import Needle

from .events import print_event
from .options import SRC_HELP, FormatOption, JsonEventsOption, countable
from .output import Exit, note
from .source import loaded


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for; after -- it may begin with a dash.")],
    ignore_case: Annotated[bool, typer.Option("-i", "--ignore-case", help="Take A for a.")] = False,
    regex: Annotated[bool, typer.Option("--regex", help="TEXT is a regular expression.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, callback=countable, help="At the most so many.")] = None,
    as_json: JsonEventsOption = False,
    format: FormatOption = None,
) -> None:
    """List the events that hold a text.

    The exit code is 1 when there are none.

    Example: `peek search latest "refund refused" -i`
    """
    needle = Needle(text, ignore_case=ignore_case, regex=regex)
    with loaded(source, format) as snapshot:
        found = False
        for row in islice(snapshot.search(needle), limit):
            print_event(snapshot.event(row), as_json=as_json)
            found = True
    if not found:
        note(f"nothing in {source} holds {text}")
        raise SystemExit(Exit.NO)
