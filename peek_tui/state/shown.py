"""Which types of events are shown."""

from __future__ import annotations

from typing import NamedTuple

from peek_tui.render.words import group_of
from peek_tui.trace.query import EVERYTHING, Query, of_types
from peek_tui.trace.store import Snapshot

__all__ = ["Shown"]

_NO_STEP = frozenset({"llm_chunk"})
"""Types that are no step of their own: pieces of an answer that stands beside them."""


class Shown(NamedTuple):
    """The filter over the types."""

    hidden: frozenset[str] = frozenset()
    """Keys of the groups that are not shown."""
    only: str | None = None
    """The one type that is shown, if one is."""

    def shows(self, key: str) -> bool:
        """Whether anything of a group is shown."""
        return key not in self.hidden and (self.only is None or group_of(self.only).key == key)

    def in_timeline(self, snapshot: Snapshot) -> Query:
        """Return the query for the events that the timeline shows."""
        return self._query(snapshot, frozenset())

    def in_tree(self, snapshot: Snapshot) -> Query:
        """Return the query for the events of the tree: no pieces of answers, unless they alone are asked for."""
        return self._query(snapshot, _NO_STEP)

    def _query(self, snapshot: Snapshot, without: frozenset[str]) -> Query:
        if self.only is not None:
            return of_types([self.only])
        types = snapshot.types()
        shown = [type for type in types if type not in without and group_of(type).key not in self.hidden]
        return EVERYTHING if len(shown) == len(types) else of_types(shown)
