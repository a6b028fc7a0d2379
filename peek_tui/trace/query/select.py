"""Going through a trace for what a query wants: columns first, then bytes, then payloads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from peek_tui.trace.model import Event

from .columns import Columns
from .nodes import Query
from .terms import Known

if TYPE_CHECKING:
    from .masks import RowAnswers

__all__ = ["decided", "select"]

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
) -> Generator[int, None, None]:
    """Yield those of `rows`, or of all, whose events the query wants, in their order or the opposite one, as found.

    `read` gives the event in a row, and is called only where the columns do not decide. `raw` gives its line; with it,
    no line is parsed whose columns and bytes decide. Nothing is looked at before it is asked for.
    """
    wanted: Sequence[int] = range(columns.rows) if rows is None else rows
    if reverse:
        wanted = wanted[::-1]
    if query.is_everything:
        yield from wanted
        return
    for piece, answers in _slices(query, columns, wanted):
        places = (answers.yes | answers.maybe).nonzero()[0].tolist()
        if not answers.maybe.any():
            yield from map(piece.__getitem__, places)
            continue
        sure = answers.yes.tolist()
        for place in places:
            row = piece[place]
            if sure[place]:
                yield row
                continue
            holds = None if raw is None else _by_line(query, raw(row), partial(answers.known, place))
            if query.holds(read(row), columns.first_ts) if holds is None else holds:
                yield row


def decided(query: Query, columns: Columns, start: int = 0) -> Sequence[int] | None:
    """Return the rows from `start` on that a query wants, or None when lines would have to be read to tell."""
    if query.is_everything:
        return range(start, columns.rows)
    from .masks import Masks

    answers = Masks(query.root, columns).over(range(start, columns.rows))
    if answers.maybe.any():
        return None
    rows: list[int] = (answers.yes.nonzero()[0] + start).tolist()
    return rows


def _slices(query: Query, columns: Columns, rows: Sequence[int]) -> Iterator[tuple[Sequence[int], RowAnswers]]:
    """Yield pieces of `rows` with what their columns say."""
    from .masks import Masks

    masks = Masks(query.root, columns)
    start, size = 0, _FIRST_SLICE
    while start < len(rows):
        piece = rows[start : start + size]
        yield piece, masks.over(piece)
        start, size = start + size, min(2 * size, _SLICE)


def _by_line(query: Query, raw: bytes, known: Known) -> bool | None:
    """Return whether a row is wanted, or None when its line has to be parsed to tell."""
    sure, possible = query.root.on_line(raw, known)
    return sure if sure is possible else None
