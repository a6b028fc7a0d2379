"""The Typer application."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from .output import ending, of_others

__all__ = ["command_line"]

_HELP = """A terminal debugger for AI agents.

`peek SRC` opens the debugger on a trace, `peek` alone lists the sessions. SRC is a file, a directory, - for stdin, a
session's id or its beginning, or latest.
"""


def command_line(names: Iterable[str]) -> typer.Typer:
    """Return the application with these commands; each is `run` in the module of its name, imported only now."""
    app = typer.Typer(
        cls=_Group,
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None if os.environ.get("TERM") == "dumb" else "markdown",
    )
    app.callback()(_root)
    for name in names:
        app.command(name, cls=_Command)(ending(import_module(f"peek_tui.cli.{name}").run))
    return app


class _Group(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with of_others():  # reading the words `--help` prints it
            return super().parse_args(ctx, args)


class _Command(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with of_others():
            return super().parse_args(ctx, args)


def _root(
    version: Annotated[bool, typer.Option("--version", "-V", help="Say which version this is, and end.")] = False,
) -> None:
    """Stands for `--version` in the help; `main` has answered it already."""
