"""The debugger on a terminal, ready for keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peek_tui.render.units import count

from .terminal import Terminal

__all__ = ["debugger"]


@contextmanager
def debugger(path: Path) -> Iterator[Terminal]:
    """Open the debugger on a trace, and wait until it has read all that is there and its screen stands still."""
    events = path.read_bytes().count(b"\n")
    with Terminal("-m", "peek_tui", str(path)) as terminal:
        terminal.wait_for(f"{count(events)} ev ")
        terminal.settle()
        yield terminal
