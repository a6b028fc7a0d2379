"""Textual's own `DataTable` of 10,000 rows: what a key in the debugger is set against."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from .terminal import Terminal

__all__ = ["DOWNS", "PAGE_DOWNS", "TO_START", "table"]

TO_START = b"\x1b[1;5H"
"""Ctrl-Home."""
DOWNS, PAGE_DOWNS = 36, 250
"""How often the keys can be pressed from the start until they do something else: scroll, or nothing."""

_ROWS = 10_000
_COLUMNS = ("row", "time", "type", "agent", "what it says")


class Table(App[None]):
    """Shows rows as wide as the terminal."""

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        rows = self.query_one(DataTable)
        rows.add_columns(*_COLUMNS)
        for row in range(_ROWS):
            said = f"event {row} of those that somebody looks through, as long as ours are"
            rows.add_row(f"{row:,}", f"12:00:{row % 60:02}", "tool_call", "coordinator", said)


@contextmanager
def table() -> Iterator[Terminal]:
    """Open the table, and wait until its screen stands still."""
    with Terminal("-m", "bench.table") as terminal:
        terminal.wait_for(f"event {DOWNS} ")
        terminal.settle()
        yield terminal


if __name__ == "__main__":
    Table().run()
