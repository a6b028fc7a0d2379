"""A query: terms, put together with and, or and not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from peek_tui.trace.model import Event

from .pattern import Pattern
from .terms import UNKNOWN, Bounds, Known, Leaf, Text, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .columns import Columns

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "And",
    "Node",
    "Not",
    "Or",
    "Query",
    "any_of",
    "both",
    "either",
    "exactly",
    "found",
    "negated",
    "of_types",
]


class And(msgspec.Struct, frozen=True):
    """All of them hold; of none, always."""

    nodes: tuple[Node, ...]

    def holds(self, event: Event, first_ts: int) -> bool:
        return all(node.holds(event, first_ts) for node in self.nodes)

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        sure = True
        for node in self.nodes:
            bounds = node.on_line(raw, known)
            if not bounds.possible:
                return bounds
            sure = sure and bounds.sure
        return Bounds(sure, True)

    def __str__(self) -> str:
        return " ".join(map(_grouped, self.nodes)) or "*"


class Or(msgspec.Struct, frozen=True):
    """At least one of them holds."""

    nodes: tuple[Node, ...]

    def holds(self, event: Event, first_ts: int) -> bool:
        return any(node.holds(event, first_ts) for node in self.nodes)

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        possible = False
        for node in self.nodes:
            bounds = node.on_line(raw, known)
            if bounds.sure:
                return bounds
            possible = possible or bounds.possible
        return Bounds(False, possible)

    def __str__(self) -> str:
        return " OR ".join(map(str, self.nodes))


class Not(msgspec.Struct, frozen=True):
    """It does not hold."""

    node: Node

    def holds(self, event: Event, first_ts: int) -> bool:
        return not self.node.holds(event, first_ts)

    def on_line(self, raw: bytes, known: Known) -> Bounds:
        sure, possible = self.node.on_line(raw, known)
        return Bounds(not possible, not sure)

    def __str__(self) -> str:
        return f"-{_grouped(self.node)}"


Node = Leaf | And | Or | Not

_ALWAYS = And(())


def both(nodes: Iterable[Node]) -> Node:
    """Return what holds when all of `nodes` do."""
    flat = tuple(_flattened(And, nodes))
    return flat[0] if len(flat) == 1 else And(flat)


def either(nodes: Iterable[Node]) -> Node:
    """Return what holds when one of `nodes` does."""
    flat = tuple(_flattened(Or, nodes))
    return negated(_ALWAYS) if not flat else flat[0] if len(flat) == 1 else Or(flat)


def negated(node: Node) -> Node:
    """Return what holds when `node` does not."""
    return node.node if isinstance(node, Not) else Not(node)


def found(patterns: Iterable[Pattern]) -> Node:
    """Return what holds when one of the patterns is found in the event; nothing is found everywhere."""
    stripped = tuple(pattern.stripped() for pattern in patterns)
    return Text(stripped) if all(any(pattern.parts) for pattern in stripped) else _ALWAYS


class Query(msgspec.Struct, frozen=True):
    """Which events are wanted. `str()` gives it back as it can be written, and read again to the same query."""

    root: Node = _ALWAYS

    def holds(self, event: Event, first_ts: int = 0) -> bool:
        """Whether an event is wanted, of a trace whose first event has the time `first_ts`."""
        return self.root.holds(event, first_ts)

    def could_hold(self, raw: bytes) -> bool:
        """Whether the event of which this is the line may be wanted, as far as can be told without parsing it."""
        return self.root.on_line(raw, lambda _: UNKNOWN).possible

    def mask(self, columns: Columns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which rows are wanted by their columns alone, and of which only the payload can tell."""
        from .masks import Masks

        answers = Masks(self.root, columns).over(range(columns.rows))
        return answers.yes, answers.maybe

    @property
    def is_everything(self) -> bool:
        return self.root == _ALWAYS

    def __and__(self, other: Query) -> Query:
        return Query(both([self.root, other.root]))

    def __str__(self) -> str:
        return "" if self.is_everything else str(self.root)


EVERYTHING = Query()


NOTHING = Query(Not(_ALWAYS))


def exactly(field: str, words: Iterable[str]) -> Query:
    """Return the query for events whose `type`, `name`, `agent` or `session` is one of these, to the letter."""
    patterns = tuple(Pattern((word,)) for word in words)
    return Query(Word(field, patterns)) if patterns else NOTHING


def of_types(types: Iterable[str]) -> Query:
    """Return the query for events of these types."""
    return exactly("type", types)


def any_of(queries: Iterable[Query]) -> Query:
    """Return the query for what any of these wants."""
    return Query(either([query.root for query in queries]))


def _flattened(kind: type[And] | type[Or], nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, kind):
            yield from node.nodes
        else:
            yield node


def _grouped(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) and node != _ALWAYS else str(node)
