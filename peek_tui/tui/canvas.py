"""What the terminal shows, so that only what differs from it is written.

Textual repaints lines whole: a step down wrote 6 KB, a page 27 KB, a screen come back to 60 KB, most of it what was
there already, and each piece with all its colours. Here every frame is compared with the last one cell by cell, as
curses does.

Terminals disagree on how wide some characters are. A stretch of a line that has any of them is written as a whole, or
not at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rich.cells import cell_len

from .sgr import blank, change, short

__all__ = ["Canvas"]

Cell = tuple[str, str]
"""A character, and the parameters of its style's escape sequence; or nothing, and the stretch that it is a part of."""

_TOKEN = re.compile(
    r"\x1b\[(?P<style>[\d;]*)m(?P<styled>[^\x00-\x1f\x7f]+)\x1b\[0m"
    r"|\x1b\[(?P<row>\d+);(?P<column>\d+)H"
    r"|(?P<plain>[^\x00-\x1f\x7f]+)"
    r"|(?P<line>\r?\n)"
)
_MODE = re.compile(r"(?:\x1b\[\?(?!47|104[79])[\d;]+[hl]|\x1b\]22;[a-z-]*\x07)*")
"""Switches that change nothing of what is shown."""
_SURE = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u024f\u0391-\u03a1\u03a3-\u03ff\u0400-\u0481"  # Latin, Greek, Cyrillic
    "\u2010-\u2027\u2190-\u2319\u2320-\u2328\u2400-\u2426"  # punctuation, arrows, mathematics, control pictures
    "\u2440-\u244a\u2460-\u25fc\u2691\u2717]+"  # boxes, blocks, shapes, the signs of our rows
)
"""Characters that every terminal gives one column."""
_NEAR = 4
"""Unchanged cells that are written again, because to move over them takes as many bytes."""
_TOO_WIDE = 2
"""Columns by which a terminal may show more than was meant to be seen."""


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
        for row, parts in strips.lines.items():
            shown = self._rows.setdefault(row, [])
            for part in parts:
                shown += [None] * (part.end - len(shown))
                if part.is_sure:
                    _draw(pen, row, shown, part)
                else:
                    _copy(pen, row, shown, part)
        return pen.text(strips.end)


def _draw(pen: _Pen, row: int, shown: list[Cell | None], part: _Strip) -> None:
    """Write those cells that are not there yet, and those between them that are nearer than a way around them."""
    cells, before = part.cells(), shown[part.column : part.end]
    shown[part.column : part.end] = cells
    start = stop = 0
    for column, cell in enumerate(cells):
        if cell != before[column]:
            if column > stop + _NEAR or start == stop:
                pen.put(row, part.column + start, cells[start:stop])
                start = column
            stop = column + 1
    pen.put(row, part.column + start, cells[start:stop])


def _copy(pen: _Pen, row: int, shown: list[Cell | None], part: _Strip) -> None:
    """Write all of it, unless it is all there. It may reach further than it should: what follows is written again."""
    mark: list[Cell | None] = [("", part.raw)] * (part.end - part.column)
    if shown[part.column : part.end] != mark:
        shown[part.column : part.end] = mark
        shown[part.end : part.end + _TOO_WIDE] = [None] * len(shown[part.end : part.end + _TOO_WIDE])
        pen.copy(row, part)


class _Strip:
    """A stretch of a line."""

    def __init__(self, column: int) -> None:
        self.column = column
        self.end = column
        self.is_sure = True
        self.pieces: list[tuple[str, str]] = []

    def add(self, text: str, style: str) -> None:
        self.pieces.append((text, style))
        is_sure = text.isascii() or _SURE.fullmatch(text) is not None
        self.is_sure = self.is_sure and is_sure
        self.end += len(text) if is_sure else cell_len(text)

    @property
    def raw(self) -> str:
        return "".join(f"\x1b[{style}m{text}" for text, style in self.pieces)

    def cells(self) -> list[Cell]:
        cells: list[Cell] = []
        for text, style in self.pieces:
            empty = (" ", blank(style))
            cells += [empty if char == " " else (char, style) for char in text]
        return cells


class _Strips(NamedTuple):
    """A frame."""

    lines: dict[int, list[_Strip]]
    end: tuple[int, int] | None
    """Where it leaves the cursor."""


def _read(frame: str) -> _Strips | None:
    """Read a frame; None for what is none."""
    lines: dict[int, list[_Strip]] = {}
    strip: _Strip | None = None
    place: tuple[int, int] | None = None
    read = 0
    for token in _TOKEN.finditer(frame):
        if token.start() != read:
            return None
        read = token.end()
        match token.lastgroup:
            case "column":
                place, strip = (int(token["row"]) - 1, int(token["column"]) - 1), None
            case "line":
                place, strip = None, None
            case kind:
                if strip is None:
                    if place is None:
                        return None
                    strip = _Strip(place[1])
                    lines.setdefault(place[0], []).append(strip)
                if kind == "styled":
                    strip.add(token["styled"], short(token["style"]))
                else:
                    strip.add(token["plain"], "")
    return _Strips(lines, place if strip is None else None) if read == len(frame) and read else None


class _Pen:
    """Writes cells with as few bytes as it can: it knows where it is, and in which style."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._row = -1
        self._column = 0
        self._style = ""

    def put(self, row: int, column: int, cells: list[Cell]) -> None:
        """Write cells that begin in this column of a line."""
        if not cells:
            return
        way = column - self._column
        if row != self._row or way < 0:
            self._out.append(f"\x1b[{row + 1};{column + 1}H")
        elif way:
            self._out.append(f"\x1b[{way}C")
        for char, style in cells:
            if style is not self._style and (char != " " or blank(self._style) != style):
                self._set(style)
            self._out.append(char)
        self._row, self._column = row, column + len(cells)

    def copy(self, row: int, part: _Strip) -> None:
        """Write a stretch of a line as it came. Where the cursor is then, the terminal knows."""
        self._out.append(f"\x1b[{row + 1};{part.column + 1}H")
        for text, style in part.pieces:
            self._set(style)
            self._out.append(text)
        self._row = -1

    def text(self, end: tuple[int, int] | None) -> str:
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
