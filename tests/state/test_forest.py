"""The arrays against the same rules written without any."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peek_tui.render.words import group_of
from peek_tui.state.forest import Forest, Shape
from peek_tui.state.shown import Shown

from .traces import TraceFile, close_all

TYPES = ("log", "decision", "tool_call", "llm_chunk", "agent_start")
EVENTS = st.lists(st.tuples(st.integers(0, 14), st.sampled_from(TYPES)), max_size=14)
FILTERS = st.sampled_from((Shown(), Shown(frozenset("8")), Shown(frozenset("236")), Shown(only="llm_chunk")))


class Model:
    """What a filter shows of a tree: a list of rows, and for each the shown rows above it, the nearest first."""

    def __init__(self, shape: Shape, shown: Shown) -> None:
        tree, snapshot = shape.tree, shape.snapshot
        self.rows = [int(row) for row in tree.preorder if self._shows(snapshot.type(row), shown)]
        self.above = {row: [int(one) for one in tree.ancestors(row) if one in self.rows] for row in range(len(tree))}

    def parent(self, row: int) -> int | None:
        return self.above[row][0] if self.above[row] else None

    def children(self, parent: int | None) -> list[int]:
        return [row for row in self.rows if self.parent(row) == parent]

    def sibling(self, row: int, by: int) -> int | None:
        siblings = self.children(self.parent(row))
        at = siblings.index(row) + by
        return siblings[at] if 0 <= at < len(siblings) else None

    def seen(self, folded: set[int]) -> list[int]:
        return [row for row in self.rows if not folded.intersection(self.above[row])]

    def _shows(self, type: str, shown: Shown) -> bool:
        if shown.only is not None:
            return type == shown.only
        return type != "llm_chunk" and group_of(type).key not in shown.hidden


@given(EVENTS, FILTERS, st.sets(st.integers(0, 13)))
@example([(number, "log") for number in range(14)], Shown(), {3})
def test_any_tree(events: list[tuple[int, str]], shown: Shown, folded: set[int]) -> None:
    """Whatever belongs to whatever, is hidden and is folded, each event has the place that it has by the rules."""
    with tempfile.TemporaryDirectory() as directory:
        trace = TraceFile(Path(directory) / "trace.jsonl")
        for parent, type in events:
            trace.add(type, parent=f"5f3a9c1e{parent:08x}")
        forest = Forest(shape := Shape(trace.snapshot()), shown)
        model = Model(shape, shown)
        rows = forest.rows.tolist()
        assert rows == model.rows
        assert [rows[at] for at in forest.lines(np.isin(forest.rows, list(folded)))] == model.seen(folded)
        for row in range(len(events)):
            expected: int | None = row if row in rows else model.parent(row)
            nearest = forest.nearest(row)
            assert (None if nearest is None else rows[nearest]) == expected
            assert forest.index(row) == (rows.index(row) if row in rows else None)
        for index, row in enumerate(rows):
            children = model.children(row)
            child, above = forest.child(index), forest.parent(index)
            assert (None if child is None else rows[child]) == (children[0] if children else None)
            assert (None if above is None else rows[above]) == model.parent(row)
            assert forest.depths[index] == len(model.above[row])
            for by in (1, -1):
                sibling = forest.sibling(index, by)
                assert (None if sibling is None else rows[sibling]) == model.sibling(row, by)
    close_all()


@pytest.mark.parametrize("length", [1, 5_000, 10_000])
def test_far_back(trace: TraceFile, length: int) -> None:
    """However much stands between, an event's parent and its siblings are found."""
    lines = ['{"id":"root","type":"log"}', '{"id":"first","type":"log","parent":"root"}']
    lines += [f'{{"id":"{number}","type":"log","parent":"first"}}' for number in range(length)]
    lines += ['{"id":"last","type":"log","parent":"root"}']
    trace.write("".join(f"{line}\n" for line in lines).encode())
    forest = Forest(Shape(trace.snapshot()), Shown())
    last = length + 2
    assert (forest.parent(last), forest.sibling(last, -1), forest.sibling(1, 1)) == (0, 1, last)
    assert forest.sibling(last, 1) is None


def test_chain(trace: TraceFile) -> None:
    """A chain as long as the trace is laid out too."""
    lines = [f'{{"id":"{number}","type":"log","parent":"{number - 1}"}}\n' for number in range(20_000)]
    trace.write("".join(lines).encode())
    forest = Forest(Shape(trace.snapshot()), Shown())
    assert forest.depths.tolist() == list(range(20_000))
    assert set(forest.ends.tolist()) == {20_000}
