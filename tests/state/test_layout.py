from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.layout import PANES, Arrangement, Layout, Pane, arrange

SIZES = [(40, 10), (80, 16), (80, 24), (120, 40), (200, 60)]


def names(layout: Layout, size: tuple[int, int]) -> list[str]:
    return [pane.name for pane in arrange(layout, *size).panes]


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((40, 10), ["timeline"]),
        ((80, 16), ["timeline"]),
        ((80, 24), ["timeline", "inspector"]),
        ((120, 40), ["timeline", "tree", "inspector"]),
        ((200, 60), ["tree", "timeline", "inspector"]),
    ],
)
def test_sizes(size: tuple[int, int], seen: list[str]) -> None:
    """The more room there is the more panes are seen; from 160 columns on the tree is the first."""
    assert names(Layout(), size) == seen


def test_hidden() -> None:
    """A pane that is not wanted leaves its room to the others; the timeline always has some."""
    for size in SIZES:
        assert names(Layout(hidden=frozenset(PANES)), size) == ["timeline"]
    assert arrange(Layout().toggled("tree"), 120, 40) == Arrangement(
        (Pane("timeline"), Pane("inspector", left=True)), (60, 40), (1,)
    )
    assert Layout().toggled("tree").toggled("tree") == Layout()


@pytest.mark.parametrize("size", SIZES)
def test_alone(size: tuple[int, int]) -> None:
    """Any pane can have all the room, on a screen of any size."""
    for pane in PANES:
        assert names(Layout(alone=pane), size) == [pane]


def test_tree_first() -> None:
    """The tree takes the timeline's place only where there is no room for both."""
    layout = Layout(tree_first=True)
    assert [names(layout, size)[0] for size in SIZES] == ["tree", "tree", "tree", "timeline", "tree"]


RESIZES = st.lists(
    st.tuples(st.sampled_from(PANES), st.sampled_from([-1, 0, 1]), st.sampled_from([-1, 0, 1]), st.integers(30, 250))
)


@given(st.frozensets(st.sampled_from(PANES)), RESIZES, st.integers(1, 300), st.integers(1, 100))
def test_fits(hidden: frozenset[str], resizes: list[tuple[str, int, int, int]], width: int, height: int) -> None:
    """However panes are resized each that is seen has a share, and they fill the grid."""
    layout = Layout(hidden)
    for resize in resizes:
        layout = layout.resized(*resize)
    panes, columns, rows = arrange(layout, width, height)
    assert sum(pane.rows for pane in panes) == len(columns) * len(rows)
    assert all(share > 0 for share in (*columns, *rows))
    assert len({pane.name for pane in panes}) == len(panes)


def test_resized() -> None:
    """The pane that has the keys gets what the others lose, and there and back is as it was."""
    layout = Layout().resized("timeline", 1, 0, 120)
    assert arrange(layout, 120, 40).columns == (65, 35)
    assert arrange(layout.resized("tree", 1, 0, 120), 120, 40) == arrange(Layout(), 120, 40)
    assert arrange(Layout().resized("inspector", 1, 0, 200), 200, 60).columns == (27, 41, 32)
    assert arrange(Layout().resized("inspector", 0, 1, 80), 80, 24).rows == (60, 40)
    most = Layout()
    for _ in range(20):
        most = most.resized("timeline", 1, 0, 120)
    assert arrange(most, 120, 40).columns == (80, 20)
    assert arrange(replace(most.resized("timeline", -1, 0, 120)), 120, 40).columns == (75, 25)
