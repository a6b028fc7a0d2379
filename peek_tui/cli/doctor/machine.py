"""Where traces go, whether they can, and what the terminal can do."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from peek_tui.cli.screen import has_terminal
from peek_tui.paths import trace_directory
from peek_tui.trace.locks import lock_as_writer, writer_lives

from .check import Check

__all__ = ["machine_checks"]

_LITTLE = 100 << 20
"""Bytes left on a disk that are worth a warning."""


def machine_checks(_: Path) -> Iterator[Check]:
    """Yield what is true of this machine, whatever the agent's Python."""
    yield from _traces()
    yield _terminal()


def _traces() -> Iterator[Check]:
    directory = trace_directory()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=directory, prefix=".doctor-") as file:
            file.write(b"\n" * 4096)
            file.flush()
            locked = _locks(Path(file.name))
    except OSError as error:
        yield Check("traces", False, f"{directory} cannot be written: {error.strerror}; set PEEK_DIR to another place")
        return
    free = shutil.disk_usage(directory).free
    left = f"{free / 1e9:,.1f} GB"
    if free < _LITTLE:
        yield Check("traces", False, f"{directory} has {left} left; make room, or set PEEK_DIR to another disk")
    else:
        yield Check("traces", True, f"go to {directory}, which has {left} left")
    yield locked


def _locks(path: Path) -> Check:
    """See whether a lock of a writer is seen by a reader."""
    writer, reader = os.open(path, os.O_RDWR), os.open(path, os.O_RDONLY)
    try:
        before = writer_lives(reader)
        lock_as_writer(writer)
        seen = (before, writer_lives(reader)) == (False, True)
    finally:
        os.close(writer)
        os.close(reader)
    if seen:
        return Check("locks", True, "work there: which sessions run and which have crashed is known")
    return Check("locks", False, "do not work there, so running and crashed look alike; set PEEK_DIR to a local disk")


def _terminal() -> Check:
    if not has_terminal():
        return Check("terminal", True, "none here: the debugger needs one, all other commands do not")
    columns, lines = shutil.get_terminal_size()
    colours = "no colours" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "256 colours or fewer"
    facts = [str(os.environ.get("TERM")), f"{columns}x{lines}", colours]
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        facts.append(f"{sys.stdout.encoding} instead of UTF-8, which some signs need")
    if columns < 80 or lines < 24:
        facts.append("smaller than the 80x24 that the debugger is made for")
    return Check("terminal", True, ", ".join(facts))
