"""`peek tail`: the debugger, following a run."""

from __future__ import annotations

from typing import Annotated

import typer

from peek_tui.errors import NoTraceError
from peek_tui.paths import cache_directory, trace_directory
from peek_tui.trace.sessions import read_sessions
from peek_tui.trace.sources import find_session, trace_files

from .options import SRC_HELP, FormatOption, NoMouseOption, SlowLinkOption, ThemeOption
from .screen import Chosen, run_on, run_screen


def run(
    source: Annotated[
        str | None, typer.Argument(metavar="[SRC]", help=f"{SRC_HELP} [default: the newest live run]")
    ] = None,
    format: FormatOption = None,
    theme: ThemeOption = None,
    no_mouse: NoMouseOption = False,
    slow_link: SlowLinkOption = False,
) -> None:
    """Open the debugger on a run and follow it; by default the newest one that is running.

    Example: `ssh box tail -n +1 -f run.jsonl | peek tail -`
    """
    chosen = Chosen(theme, no_mouse, slow_link)
    if source is not None:
        run_on([source], follow=True, format=format, chosen=chosen)
        return
    sessions = read_sessions(trace_files(trace_directory()), cache_directory())
    running = next((session for session in sessions if session.status == "running"), None)
    if running is None:
        raise NoTraceError("no session is running; `peek` lists the others, `peek latest` opens the newest")
    found = find_session(running.id, trace_directory())
    run_screen(found.paths, more=found.new, title=running.agent, follow=True, chosen=chosen)
