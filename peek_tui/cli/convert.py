"""`peek convert`: any format Peek can read, as a trace file of our own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from peek_tui.errors import UsageError
from peek_tui.render import units
from peek_tui.trace.model import DAMAGED
from peek_tui.trace.store import Snapshot

from .options import SRC_HELP, FormatOption
from .output import print_json, print_line
from .source import loaded_store


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    *,
    output: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The new file to write.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: how many events, how many not.")] = False,
    format: FormatOption = None,
) -> None:
    """Write a trace file with everything SRC says; what cannot be read stands in it as it was."""
    with loaded_store(source, format) as store:
        snapshot = store.snapshot()
        damaged = snapshot.types()[DAMAGED]
        events, unread = len(snapshot) - damaged, damaged + store.unread
        name = ", ".join(sorted(set(store.formats)))
        _write(output, snapshot)
    if as_json:
        print_json({"events": events, "unread": unread, "format": name})
        return
    print_line(f"{output}: {units.count(events)} events, read as {name}")
    if unread:
        print_line(f"{units.count(unread)} of its lines could not be read")


def _write(path: Path, snapshot: Snapshot) -> None:
    """Write the events in the order of the run. Raises `UsageError` when the file is there or cannot be written."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} exists already; give another -o FILE") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(file, "wb") as stream:
            stream.writelines(snapshot.raw(row) + b"\n" for row in range(len(snapshot)))
    except OSError as error:
        path.unlink()
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
