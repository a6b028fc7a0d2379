"""`peek after`: the events nearest after one."""

from __future__ import annotations

from typing import Annotated

import typer

from .nearest import print_nearest
from .options import ID_HELP, SRC_HELP, CountOption, FormatOption, JsonEventsOption, TypeOption


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)],
    id: Annotated[str, typer.Argument(metavar="ID", help=ID_HELP)],
    type: TypeOption = None,
    count: CountOption = 1,
    as_json: JsonEventsOption = False,
    format: FormatOption = None,
) -> None:
    """List what happened after an event, the nearest first.

    Model requests are given with all their messages, not only the new ones.

    Example: `peek after latest 5f3a9c1e00000007 --type tool_result -n 3`
    """
    print_nearest(source, format, id, type, count, step=1, as_json=as_json)
