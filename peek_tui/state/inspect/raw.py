"""The line of an event as it stands in the file."""

from __future__ import annotations

from collections.abc import Iterator

from peek_tui.render import units

from .entry import Entry
from .layout import Layout
from .subject import Subject

__all__ = ["raw"]

_SHOWN = 256 * 1024
"""Bytes of a line that are shown; all of them can be piped to another program."""


def raw(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield the bytes of the line."""
    line = subject.event.raw
    yield from layout.wrapped(0, line[:_SHOWN].decode("utf-8", "backslashreplace"), "string", ("raw",), "json")
    if len(line) > _SHOWN:
        yield Entry(0, "", f"… {units.count(len(line) - _SHOWN)} bytes more", "dim", ("raw",))
