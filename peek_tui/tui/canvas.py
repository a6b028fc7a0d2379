"""What the terminal shows, so that only what differs from it is written.

Textual repaints lines whole: a step down wrote 6 KB, a page 27 KB, a screen come back to 60 KB, most of it what was
there already, and each piece with all its colours. Here every frame is compared with the last one cell by cell, as
curses does.

Terminals disagree on how wide some characters are. A stretch of a line that has any of them is written as a whole, or
not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from operator import ne
from typing import NamedTuple

from rich.cells import cell_len

from .sgr import blank, change, short

__all__ = ["Canvas"]

Place = tuple[int, int]
"""A line and a column, from 0."""
Cell = tuple[str, str]
"""A character, and the parameters of its style's escape sequence; or nothing, and the stretch that it is a part of."""

Piece = tuple[str, str]
"""A text, and the parameters of its style's escape sequence."""

_PLACE = re.compile(r"\x1b\[(\d+);(\d+)H")
_PIECE = re.compile(r"\x1b\[([\d;]*)m([^\x00-\x1f\x7f]+)\x1b\[0m|([^\x00-\x1f\x7f]+)")
_PIECES = re.compile(f"(?:{_PIECE.pattern})+")
_MODE = re.compile(r"(?:\x1b\[\?(?!47|104[79])[\d;]+[hl]|\x1b\]22;[a-z-]*\x07)*")
"""Switches that change nothing of what is shown."""
_SURE = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u024f\u0391-\u03a1\u03a3-\u03ff\u0400-\u0481"  # Latin, Greek, Cyrillic
    "\u2010-\u2027\u2190-\u2319\u2320-\u2328\u2400-\u2426"  # punctuation, arrows, mathematics, control pictures
    "\u2440-\u244a\u2460-\u25fc\u2691\u2717]+"  # boxes, blocks, shapes, the signs of our rows
)
"""Characters that every terminal gives one column."""
_CHANGED = re.compile(rb"\x01(?:\x00{,4}\x01)*")
"""Cells that differ, and up to four between them that do not: to move over those takes as many bytes."""
_TOO_WIDE = 2
"""Columns by which a terminal may show more than was meant to be seen."""
_READ = 2_048
"""Stretches that are remembered as they were read, a dozen screens full: what moves or comes back is not read again."""


