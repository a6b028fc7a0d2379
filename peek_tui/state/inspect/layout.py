"""Values laid out as lines of one width, which fold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from peek_tui.render import units
from peek_tui.render.text import cell_width, clean

from .code import Code, language_of, lines_in_prose, lines_of
from .entry import Entry, Path, Spans

__all__ = ["Layout", "column", "safe", "wrapped"]

_OPEN_ITEMS = 40
"""A container with more entries than this is folded until it is opened."""
_OPEN_DEPTH = 4
_OPEN_VALUES = 1_000
"""A container that holds more values than this, on all levels together, is folded until it is opened."""
_OPEN_CHARS = 4_000
"""A text longer than this is one line until it is opened."""


def column(width: int) -> int:
    """Return how wide each of two columns is, with a line between them."""
    return (width - 1) // 2


def wrapped(line: str, width: int) -> list[str]:
    """Return a safe line of text in pieces that fit, cut at blanks where there are some."""
    return [piece for _, piece in _wrap(line, width)]


def safe(line: str) -> str:
    """Return a line of a text as it is shown."""
    return clean(line.replace("\t", "    "))


class Layout:
    """Makes lines of values. Lazily: a folded branch costs nothing, a long text is one line until it is opened."""

    def __init__(self, width: int, toggled: frozenset[Path]) -> None:
        """`toggled` are the branches that are folded or opened, contrary to how they are at first."""
        self.width = width
        self._toggled = toggled

    def halved(self) -> Layout:
        """Return the layout for one of two columns."""
        return Layout(column(self.width), self._toggled)

    def is_folded(self, path: Path, *, at_first: bool) -> bool:
        """Return whether a branch is folded."""
        return at_first is not (path in self._toggled)

    def value(self, indent: int, key: str, value: Any, path: Path, kind: str = "string") -> Iterator[Entry]:
        """Return the lines of any JSON value."""
        key = clean(str(key))
        if isinstance(value, str):
            return self.string(indent, key, value, path, kind)
        if isinstance(value, dict | list) and value:
            return self._branch(indent, key, value, path)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.string(indent, key, json.dumps(value), path, "number" if number else "constant")

    def string(self, indent: int, key: str, value: str, path: Path, kind: str) -> Iterator[Entry]:
        """Yield a text: behind its key when it fits there, else below it."""
        room = max(0, self.width - indent - cell_width(key) - 4)
        language = language_of(key, value) if kind == "string" else ""
        if len(value) <= room and "\n" not in value and cell_width(text := clean(value)) <= room:
            yield Entry(indent, key, text, kind, path, code=Code(language, text) if language else None)
            return
        folded = self.is_folded(path, at_first=len(value) > _OPEN_CHARS)
        if folded:
            yield Entry(indent, key, self.beginning(value, room), kind, path, True)
            return
        yield Entry(indent, key, "", kind, path, False)
        for line, its_language in lines_of(value, language):
            yield from self.wrapped(indent + 2, line, kind, path, its_language)

    def text(self, indent: int, value: str, path: Path, kind: str = "string", *, prose: bool) -> Iterator[Entry]:
        """Yield a text that has no key, in as many lines as it takes; a very long one folds.

        In `prose` there may be blocks of code; what is none may be code altogether.
        """
        if len(value) > _OPEN_CHARS:
            folded = self.is_folded(path, at_first=True)
            yield Entry(indent, "", self.beginning(value, self.width - indent - 4), kind, path, folded)
            if folded:
                return
        for line, language in lines_in_prose(value) if prose else lines_of(value, language_of("", value)):
            yield from self.wrapped(indent, line, kind, path, language)

    def wrapped(self, indent: int, line: str, kind: str, path: Path, language: str = "") -> Iterator[Entry]:
        """Yield a line of text in pieces that fit, cut at blanks where there are some."""
        line = safe(line)
        for start, piece in _wrap(line, self.width - indent - 1):
            yield Entry(indent, "", piece, kind, path, code=Code(language, line, start) if language else None)

    def marked(self, indent: int, line: str, kind: str, path: Path, marks: Spans) -> Iterator[Entry]:
        """Yield a safe line in pieces that fit, with these stretches of it marked."""
        for start, piece in _wrap(line, self.width - indent - 1):
            spans = ((max(0, first - start), min(len(piece), end - start)) for first, end in marks)
            yield Entry(indent, "", piece, kind, path, marks=tuple(span for span in spans if span[0] < span[1]))

    def beginning(self, value: str, room: int) -> str:
        """Return how a long text begins, and how long it is."""
        _, head = _wrap(clean(value[: self.width].split("\n", 1)[0]), room - 24)[0]
        return f"{head}… {units.count(len(value))} characters"

    def _branch(self, indent: int, key: str, value: dict[str, Any] | list[Any], path: Path) -> Iterator[Entry]:
        small = len(value) <= _OPEN_ITEMS and indent < 2 * _OPEN_DEPTH and _is_small(value)
        folded = self.is_folded(path, at_first=not small)
        size = f"{{{len(value)}}}" if isinstance(value, dict) else f"[{len(value)}]"
        yield Entry(indent, key, size, "branch", path, folded)
        if folded:
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from self.value(indent + 2, str(name), item, (*path, name))


def _is_small(value: dict[str, Any] | list[Any]) -> bool:
    containers, count = [value], 0
    for container in containers:
        count += len(container)
        if count > _OPEN_VALUES:
            return False
        items = container.values() if isinstance(container, dict) else container
        containers += [item for item in items if isinstance(item, dict | list)]
    return True


def _wrap(line: str, width: int) -> list[tuple[int, str]]:
    """Return pieces of a line, and where each begins."""
    width = max(width, 8)
    plain = line.isascii()
    pieces: list[tuple[int, str]] = []
    start = 0
    while (end := min(len(line), start + width) if plain else _fitting(line, start, width)) < len(line):
        blank = line.rfind(" ", start + (end - start) // 2, end + 1)
        cut = blank + 1 if blank > start else end
        pieces.append((start, line[start:cut].rstrip()))
        start = cut
    return [*pieces, (start, line[start:])]


def _fitting(line: str, start: int, width: int) -> int:
    """Return where the part of `line` from `start` on that fits into `width` columns ends, after one at the least."""
    if line[start : start + width + 1].isascii():
        return min(len(line), start + width)
    used = 0
    for index in range(start, min(len(line), start + width + 1)):
        used += cell_width(line[index])
        if used > width:
            return max(start + 1, index)
    return min(len(line), start + width + 1)
