"""`peek run`: any Python program, recorded without a change to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import out_path
from .program import run_program


def run(
    command: Annotated[list[str], typer.Argument(metavar="CMD", help="The program and its arguments.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", parser=out_path, help="The trace; by default one with the others."),
    ] = None,
    output: Annotated[
        bool, typer.Option("--output", help="Record what the program prints, too, a log event a line.")
    ] = False,
) -> None:
    """Run a Python program and record it: its model calls, its tools, how it ends, and its child processes.

    The program has the terminal, and its exit code is passed on. Neither Peek nor anything else need be installed where
    it runs; its Python must be 3.11 or newer. Then `peek latest` opens the trace, and `peek tail` while it runs.

    Example: `peek run -- python -m my_agent tickets.csv`
    """
    run_program(command, out, output=output)
