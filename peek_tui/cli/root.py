"""The Typer application, and how a command ends."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Annotated, ParamSpec

import typer

from peek_tui.errors import InputError, PeekError

from .output import Exit, close_quietly, fail

__all__ = ["command_line"]

P = ParamSpec("P")

_HELP = """A terminal debugger for AI agents.

`peek SRC` opens the debugger on a trace, `peek` alone lists the sessions. SRC is a file, a directory, - for stdin, a
session's id or its beginning, or latest.
"""


def command_line(names: Iterable[str]) -> typer.Typer:
    """Return the application with these commands; each is `run` in the module of its name, imported only now."""
    app = typer.Typer(
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None if os.environ.get("TERM") == "dumb" else "markdown",
    )
    app.callback()(_root)
    for name in names:
        app.command(name)(_ending(import_module(f"peek_tui.cli.{name}").run))
    return app


def _root(
    version: Annotated[bool, typer.Option("--version", "-V", help="Say which version this is, and end.")] = False,
) -> None:
    """Stands for `--version` in the help; `main` has answered it already."""


def _ending(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command end as CLI.md says, whatever it raises."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            close_quietly()
        except KeyboardInterrupt:
            raise SystemExit(Exit.INTERRUPTED) from None
        except PeekError as error:
            fail(str(error), Exit.UNREADABLE if isinstance(error, InputError) else Exit.USAGE)

    return run
