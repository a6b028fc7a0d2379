"""`peek open`, which is also `peek` alone: the debugger on a trace, or the list of sessions."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import SRC_HELP, FormatOption, NoMouseOption, SlowLinkOption, ThemeOption
from .screen import Chosen, run_on


def run(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SRC…]", help=SRC_HELP)] = None,
    format: FormatOption = None,
    theme: ThemeOption = None,
    no_mouse: NoMouseOption = False,
    slow_link: SlowLinkOption = False,
) -> None:
    """Open the debugger on a trace; without one, list the sessions.

    Example: `peek run.jsonl`, which is `peek open run.jsonl`
    """
    run_on(sources or [], format=format, chosen=Chosen(theme, no_mouse, slow_link))
