"""An event laid out for the inspector: a headline, one view of what it says, and where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from time import sleep

from peek_tui.render import units
from peek_tui.render.text import clean
from peek_tui.state.background import Background

from .changes import changes, is_long, since_mark
from .conversation import conversation, is_spoken
from .entry import Entry, Path
from .layout import Layout
from .payload import payload
from .raw import raw
from .subject import Subject

__all__ = ["VIEWS", "LayingOut", "Outline", "views_of"]

VIEWS: dict[str, Callable[[Subject, Layout], Iterator[Entry]]] = {
    "payload": payload,
    "conversation": conversation,
    "changes": changes,
    "since the mark": since_mark,
    "raw": raw,
}
"""The ways to look at an event, in the order in which a key goes through them."""


def views_of(subject: Subject) -> list[str]:
    """Return the views that an event has."""
    without = set() if is_spoken(subject.event) else {"conversation"}
    without |= set() if subject.marked else {"since the mark"}
    return [name for name in VIEWS if name not in without]


class Outline:
    """The lines of one event in one view at one width."""

    def __init__(
        self, subject: Subject, width: int, view: str = "payload", toggled: frozenset[Path] = frozenset()
    ) -> None:
        """`toggled` are the branches that are folded or opened, contrary to how they are at first."""
        self.subject = subject
        self.view = view if view in views_of(subject) else "payload"
        self.width = max(width, 20)
        self._toggled = toggled

    @cached_property
    def entries(self) -> list[Entry]:
        """The lines, laid out when somebody asks for them."""
        return list(self.lines())

    @property
    def takes_long(self) -> bool:
        """Whether to lay it out takes longer than a key may wait: it compares much."""
        subject = self.subject
        match self.view:
            case "changes":
                return subject.before is not None and is_long(subject.before.data, subject.whole.data)
            case "since the mark":
                return subject.marked is not None and is_long(subject.marked.data, subject.whole.data)
            case _:
                return False

    def announced(self) -> Outline:
        """Return what is shown of it until it is laid out."""
        outline = Outline(self.subject, self.width, self.view, self._toggled)
        outline.entries = [Entry(0, "", self._headline(), "fact", ()), Entry(0, "", "comparing…", "dim", ())]
        return outline

    def toggle(self, index: int) -> Outline:
        """Return the outline with the branch at this line folded or opened."""
        branches = self.entries[index].folds if 0 <= index < len(self.entries) else ()
        return (
            Outline(self.subject, self.width, self.view, self._toggled.symmetric_difference(branches))
            if branches
            else self
        )

    def resized(self, width: int) -> Outline:
        """Return the outline laid out for another width."""
        return Outline(self.subject, width, self.view, self._toggled)

    def seen_as(self, view: str) -> Outline:
        """Return the outline of another view."""
        return Outline(self.subject, self.width, view)

    def renewed(self, subject: Subject) -> Outline:
        """Return the outline of the same event when there is more to be said of it."""
        return Outline(subject, self.width, self.view, self._toggled)

    def lines(self) -> Iterator[Entry]:
        """Yield what a reader wants first: when and what it cost, how it failed, what it says; then the rest."""
        said = VIEWS[self.view](self.subject, Layout(self.width, self._toggled))
        first = next(said, None)
        folded = None if first is None else () in self._toggled
        yield Entry(0, "", self._headline(), "fact", (), folded)
        if first is not None and not folded:
            yield first
            yield from said
        yield from self._references()

    def _headline(self) -> str:
        event, usage = self.subject.event, self.subject.event.usage
        parts = [self.view] if self.view != "payload" else []
        if event.ts:
            parts.append(f"{units.date(event.ts)}.{event.ts // 1_000_000 % 1_000:03d}")
        if event.damage is not None and event.damage.part == "line":
            parts.append(f"line {units.count(event.damage.line)}, {units.count(len(event.raw))} bytes")
        if event.duration_ms is not None:
            parts.append(f"took {units.duration(event.duration_ms)}")
        if usage is not None and usage.total:
            cached = f" ({units.tokens(usage.cache_read)} cached)" if usage.cache_read else ""
            parts.append(f"{units.tokens(usage.input)}{cached} → {units.tokens(usage.output)} tok")
        if event.cost_usd is not None:
            parts.append(units.money(event.cost_usd))
        return clean("  ".join(parts)) or "no time given"

    def _references(self) -> Iterator[Entry]:
        """Yield whose event it is and what it belongs to; nothing for a line that is no event."""
        event = self.subject.event
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


class LayingOut(Background):
    """Lays out an outline that takes long, beside the event loop."""

    is_waited_for = False

    def __init__(self, outline: Outline) -> None:
        super().__init__()
        self.outline = outline
        self.done = False

    def work(self) -> None:
        """Lay it out, unless nobody wants it any more."""
        entries: list[Entry] = []
        for entry in self.outline.lines():
            if self.stopped:
                return
            entries.append(entry)
            sleep(0)  # lets the screen have its turn
        self.outline.entries = entries
        self.done = True
        self.tell()