class Canvas:
    """Remembers what frames have put on a terminal."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell | None]] = {}
        """By line; None is a cell of which nothing is known."""

    def forget(self) -> None:
        """Know nothing any more: the next frame is written as far as it goes."""
        self._rows.clear()

    def paint(self, frame: str) -> str:
        """Return what to write so that the terminal shows what it would if the frame were written.

        What is no frame, lines of styled text each with its place, is returned as it is.
        """
        strips = _read(frame)
        if strips is None:
            if not _MODE.fullmatch(frame):
                self.forget()
            return frame
        pen = _Pen()
        for place, strip in strips.placed:
            row, column = place
            shown = self._rows.setdefault(row, [])
            shown += [None] * (column + strip.width - len(shown))
            if strip.is_sure:
                _draw(pen, place, shown, strip)
            else:
                _copy(pen, place, shown, strip)
        return pen.text(strips.end)


class _Strip(NamedTuple):
    """A stretch of a line, wherever it stands."""

    pieces: list[Piece]
    width: int
    is_sure: bool
    cells: list[Cell]


class _Strips(NamedTuple):
    """A frame."""

    placed: list[tuple[Place, _Strip]]
    end: Place | None
    """Where it leaves the cursor."""


def _draw(pen: _Pen, place: Place, shown: list[Cell | None], strip: _Strip) -> None:
    """Write those cells that are not there yet, and those between them that are nearer than a way around them."""
    row, column = place
    cells, end = strip.cells, column + strip.width
    before = shown[column:end]
    if cells != before:
        shown[column:end] = cells
        for run in _CHANGED.finditer(bytes(map(ne, cells, before))):
            pen.put(row, column, strip.pieces, *run.span())


def _copy(pen: _Pen, place: Place, shown: list[Cell | None], strip: _Strip) -> None:
    """Write all of it, unless it is all there. It may reach further than it should: what follows is written again."""
    row, column = place
    end = column + strip.width
    if shown[column:end] != strip.cells:
        shown[column:end] = strip.cells
        shown[end : end + _TOO_WIDE] = [None] * len(shown[end : end + _TOO_WIDE])
        pen.copy(row, column, strip.pieces)


def _read(frame: str) -> _Strips | None:
    """Read a frame, stretches each with its place and the place of the cursor; None for what is none."""
    head, *rest = _PLACE.split(frame)
    if head or not rest:
        return None
    placed: list[tuple[Place, _Strip]] = []
    place, text = (0, 0), ""
    for row, column, text in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        place = int(row) - 1, int(column) - 1
        if styled := text.rstrip("\r\n"):
            strip = _read_strip(styled)
            if strip is None:
                return None
            placed.append((place, strip))
    return _Strips(placed, None if text else place)


@lru_cache(_READ)
def _read_strip(text: str) -> _Strip | None:
    """Read texts each with its style; None when there is anything else."""
    if not _PIECES.fullmatch(text):
        return None
    pieces = [(styled or plain, short(style)) for style, styled, plain in _PIECE.findall(text)]
    plain = "".join(text for text, _ in pieces)
    if plain.isascii() or _SURE.fullmatch(plain):
        return _Strip(pieces, len(plain), True, [cell for text, style in pieces for cell in _cells(text, style)])
    width = sum(cell_len(text) for text, _ in pieces)
    return _Strip(pieces, width, False, [("", text)] * width)


def _cells(text: str, style: str) -> Iterable[Cell]:
    return map(_looks(style).__getitem__, text)


class _Looks(dict[str, Cell]):
    """The cells of a style, by their characters; each is made once."""

    def __init__(self, style: str) -> None:
        super().__init__({" ": (" ", blank(style))})
        self._style = style

    def __missing__(self, char: str) -> Cell:
        cell = self[char] = (char, self._style)
        return cell


_looks = lru_cache(1_024)(_Looks)


class _Pen:
    """Writes cells with as few bytes as it can: it knows where it is, and in which style."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._row = -1
        self._column = 0
        self._style = ""

    def put(self, row: int, column: int, pieces: list[Piece], start: int, stop: int) -> None:
        """Write of pieces that begin in this column of a line those characters, of which each has one column."""
        way = column + start - self._column
        if row != self._row or way < 0:
            self._out.append(f"\x1b[{row + 1};{column + start + 1}H")
        elif way:
            self._out.append(f"\x1b[{way}C")
        end = 0
        for text, style in pieces:
            begin, end = end, end + len(text)
            if begin >= stop:
                break
            if end > start:
                self._write(text[max(0, start - begin) : stop - begin], style)
        self._row, self._column = row, column + stop

    def _write(self, text: str, style: str) -> None:
        """Write characters; blanks at their beginning in the style before, where nobody sees the difference."""
        if style is not self._style:
            rest = text.lstrip(" ")
            if blank(style) is blank(self._style):
                self._out.append(text[: len(text) - len(rest)])
                text = rest
            if text:
                self._set(style if rest else blank(style))
        self._out.append(text)

    def copy(self, row: int, column: int, pieces: list[Piece]) -> None:
        """Write a stretch of a line as it came. Where the cursor is then, the terminal knows."""
        self._out.append(f"\x1b[{row + 1};{column + 1}H")
        for text, style in pieces:
            self._set(style)
            self._out.append(text)
        self._row = -1

    def text(self, end: Place | None) -> str:
        """Return all that was written, the style reset and the cursor where the frame leaves it."""
        if self._out:
            self._set("")
            if end is not None:
                self._out.append(f"\x1b[{end[0] + 1};{end[1] + 1}H")
        return "".join(self._out)

    def _set(self, style: str) -> None:
        if style != self._style:
            self._out.append(f"\x1b[{change(self._style, style)}m")
            self._style = style
