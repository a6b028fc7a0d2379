"""The two sides of a comparison: in two columns where there is room for them, else one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Protocol

from peek_tui.render import units
from peek_tui.render.text import clean
from peek_tui.trace.model import Event

from .entry import Entry
from .layout import Layout

__all__ = ["WIDE", "Block", "Sides", "sides_of"]

WIDE = 96
"""From this width on there are two columns."""

Block = list[list[Entry]]
"""Lines of one side, each in as many entries as it takes: line by line they stand beside those of the other side."""


class Sides(Protocol):
    """How what is gone and what has come in its place are shown."""

    layout: Layout
    """Makes the lines of either side."""

    def head(self, old: Event, new: Event, this: Event) -> Entry:
        """Return which events are compared; one of them is `this`, the one that is looked at."""

    def pair(self, gone: Block, come: Block) -> Iterator[Entry]:
        """Yield what differs."""

    def same(self, lines: Iterable[Entry]) -> Iterator[Entry]:
        """Yield what both sides have."""


def sides_of(layout: Layout) -> Sides:
    """Return how the two sides are shown in the width there is."""
    return _Beside(layout.halved()) if layout.width >= WIDE else _Below(layout)


class _Below:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def head(self, old: Event, new: Event, this: Event) -> Entry:
        word, other = ("since", old) if this is new else ("until", new)
        return Entry(0, word, _named(other), "dim", ())

    def pair(self, gone: Block, come: Block) -> Iterator[Entry]:
        return chain.from_iterable((*gone, *come))

    def same(self, lines: Iterable[Entry]) -> Iterator[Entry]:
        return iter(lines)


class _Beside:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def head(self, old: Event, new: Event, this: Event) -> Entry:
        left, right = (f"{_named(event)}{', this one' if event is this else ''}" for event in (old, new))
        return Entry(0, "", left, "dim", (), beside=Entry(0, "", right, "dim", ()))

    def pair(self, gone: Block, come: Block) -> Iterator[Entry]:
        nothing: list[Entry] = []
        for left, right in zip_longest(gone, come, fillvalue=nothing):
            for one, other in zip_longest(left, right):
                yield (one or _blank(other))._replace(beside=other or _blank(one))

    def same(self, lines: Iterable[Entry]) -> Iterator[Entry]:
        return (entry._replace(beside=entry) for entry in lines)


def _blank(beside: Entry) -> Entry:
    return Entry(0, "", "", "dim", beside.path)


def _named(event: Event) -> str:
    return f"row {units.count(event.row)}, {clean(event.type)} {clean(event.name)}"
