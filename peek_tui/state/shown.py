"""Which events are shown."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from peek_tui.render.words import group_of
from peek_tui.trace.query import EVERYTHING, Query, of_types, parse_query
from peek_tui.trace.store import Snapshot

__all__ = ["Shown"]

_NO_STEP = frozenset({"llm_chunk"})
"""Types that are no step of their own: pieces of an answer that stands beside them."""

_parsed = lru_cache(64)(parse_query)


class Shown(NamedTuple):
    """The filters: the types that single keys show and hide, and those that were typed. All must hold."""

    hidden: frozenset[str] = frozenset()
    """Keys of the groups that are not shown."""
    only: str | None = None
    """The one type that is shown, if one is."""
    filters: tuple[str, ...] = ()
    """Queries, as they were typed."""
    off: bool = False
    """Whether all of it stands aside, and everything is shown."""

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.off or (not self.hidden and self.only is None and not self.filters)

    def shows(self, key: str) -> bool:
        """Whether anything of a group is shown, as far as types go."""
        return self.off or (key not in self.hidden and (self.only is None or group_of(self.only).key == key))

    def with_filter(self, text: str) -> Shown:
        """Return this and one more filter. Raises `UsageError` for a text that is no query."""
        text = str(_parsed(text))
        filters = self.filters if not text or text in self.filters else (*self.filters, text)
        return self._replace(filters=filters, off=False)

    def in_timeline(self, snapshot: Snapshot) -> Query:
        """Return the query for the events that the timeline shows."""
        query = self._of_types(snapshot, frozenset())
        for text in () if self.off else self.filters:
            query &= _parsed(text)
        return query

    def in_tree(self, snapshot: Snapshot) -> list[Query]:
        """Return the queries for the events of the tree: no pieces of answers, unless they alone are asked for."""
        filters = [] if self.off else [_parsed(text) for text in self.filters]
        return [self._of_types(snapshot, _NO_STEP), *filters]

    def _of_types(self, snapshot: Snapshot, without: frozenset[str]) -> Query:
        if self.only is not None and not self.off:
            return of_types([self.only])
        hidden = frozenset() if self.off else self.hidden
        types = snapshot.types()
        shown = [type for type in types if type not in without and group_of(type).key not in hidden]
        return EVERYTHING if len(shown) == len(types) else of_types(shown)
