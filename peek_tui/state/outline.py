"""An event laid out for the inspector: its header, its failure, and its payload as a tree that folds.

Built lazily: a folded branch costs nothing, a long text is one line until it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from peek_tui.render import units
from peek_tui.render.loss import read_loss
from peek_tui.render.text import cell_width, clean
from peek_tui.trace.model import Event

__all__ = ["Entry", "Outline", "Path"]

Path = tuple[str | int, ...]
"""Where a value stands in the event."""

_OPEN_ITEMS = 40
"""A container with more entries than this is folded until it is opened."""
_OPEN_DEPTH = 4
_OPEN_VALUES = 1_000
"""A container that holds more values than this, on all levels together, is folded until it is opened."""
_OPEN_CHARS = 4_000
"""A text longer than this is one line until it is opened."""


class Entry(NamedTuple):
    """One line of the inspector, safe for a terminal."""

    indent: int
    key: str
    text: str
    kind: str
    """What it is, for its colour: `fact`, `dim`, `error`, `stack`, `string`, `number`, `constant`, `branch`."""
    path: Path
    folded: bool | None = None
    """None for what does not fold."""


class Outline:
    """The lines of one event at one width."""

    def __init__(self, event: Event, width: int, opened: frozenset[Path] = frozenset()) -> None:
        self.event = event
        self.width = max(width, 20)
        self._toggled = opened
        self.entries: list[Entry] = []
        self._build()

    def toggle(self, index: int) -> Outline:
        """Return the outline with the branch at this line folded or opened."""
        if not 0 <= index < len(self.entries) or self.entries[index].folded is None:
            return self
        return Outline(self.event, self.width, self._toggled ^ {self.entries[index].path})

    def resized(self, width: int) -> Outline:
        """Return the outline laid out for another width."""
        return Outline(self.event, width, self._toggled)

    def _build(self) -> None:
        """What a reader wants first comes first: when and what it cost, how it failed, what it says; then the rest."""
        said = [*self._failure(), *self._damage(), *self._loss(), *self._payload()]
        folded = () in self._toggled if said else None
        self.entries.append(Entry(0, "", self._headline(), "fact", (), folded))
        self.entries += [] if folded else said
        self.entries += self._references()

    def _headline(self) -> str:
        event, usage = self.event, self.event.usage
        parts = [f"{units.date(event.ts)}.{event.ts // 1_000_000 % 1_000:03d}"] if event.ts else []
        if event.damage is not None and event.damage.part == "line":
            parts.append(f"line {units.count(event.damage.line)}, {units.count(len(event.raw))} bytes")
        if event.duration_ms is not None:
            parts.append(f"took {units.duration(event.duration_ms)}")
        if usage is not None:
            cached = f" ({units.tokens(usage.cache_read)} cached)" if usage.cache_read else ""
            parts.append(f"{units.tokens(usage.input)}{cached} → {units.tokens(usage.output)} tok")
        if event.cost_usd is not None:
            parts.append(units.money(event.cost_usd))
        return clean("  ".join(parts)) or "no time given"

    def _damage(self) -> Iterator[Entry]:
        damage = self.event.damage
        if damage is not None:
            yield Entry(0, "damaged", clean(damage.reason), "error", ())
            yield from self._string(0, "file", damage.file, ("file",), "dim")
            yield from self._string(0, "raw", self.event.raw.decode("utf-8", "backslashreplace"), ("raw",), "string")

    def _loss(self) -> Iterator[Entry]:
        if self.event.type != "capture_loss":
            return
        loss = read_loss(self.event.data)
        yield Entry(0, "lost", loss.amount, "error", ())
        for reason, number in loss.reasons:
            yield from self._string(0, "why", f"{reason} ({units.count(number)})", ("why", reason), "error")

    def _payload(self) -> Iterator[Entry]:
        if self.event.damage is not None and self.event.damage.part == "line":
            return  # what stands there is what has been said of the damage
        told = ("events", "bytes", "reasons") if self.event.type == "capture_loss" else ()
        for key, value in self.event.data.items():
            if key not in told:
                yield from self._value(0, key, value, ("data", key))

    def _references(self) -> Iterator[Entry]:
        """Yield whose event it is and what it belongs to; nothing for a line that is no event."""
        event = self.event
        facts = {
            "agent": event.agent,
            "task": event.task,
            "id": event.id,
            "parent": None if event.is_root else event.parent,
            "links": " ".join(event.links),
            "session": event.session,
        }
        if event.id:
            yield Entry(0, "", "", "fact", ())
        for key, text in facts.items():
            if text:
                yield Entry(0, key, clean(text), "dim", (key,))

    def _failure(self) -> Iterator[Entry]:
        failure = self.event.error
        if failure is None:
            return
        yield from self._value(0, "error", f"{failure.type}: {failure.message}", ("error",), "error")
        if failure.stack:
            path: Path = ("error", "stack")
            folded = path not in self._toggled
            lines = failure.stack.rstrip().split("\n")
            yield Entry(0, "stack", f"{len(lines)} lines" if folded else "", "branch", path, folded)
            if not folded:
                for line in lines:
                    yield from self._wrapped(2, line, "stack", path)

    def _value(self, indent: int, key: str, value: Any, path: Path, kind: str = "string") -> Iterator[Entry]:
        key = clean(str(key))
        if isinstance(value, dict | list) and value:
            yield from self._branch(indent, key, value, path)
        elif isinstance(value, str):
            yield from self._string(indent, key, value, path, kind)
        else:
            text = json.dumps(value)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            yield from self._string(indent, key, text, path, "number" if number else "constant")

    def _branch(self, indent: int, key: str, value: dict[str, Any] | list[Any], path: Path) -> Iterator[Entry]:
        open_at_first = len(value) <= _OPEN_ITEMS and indent < 2 * _OPEN_DEPTH and _is_small(value)
        folded = open_at_first is (path in self._toggled)
        size = f"{{{len(value)}}}" if isinstance(value, dict) else f"[{len(value)}]"
        yield Entry(indent, key, size, "branch", path, folded)
        if folded:
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            yield from self._value(indent + 2, str(name), item, (*path, name))

    def _string(self, indent: int, key: str, value: str, path: Path, kind: str) -> Iterator[Entry]:
        room = max(0, self.width - indent - cell_width(key) - 4)
        if len(value) <= room and "\n" not in value and cell_width(text := clean(value)) <= room:
            yield Entry(indent, key, text, kind, path)
            return
        folded = (len(value) <= _OPEN_CHARS) is (path in self._toggled)
        if folded:
            head = _wrap(clean(value[: self.width].split("\n", 1)[0]), room - 24)[0]
            yield Entry(indent, key, f"{head}… {units.count(len(value))} characters", kind, path, True)
            return
        yield Entry(indent, key, "", kind, path, False)
        for line in value.rstrip("\n").split("\n"):
            yield from self._wrapped(indent + 2, line, kind, path)

    def _wrapped(self, indent: int, line: str, kind: str, path: Path) -> Iterator[Entry]:
        """Yield a line of text in pieces that fit, cut at blanks where there are some."""
        for piece in _wrap(clean(line.replace("\t", "    ")), self.width - indent - 1):
            yield Entry(indent, "", piece, kind, path)


def _is_small(value: dict[str, Any] | list[Any]) -> bool:
    containers, count = [value], 0
    for container in containers:
        count += len(container)
        if count > _OPEN_VALUES:
            return False
        items = container.values() if isinstance(container, dict) else container
        containers += [item for item in items if isinstance(item, dict | list)]
    return True


def _wrap(line: str, width: int) -> list[str]:
    width = max(width, 8)
    plain = line.isascii()
    pieces, start = [], 0
    while (end := min(len(line), start + width) if plain else _fitting(line, start, width)) < len(line):
        blank = line.rfind(" ", start + (end - start) // 2, end + 1)
        cut = blank + 1 if blank > start else end
        pieces.append(line[start:cut].rstrip())
        start = cut
    return [*pieces, line[start:]]


def _fitting(line: str, start: int, width: int) -> int:
    """Return where the part of `line` from `start` on that fits into `width` columns ends, after one at the least."""
    used = 0
    for index in range(start, min(len(line), start + width + 1)):
        used += cell_width(line[index])
        if used > width:
            return max(start + 1, index)
    return min(len(line), start + width + 1)
