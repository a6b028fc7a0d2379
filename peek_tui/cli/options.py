"""What several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["SRC_HELP", "FormatOption"]

SRC_HELP = "A file, a directory, - for stdin, a session's id or its beginning, or latest."
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="Read SRC as this format, whatever it looks like.")
]
