"""What several commands take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "ID_HELP",
    "SRC_HELP",
    "CountOption",
    "FormatOption",
    "JsonEventsOption",
    "NoMouseOption",
    "SlowLinkOption",
    "ThemeOption",
    "TypeOption",
    "countable",
    "out_path",
]


def countable(number: int | None) -> int | None:
    """Return a number of events as Python can count them: who asks for more than that asks for all."""
    return None if number is None else min(number, sys.maxsize)


def out_path(text: str) -> Path:
    """Return the file to write to; an empty text, as from a variable that is not set, is not the working directory."""
    if not text:
        raise typer.BadParameter("it is empty: give a file")
    return Path(text)


SRC_HELP = "A file, a directory, - for stdin, a session's id or its beginning, or latest."
ID_HELP = "The event's id: 16 hex digits, as in the lines of `peek events --json`."
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="Read SRC as this format, whatever it looks like.")
]
JsonEventsOption = Annotated[bool, typer.Option("--json", help="One event a line, as in the file, and its row.")]
NoMouseOption = Annotated[bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal, to select text.")]
SlowLinkOption = Annotated[bool, typer.Option("--slow-link", help="Paint what arrives 4 times a second at the most.")]
ThemeOption = Annotated[str | None, typer.Option("--theme", metavar="NAME", help="dark, light, safe or ansi.")]
TypeOption = Annotated[
    str | None, typer.Option("--type", metavar="T", help="Only events of this type, or of several: a,b.")
]
CountOption = Annotated[int, typer.Option("-n", metavar="N", min=1, callback=countable, help="How many.")]
