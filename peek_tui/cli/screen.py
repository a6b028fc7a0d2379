"""Starting the screen, when there is a terminal for it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from peek_tui.config import THEMES, Config, read_config
from peek_tui.errors import UsageError
from peek_tui.paths import config_path, trace_directory
from peek_tui.trace.readable import check_readable, is_readable
from peek_tui.trace.store import FIRST_SLICE, Store

from .pipe import is_pipe, is_stdin
from .source import followed

__all__ = ["Chosen", "has_terminal", "run_on", "run_screen"]

_PATIENCE = 3.0
"""Seconds that what goes on beside the screen is given to end."""


class Chosen(NamedTuple):
    """What a command line says of the screen."""

    theme: str | None = None
    no_mouse: bool = False
    slow_link: bool = False

    def over(self, config: Config) -> Config:
        """Return the configuration with these choices in it. Raises `UsageError` for a theme that is not there."""
        theme = self.theme or config.theme
        if theme not in THEMES:
            raise UsageError(f"{theme!r} is no theme; there are {', '.join(THEMES)}")
        mouse, slow_link = config.mouse and not self.no_mouse, config.slow_link or self.slow_link
        return config._replace(theme=theme, mouse=mouse, slow_link=slow_link)


def has_terminal() -> bool:
    """Whether the screen can be drawn and keys can be read."""
    return sys.stdout.isatty() and sys.stdin.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def run_on(
    sources: Sequence[str], *, follow: bool = False, format: str | None = None, chosen: Chosen | None = None
) -> None:
    """Run the debugger on the SRCs of a command; pipes are read while it runs."""
    title = " ".join("stdin" if is_stdin(source) else source for source in sources)
    piped = any(map(is_pipe, sources))
    with followed(sources) as found:
        if sources and not piped:  # what comes through a pipe may begin with anything
            _need_terminal()
            _check(found.paths, title, format)
        run_screen(found.paths, more=found.new, title=title, follow=follow or piped, format=format, chosen=chosen)


def run_screen(
    paths: Sequence[Path],
    *,
    title: str,
    more: Callable[[], list[Path]] = list,
    follow: bool = False,
    format: str | None = None,
    chosen: Chosen | None = None,
) -> None:
    """Run the debugger until its user leaves, without files on the list of sessions. `more` gives files as they come.

    Raises `UsageError` without a terminal or for a theme that is not there, `InputError` for a configuration that
    cannot be read.
    """
    _need_terminal()
    from peek_tui.state.background import end_all
    from peek_tui.tui.app import PeekApp

    config = (chosen or Chosen()).over(read_config(config_path()))
    app = PeekApp(
        paths,
        more=more,
        title=title,
        follow=follow,
        format=format,
        directory=trace_directory(),
        config=config,
        at_failure=True,
    )
    gc.freeze()  # a collection that looked through all that is loaded took 20 ms, and a key waited for it
    gc.enable()
    app.run(mouse=config.mouse)
    end_all(_PATIENCE)
    if app.return_code:
        raise SystemExit(app.return_code)


def _need_terminal() -> None:
    if not has_terminal():
        raise UsageError("the debugger needs a terminal; `peek ls`, `peek events SRC` and `peek stats SRC` do without")


def _check(paths: Sequence[Path], title: str, format: str | None) -> None:
    """Say what is wrong with a file before the screen takes the terminal over."""
    store = Store(paths, format)
    more = store.advance(FIRST_SLICE)
    while more and not is_readable(store.snapshot()):
        more = store.advance()  # a trace may begin with any amount of damage
    check_readable(store.snapshot(), title)
    store.close()
