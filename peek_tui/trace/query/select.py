"""Going through a trace for what a query wants: columns first, then bytes, then payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from peek_tui.trace.model import Event

from .columns import Columns
from .nodes import Query

__all__ = ["select"]

_FIRST_SLICE = 4_096
"""Rows looked at before the first hit can be told: a screenful comes at once."""
_SLICE = 65_536
"""Rows looked at together later on: what it costs to begin a slice no longer counts."""


def select(
    query: Query,
    columns: Columns,
    read: Callable[[int], Event],
    rows: Sequence[int] | None = None,
    *,
    reverse: bool = False,
    raw: Callable[[int], bytes] | None = None,
) -> Iterator[int]:
    """Yield those of `rows`, or of all, whose events the query wants, in their order or the opposite one, as found.

    `read` gives the event in a row, and is called only where the columns do not decide. `raw` gives its line; with it,
    lines that cannot hold a wanted event are never parsed. Whatever is not asked for is never looked at.
    """
    wanted: Sequence[int] = range(columns.rows) if rows is None else rows
    if reverse:
        wanted = wanted[::-1]
    if query.is_everything:
        yield from wanted
        return
    for piece, sure, unsure in _slices(query, columns, wanted):
        for place in unsure:
            if sure[place] or _holds(query, columns, piece[place], read, raw):
                yield piece[place]


def _slices(
    query: Query, columns: Columns, rows: Sequence[int]
) -> Iterator[tuple[Sequence[int], list[bool], list[int]]]:
    """Yield pieces of `rows`, for each of its rows whether it is wanted, and the places of those that may be."""
    from .masks import Masks

    masks = Masks(query.root, columns)
    start, size = 0, _FIRST_SLICE
    while start < len(rows):
        piece = rows[start : start + size]
        yes, maybe = masks.over(piece)
        yield piece, yes.tolist(), (yes | maybe).nonzero()[0].tolist()
        start, size = start + size, min(2 * size, _SLICE)


def _holds(
    query: Query, columns: Columns, row: int, read: Callable[[int], Event], raw: Callable[[int], bytes] | None
) -> bool:
    if raw is not None:
        sure, possible = query.root.on_line(raw(row))
        if sure or not possible:
            return sure
    return query.holds(read(row), columns.first_ts)
