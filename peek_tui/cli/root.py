"""The Typer application."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated

import typer

from .output import ending

__all__ = ["command_line"]

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
        app.command(name)(ending(import_module(f"peek_tui.cli.{name}").run))
    return app


def _root(
    version: Annotated[bool, typer.Option("--version", "-V", help="Say which version this is, and end.")] = False,
) -> None:
    """Stands for `--version` in the help; `main` has answered it already."""
