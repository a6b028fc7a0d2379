from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.tree import NO_TREE, ORPHAN, ROOT, Amounts, Sums, Tree


def tree(*parents: int) -> Tree:
    """A tree whose rows weigh one event, one error when odd, ten tokens and as many dollars as the row."""
    rows = range(len(parents))
    return Tree(
        parents,
        errors=[row for row in rows if row % 2],
        tokens=Amounts(rows, [10] * len(parents)),
        costs=Amounts(rows, [float(row) for row in rows]),
    )


#      0
#   1     4
# 2   3     6        5 is an orphan
PARENTS = (ROOT, 0, 1, 1, 0, ORPHAN, 4)


def test_shape() -> None:
    """Children stand in the order of the run, and every row stands before its children."""
    made = tree(*PARENTS)
    assert len(made) == 7
    assert list(made.roots) == [0, 5]
    assert [list(made.children(row)) for row in range(7)] == [[1, 4], [2, 3], [], [], [6], [], []]
    assert list(made.preorder) == [0, 1, 2, 3, 4, 6, 5]
    assert [made.depth(row) for row in range(7)] == [0, 1, 2, 2, 1, 0, 2]
    assert list(made.ancestors(6)) == [4, 0]
    assert list(made.ancestors(0)) == []
    assert list(made.below(1)) == [1, 2, 3]


def test_orphans() -> None:
    """A row whose parent is not there is a root, and marked."""
    made = tree(*PARENTS)
    assert (made.orphans, made.broken, made.parent(5)) == (frozenset({5}), frozenset(), ROOT)


def test_sums() -> None:
    """Sums are over a row and all below it."""
    made = tree(*PARENTS)
    assert made.sums(0) == Sums(6, 2, 60, 16.0)
    assert made.sums(1) == Sums(3, 2, 30, 6.0)
    assert made.sums(5) == Sums(1, 1, 10, 5.0)


@pytest.mark.parametrize(
    ("costs", "total"),
    [((None, None, None), None), ((0.5, None, 0.25), 0.75), ((None, None, 0.25), 0.25), ((0.0, None, None), 0.0)],
)
def test_unknown_costs(costs: tuple[float | None, ...], total: float | None) -> None:
    """A cost that nobody states adds nothing, and where none is stated the sum is unknown."""
    stated = {row: cost for row, cost in enumerate(costs) if cost is not None}
    made = Tree((ROOT, 0, 1), costs=Amounts(list(stated), list(stated.values())))
    assert made.sums(0).cost_usd == total


@pytest.mark.parametrize(
    ("parents", "broken", "preorder"),
    [
        ((0,), {0}, [0]),
        ((1, 0), {0}, [0, 1]),
        ((ROOT, 3, 1, 2), {1}, [0, 1, 2, 3]),
        ((2, 2, 3, 2), {2}, [2, 0, 1, 3]),
        ((1, 0, 3, 2), {0, 2}, [0, 1, 2, 3]),
        ((3, ROOT, 3, 2), {2}, [1, 2, 3, 0]),
    ],
)
def test_cycles(parents: tuple[int, ...], broken: set[int], preorder: list[int]) -> None:
    """A cycle is broken at its earliest row, which becomes a root; what hangs on it stays there."""
    made = tree(*parents)
    assert made.broken == broken
    assert list(made.preorder) == preorder


@given(st.integers(0, 30).flatmap(lambda size: st.lists(st.integers(-2, size - 1), min_size=size, max_size=size)))
def test_any_parents(parents: list[int]) -> None:
    """Whatever the parents, the tree holds every row once, below its parent, and its sums add up."""
    made = tree(*parents)
    assert sorted(made.preorder) == list(range(len(parents)))
    places = {row: place for place, row in enumerate(made.preorder)}
    for row in range(len(parents)):
        parent = made.parent(row)
        assert parent in (ROOT, parents[row])
        if parent != ROOT:
            assert places[parent] < places[row]
            assert row in made.children(parent)
            assert made.depth(row) == made.depth(parent) + 1
        assert made.sums(row).events == len(list(made.below(row)))
    assert sum(made.sums(root).events for root in made.roots) == len(parents)


def test_deep() -> None:
    """A chain may be as deep as the trace is long."""
    size = 100_000
    made = tree(*range(-1, size - 1))
    assert (made.depth(size - 1), made.sums(0).events) == (size - 1, size)


def test_none() -> None:
    """An empty trace has a tree."""
    assert (len(NO_TREE), list(NO_TREE.roots), list(NO_TREE.preorder)) == (0, [], [])
