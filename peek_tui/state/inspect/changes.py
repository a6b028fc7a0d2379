"""What differs between two events, as a tree of what is new and what is gone; what is the same is folded away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from peek_tui.render import units
from peek_tui.render.text import clean
from peek_tui.trace.model import Event

from .align import aligned
from .entry import Entry, Path, Spans
from .layout import Layout, safe
from .sides import Block, Sides, sides_of
from .speech import spoken
from .subject import Subject
from .words import changed_words, level

__all__ = ["changes", "is_long", "since_mark"]

_MOST = 1_000
"""Items, or lines of text, that are aligned with one another; more are replaced."""
_FEW = 200
"""Lines in a row up to which the words are looked for that changed in them."""
_SHORT = 60
"""A text up to so many characters is one value, not lines."""
_LONG = 20_000
"""Characters up to which two events are compared while a key waits."""
_EACH = 20
"""As so many characters counts each line and each value: they are aligned with one another."""
_ABSENT = object()


def changes(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield how an event differs from the one of its kind before it."""
    yield from _compared(subject.whole, subject.before, layout)


def since_mark(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield how an event differs from the one that was marked last, whichever of them is the older one."""
    yield from _compared(subject.whole, subject.marked, layout)


def is_long(*values: Any) -> bool:
    """Return whether values, together, are more than is compared while a key waits."""
    left, long = list(values), 0
    for value in left:
        long += _EACH
        if isinstance(value, str):
            long += len(value) + _EACH * value.count("\n")
        if long > _LONG:
            return True
        if isinstance(value, dict | list):
            left += value.values() if isinstance(value, dict) else value
    return False


def _compared(event: Event, other: Event | None, layout: Layout) -> Iterator[Entry]:
    if other is None:
        yield Entry(0, "", "there is nothing before it to compare it with", "dim", ())
        return
    old, new = (event, other) if event.row < other.row else (other, event)
    sides = sides_of(layout)
    found = _within_reach(_Changes(sides).between(0, "", _told(old), _told(new), ("data",)))
    head, first = sides.head(old, new, event), next(found, None)
    if first is None:
        yield head._replace(text=f"{head.text}: they say the same")
    else:
        yield head
        yield first
        yield from found


def _within_reach(lines: Iterator[Entry]) -> Iterator[Entry]:
    """Yield lines up to where values are nested deeper than Python follows them."""
    try:
        yield from lines
    except RecursionError:
        yield Entry(0, "", "what follows is nested too deep to be compared", "dim", ())


def _told(event: Event) -> dict[str, Any]:
    """Return what an event says, its failure included."""
    failure = event.error
    return {**event.data, **({} if failure is None else {"failed": f"{failure.type}: {failure.message}"})}


class _Changes:
    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._layout = sides.layout

    def between(self, indent: int, key: str, old: Any, new: Any, path: Path) -> Iterator[Entry]:
        """Yield the lines for one value; none when nothing differs."""
        if _same(old, new):
            return
        inside = indent + 2 * bool(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._headed(indent, key, path, self._in_dict(old, new, path, inside))
        elif isinstance(old, list) and isinstance(new, list):
            told = _as_spoken if path == ("data", "messages") else _as_numbered
            yield from self._headed(indent, key, path, self._in_list(old, new, path, inside, told))
        elif isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _SHORT:
            yield from self._headed(indent, key, path, self._in_text(old, new, path, indent + 2))
        else:
            gone, come = self._whole("-", indent, key, old, path), self._whole("+", indent, key, new, path)
            if len(gone) == len(come) == 1 and isinstance(old, str) and isinstance(new, str):
                marks = changed_words(gone[0].text, come[0].text)
                gone, come = [gone[0]._replace(marks=marks[0])], [come[0]._replace(marks=marks[1])]
            yield from self._sides.pair([gone], [come])

    def _headed(self, indent: int, key: str, path: Path, inner: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the key around what changed in it; it folds."""
        if not key:
            yield from inner
            return
        folded = self._layout.is_folded(path, at_first=False)
        yield Entry(indent, clean(key), "", "branch", path, folded)
        if not folded:
            yield from inner

    def _kept(self, indent: int, words: str, path: Path, lines: Iterable[Entry]) -> Iterator[Entry]:
        """Yield what is the same: said in words until it is opened."""
        folded = self._layout.is_folded(path, at_first=True)
        yield Entry(indent, "", words, "dim", path, folded)
        if not folded:
            yield from self._sides.same(lines)

    def _in_dict(self, old: dict[str, Any], new: dict[str, Any], path: Path, indent: int) -> Iterator[Entry]:
        same = [key for key, value in new.items() if key in old and _same(old[key], value)]
        for key in dict.fromkeys((*new, *old)):
            yield from self.between(indent, key, old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
        if same:
            values = (entry for key in same for entry in self._layout.value(indent + 2, key, new[key], (*path, key)))
            yield from self._kept(indent, f"the same: {clean(', '.join(same))}", (*path, "", "same"), values)

    def _in_list(
        self, old: list[Any], new: list[Any], path: Path, indent: int, told: Callable[[int, Any], tuple[str, Any]]
    ) -> Iterator[Entry]:
        """Yield what differs in a list; `told` gives the key of an item and what it says."""
        for tag, before, after in aligned([*map(_fingerprint, old)], [*map(_fingerprint, new)], _MOST):
            if tag == "equal":
                items = (self._layout.value(indent + 2, *told(at, new[at]), (*path, at)) for at in after)
                lines = (entry for item in items for entry in item)
                yield from self._kept(indent, f"{units.count(len(after))} the same", (*path, "", after.start), lines)
                continue
            paired = min(len(before), len(after))
            for one, other in zip(before[:paired], after[:paired], strict=True):
                gone, (key, come) = told(one, old[one])[1], told(other, new[other])
                if _same(gone, come):
                    gone, come = old[one], new[other]
                yield from self.between(indent, key, gone, come, (*path, other))
            gone_alone = [self._whole("-", indent, *told(at, old[at]), (*path, "-", at)) for at in before[paired:]]
            come_alone = [self._whole("+", indent, *told(at, new[at]), (*path, at)) for at in after[paired:]]
            yield from self._sides.pair(gone_alone, come_alone)

    def _in_text(self, old: str, new: str, path: Path, indent: int) -> Iterator[Entry]:
        before, after = old.split("\n"), new.split("\n")
        for tag, gone, come in aligned(before, after, _MOST):
            if tag == "equal":
                number = f"{units.count(len(gone))} line{'' if len(gone) == 1 else 's'} the same"
                lines = (entry for at in come for entry in self._layout.wrapped(indent, after[at], "string", path))
                yield from self._kept(indent, number, (*path, "", come.start), lines)
                continue
            yield from self._replaced([safe(before[at]) for at in gone], [safe(after[at]) for at in come], path, indent)

    def _replaced(self, old: list[str], new: list[str], path: Path, indent: int) -> Iterator[Entry]:
        """Yield safe lines that stand in the place of others, those that are alike beside each other."""
        for gone, come in level(old, new):
            sides = old[gone.start : gone.stop], new[come.start : come.stop]
            alike = min(len(gone), len(come)) if len(gone) <= _FEW else 0
            marks = [changed_words(one, other) for one, other in zip(sides[0][:alike], sides[1][:alike], strict=True)]
            yield from self._sides.pair(
                self._lines("-", indent, sides[0], path, [removed for removed, _ in marks]),
                self._lines("+", indent, sides[1], path, [added for _, added in marks]),
            )

    def _lines(self, sign: str, indent: int, lines: list[str], path: Path, marks: list[Spans]) -> Block:
        """Return safe lines of one side, the first of them with their marks."""
        padded = [*marks, *[()] * (len(lines) - len(marks))]
        return [
            [entry._replace(sign=sign) for entry in self._layout.marked(indent, line, _KINDS[sign], path, spans)]
            for line, spans in zip(lines, padded, strict=True)
        ]

    def _whole(self, sign: str, indent: int, key: str, value: Any, path: Path) -> list[Entry]:
        """Return a value that is new, or gone, as a whole."""
        if value is _ABSENT:
            return []
        entries = self._layout.value(indent, key, value, (*path, sign))
        return [entry._replace(sign=sign, kind=_KINDS[sign]) for entry in entries]


_KINDS = {"-": "removed", "+": "added"}


def _as_numbered(at: int, item: Any) -> tuple[str, Any]:
    return str(at), item


def _as_spoken(at: int, message: Any) -> tuple[str, Any]:
    speaker, said = spoken(message)
    return f"{at} {speaker}", said


def _same(old: Any, new: Any) -> bool:
    """Return whether two values are the same JSON: true is not 1 there."""
    return old is new or (type(old) is type(new) and old == new and _fingerprint(old) == _fingerprint(new))


def _fingerprint(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
