"""Aligned columns of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from .text import cell_width, fit

__all__ = ["table"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[str] = frozenset()) -> list[str]:
    """Return the lines of a table of safe cells. Columns named in `right` are set flush right."""
    widths = [max(cell_width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    return [_line(head, row, widths, right) for row in (head, *rows)]


def _line(head: Sequence[str], cells: Sequence[str], widths: Sequence[int], right: frozenset[str]) -> str:
    padded = []
    for name, cell, width in zip(head, cells, widths, strict=True):
        padded.append(" " * (width - cell_width(cell)) + cell if name in right else fit(cell, width))
    return "  ".join(padded).rstrip()
