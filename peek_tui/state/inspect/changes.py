"""What differs between two events, as a tree of what is new and what is gone; what is the same is only counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from peek_tui.render import units
from peek_tui.render.text import clean
from peek_tui.trace.model import Event

from .entry import Entry, Path
from .layout import Layout
from .subject import Subject

__all__ = ["changes", "since_mark"]

_MOST = 1_000
"""Items, or lines of text, that are aligned with one another after what both begin and end with; more are replaced."""
_SHORT = 60
"""A text up to so many characters is one value, not lines."""
_ABSENT = object()


def changes(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield how an event differs from the one of its kind before it."""
    yield from _compared(subject.whole, subject.before, layout)


def since_mark(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield how an event differs from the one that was marked last."""
    yield from _compared(subject.whole, subject.marked, layout)


def _compared(event: Event, other: Event | None, layout: Layout) -> Iterator[Entry]:
    if other is None:
        yield Entry(0, "", "there is nothing before it to compare it with", "dim", ())
        return
    found = list(_Changes(layout).between(0, "", dict(other.data), dict(event.data), ("changes",)))
    same = "" if found else ": they say the same"
    yield Entry(0, "since", f"row {units.count(other.row)}, {clean(other.type)} {clean(other.name)}{same}", "dim", ())
    yield from found


class _Changes:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def between(self, indent: int, key: str, old: Any, new: Any, path: Path) -> Iterator[Entry]:
        """Yield the lines for one value; none when nothing differs."""
        if _same(old, new):
            return
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._headed(indent, key, path, self._in_dict(old, new, path, indent + 2 * bool(key)))
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._headed(indent, key, path, self._in_list(old, new, path, indent + 2 * bool(key)))
        elif isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _SHORT:
            yield from self._headed(indent, key, path, self._in_text(old, new, path, indent + 2))
        else:
            yield from self._whole("-", indent, key, old, path)
            yield from self._whole("+", indent, key, new, path)

    def _headed(self, indent: int, key: str, path: Path, inner: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the key around what changed in it; it folds."""
        if not key:
            yield from inner
            return
        folded = self._layout.is_folded(path, at_first=False)
        yield Entry(indent, clean(key), "", "branch", path, folded)
        if not folded:
            yield from inner

    def _in_dict(self, old: dict[str, Any], new: dict[str, Any], path: Path, indent: int) -> Iterator[Entry]:
        same = [key for key, value in new.items() if key in old and _same(old[key], value)]
        for key in dict.fromkeys((*new, *old)):
            yield from self.between(indent, key, old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
        if same:
            yield Entry(indent, "", f"the same: {clean(', '.join(same))}", "dim", path)

    def _in_list(self, old: list[Any], new: list[Any], path: Path, indent: int) -> Iterator[Entry]:
        for tag, before, after in _aligned([_fingerprint(item) for item in old], [_fingerprint(item) for item in new]):
            if tag == "equal":
                yield Entry(indent, "", f"{units.count(len(before))} the same", "dim", path)
                continue
            paired = min(len(before), len(after))
            for one, other in zip(before[:paired], after[:paired], strict=True):
                yield from self.between(indent, str(other), old[one], new[other], (*path, other))
            for one in before[paired:]:
                yield from self._whole("-", indent, str(one), old[one], (*path, "-", one))
            for other in after[paired:]:
                yield from self._whole("+", indent, str(other), new[other], (*path, other))

    def _in_text(self, old: str, new: str, path: Path, indent: int) -> Iterator[Entry]:
        before, after = old.split("\n"), new.split("\n")
        for tag, gone, come in _aligned(before, after):
            if tag == "equal":
                number = len(gone)
                yield Entry(indent, "", f"{units.count(number)} line{'' if number == 1 else 's'} the same", "dim", path)
                continue
            for at in gone:
                yield from self._layout.wrapped(indent, before[at], "removed", path, sign="-")
            for at in come:
                yield from self._layout.wrapped(indent, after[at], "added", path, sign="+")

    def _whole(self, sign: str, indent: int, key: str, value: Any, path: Path) -> Iterator[Entry]:
        """Yield a value that is new, or gone, as a whole."""
        if value is _ABSENT:
            return
        kind = "added" if sign == "+" else "removed"
        for entry in self._layout.value(indent, key, value, (*path, sign)):
            yield entry._replace(sign=sign, kind=kind)


def _same(old: Any, new: Any) -> bool:
    """Return whether two values are the same JSON: true is not 1 there."""
    return old is new or (type(old) is type(new) and old == new and _fingerprint(old) == _fingerprint(new))


def _fingerprint(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, range, range]]:
    """Yield which ranges of two sequences are `equal`, and which stand in each other's place."""
    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    tail = next((at for at in range(shortest - head) if old[-1 - at] != new[-1 - at]), shortest - head)
    ends = len(old) - tail, len(new) - tail
    if head:
        yield "equal", range(head), range(head)
    if max(ends[0] - head, ends[1] - head) > _MOST:
        yield "replace", range(head, ends[0]), range(head, ends[1])
    else:
        matcher = SequenceMatcher(None, old[head : ends[0]], new[head : ends[1]], autojunk=False)
        for tag, *spans in matcher.get_opcodes():
            start, stop, begin, end = (span + head for span in spans)
            yield tag, range(start, stop), range(begin, end)
    if tail:
        yield "equal", range(ends[0], len(old)), range(ends[1], len(new))
