"""Where `c` stops: any filter may be a breakpoint."""

from __future__ import annotations

from typing import NamedTuple

from peek_tui.trace.model import Event
from peek_tui.trace.query import NOTHING, Query, any_of, exactly, parse_query
from peek_tui.trace.store import Snapshot

__all__ = ["ALERTS", "Breakpoint", "Breakpoints", "like"]

ALERTS = parse_query("type:refusal,policy_violation,behavior_alert OR (type:safety_check data.outcome:warn,fail,block)")
"""What somebody or something has objected to."""


class Breakpoint(NamedTuple):
    """A query, and whether it stops anything."""

    query: Query
    enabled: bool = True

    def __str__(self) -> str:
        return str(self.query)


class Breakpoints:
    """Those of one view, in the order in which they were set."""

    def __init__(self) -> None:
        self.all: list[Breakpoint] = []

    def add(self, text: str, *, enabled: bool = True) -> None:
        """Set a breakpoint. Raises `UsageError` for a text that is no query."""
        query = parse_query(text)
        if not any(each.query == query for each in self.all):
            self.all.append(Breakpoint(query, enabled))

    def toggle(self, query: Query) -> bool:
        """Set a breakpoint, or remove it; return whether there is one now."""
        kept = [each for each in self.all if each.query != query]
        is_new = len(kept) == len(self.all)
        self.all = [*kept, Breakpoint(query)] if is_new else kept
        return is_new

    def enable(self, at: int) -> None:
        """Let one that stops nothing stop again, or the other way round."""
        self.all[at] = self.all[at]._replace(enabled=not self.all[at].enabled)

    def remove(self, at: int) -> None:
        """Remove one."""
        del self.all[at]

    @property
    def query(self) -> Query:
        """What any of them wants."""
        enabled = [each.query for each in self.all if each.enabled]
        return any_of(enabled) if enabled else NOTHING

    def stops_at(self, snapshot: Snapshot, row: int) -> bool:
        """Whether one of them wants the event in a row: asked as `c` asks, so that both agree."""
        query = self.query
        return query != NOTHING and next(snapshot.matching(query, [row]), None) is not None


def like(event: Event) -> Query:
    """Return the query for events of the same type and name."""
    return exactly("type", [event.type]) & exactly("name", [event.name])
