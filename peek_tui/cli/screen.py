"""Starting the screen, when there is a terminal for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from peek_tui.errors import UsageError
from peek_tui.paths import trace_directory
from peek_tui.trace.readable import check_readable, is_readable
from peek_tui.trace.store import FIRST_SLICE, Store

from .source import STDIN, paths_of, piped

__all__ = ["has_terminal", "run_on", "run_screen"]


def has_terminal() -> bool:
    """Whether the screen can be drawn and keys can be read."""
    return sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def run_on(sources: Sequence[str], *, follow: bool = False, format: str | None = None) -> None:
    """Run the debugger on the SRCs of a command; `-` is read while it runs."""
    if STDIN not in sources:
        run_screen(paths_of(sources), title=" ".join(sources), follow=follow, format=format)
        return
    with piped() as path:
        others = paths_of([source for source in sources if source != STDIN])
        run_screen([path, *others], title="stdin", follow=True, format=format)


def run_screen(paths: Sequence[Path], *, title: str, follow: bool = False, format: str | None = None) -> None:
    """Run the debugger until its user leaves. Raises `UsageError` without a terminal, `InputError` for no trace."""
    if not has_terminal():
        raise UsageError("the debugger needs a terminal; `peek events SRC` and `peek stats SRC` do without")
    if paths:
        _check(paths, title, format)
    from peek_tui.tui.app import PeekApp

    app = PeekApp(paths, title=title, follow=follow, format=format, directory=trace_directory())
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)


def _check(paths: Sequence[Path], title: str, format: str | None) -> None:
    """Say what is wrong with a file before the screen takes the terminal over."""
    store = Store(paths, format)
    more = store.advance(FIRST_SLICE)
    while more and not is_readable(store.snapshot()):
        more = store.advance()  # a trace may begin with any amount of damage
    check_readable(store.snapshot(), title)
    store.close()
