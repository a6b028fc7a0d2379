"""What the terminal shows, so that only what differs from it is written.

Textual repaints lines whole: a step down wrote 6 KB, a page 27 KB, a screen come back to 60 KB, most of it what was
there already, and each piece with all its colours. Here every frame is compared with the last one cell by cell, as
curses does.

To change the style takes more bytes than to go elsewhere: what differs is written style by style, not line by line. A
step through interleaved agents, of which the tree shows another place each time, takes a sixth less that way.

Terminals disagree on how wide some characters are. From the first of them on a stretch of a line is written whole,
or not at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from functools import lru_cache
from operator import is_not
from typing import NamedTuple

from rich.cells import cell_len

from .sgr import blank, change, short

__all__ = ["Canvas"]

Place = tuple[int, int]
"""A line and a column, from 0."""
Cell = tuple[str, Hashable]
"""A character, and the parameters of its style's escape sequence; or nothing, and which part of which stretch it is.

Of equal ones of the first kind there is one: to tell two apart takes half the time."""

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
        behind = (0, 0)
        for place, strip in strips.placed:
            row, column = place
            if place < behind:
                pen.flush()  # the frame may cover here what it has put there itself
            behind = (row, column + strip.width)
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
    """Whether each of its characters has one column."""
    cells: list[Cell]


class _Strips(NamedTuple):
    """A frame."""

    placed: list[tuple[Place, _Strip]]
    end: Place | None
    """Where it leaves the cursor."""


def _draw(pen: _Pen, place: Place, shown: list[Cell | None], strip: _Strip) -> None:
    """Have those cells written that are not there yet, and those between that are nearer than a way around them."""
    row, column = place
    cells, end = strip.cells, column + strip.width
    before = shown[column:end]
    if cells != before:
        shown[column:end] = cells
        differ = bytes(map(is_not, cells, before))
        stop = 0
        for text, style in strip.pieces:
            start, stop = stop, stop + len(text)
            for run in _CHANGED.finditer(differ, start, stop):
                pen.put(row, column + run.start(), text[run.start() - start : run.end() - start], style)


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
            strips = _read_strips(styled)
            if strips is None:
                return None
            start = place[1]
            for strip in strips:
                placed.append(((place[0], start), strip))
                start += strip.width
    return _Strips(placed, None if text else place)


@lru_cache(_READ)
def _read_strips(text: str) -> list[_Strip] | None:
    """Read texts each with its style, up to what nobody is sure of and from there on; None for anything else."""
    if not _PIECES.fullmatch(text):
        return None
    pieces = _joined((styled or plain, short(style)) for style, styled, plain in _PIECE.findall(text))
    sure, rest = _parted(pieces)
    strips: list[_Strip] = []
    if sure:
        cells = [cell for text, style in sure for cell in _cells(text, style)]
        strips.append(_Strip(sure, len(cells), True, cells))
    if rest:
        width = sum(cell_len(text) for text, _ in rest)
        strips.append(_Strip(rest, width, False, [("", (at, *rest)) for at in range(width)]))
    return strips


def _parted(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Return pieces whose characters have one column each, whatever follows them, and the rest."""
    plain = "".join(text for text, _ in pieces)
    sure = _SURE.match(plain)
    at = 0 if sure is None else sure.end()
    if at == len(plain):
        return pieces, []
    at = max(0, at - 1)  # an accent may follow, which goes over the one before it
    before: list[Piece] = []
    behind: list[Piece] = []
    for text, style in pieces:
        before.append((text[:at], style))
        behind.append((text[at:], style))
        at = max(0, at - len(text))
    return [piece for piece in before if piece[0]], [piece for piece in behind if piece[0]]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces, their blanks in the style of what is beside them where nobody sees the difference."""
    joined: list[Piece] = []
    for text, style in pieces:
        rest = text
        if joined and blank(style) is blank(joined[-1][1]):
            before, style_before = joined[-1]
            if not before.strip(" "):
                joined.pop()
                rest = before + text
            elif text[0] == " ":
                rest = text.lstrip(" ")
                joined[-1] = (before + text[: len(text) - len(rest)], style_before)
        if rest:
            joined.append((rest, style))
    return joined


def _cells(text: str, style: str) -> Iterable[Cell]:
    return map(_looks(style).__getitem__, text)


class _Looks(dict[str, Cell]):
    """The cells of a style, by their characters; each is made once."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self._style = style

    def __missing__(self, char: str) -> Cell:
        ground = blank(self._style)
        is_seen = char != " " or ground is self._style
        cell = self[char] = (char, self._style) if is_seen else _looks(ground)[char]
        return cell


_looks = lru_cache(1_024)(_Looks)


class _Pen:
    """Writes cells with as few bytes as it can: it knows where it is, and in which style."""

    def __init__(self) -> None:
        self._runs: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
        """What is to be written in a style, each text with its line and its column."""
        self._out: list[str] = []
        self._row = -1
        self._column = 0
        self._style = ""

    def put(self, row: int, column: int, text: str, style: str) -> None:
        """Have characters written, of which each has one column."""
        self._runs[blank(style) if text.isspace() else style].append((row, column, text))

    def copy(self, row: int, column: int, pieces: list[Piece]) -> None:
        """Write a stretch of a line as it came. Where the cursor is then, the terminal knows."""
        self._out.append(f"\x1b[{row + 1};{column + 1}H")
        for text, style in pieces:
            self._set(style)
            self._out.append(text)
        self._row = -1

    def flush(self) -> None:
        """Write what was put, style by style, those on the same ground together."""
        for style in sorted(self._runs, key=lambda style: (blank(style), style)):
            for row, column, text in self._runs[style]:
                self._go(row, column)
                self._set(style)
                self._out.append(text)
                self._column += len(text)
        self._runs.clear()

    def text(self, end: Place | None) -> str:
        """Return all that was written, the style reset and the cursor where the frame leaves it."""
        self.flush()
        if self._out:
            self._set("")
            if end is not None:
                self._out.append(f"\x1b[{end[0] + 1};{end[1] + 1}H")
        return "".join(self._out)

    def _go(self, row: int, column: int) -> None:
        way = column - self._column
        if row != self._row or way < 0:
            self._out.append(f"\x1b[{row + 1};{column + 1}H")
        elif way:
            self._out.append(f"\x1b[{way}C")
        self._row, self._column = row, column

    def _set(self, style: str) -> None:
        if style != self._style:
            self._out.append(f"\x1b[{change(self._style, style)}m")
            self._style = style
