from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.browse import Browse
from peek_tui.state.forest import Forest, Shape
from peek_tui.state.shown import Shown
from peek_tui.state.tree import TreeView

from .traces import NOON, Growing, TraceFile, close_all


@pytest.fixture
def trace(trace: TraceFile) -> TraceFile:
    """0 an agent, 1 a turn: 2 a request, 3 a chunk, 4 the answer, 5 a decision, 6 a call, 7 its result; 8 the end."""
    agent = trace.add("agent_start", "agent")
    turn = trace.add("agent_turn", "turn", parent=agent)
    request = trace.add("llm_request", "model", parent=turn)
    trace.add("llm_chunk", "model", parent=request)
    usage = {"input_tokens": 10, "output_tokens": 5}
    trace.add("llm_response", "model", parent=request, usage=usage, cost_usd=0.5)
    decision = trace.add("decision", "search", parent=turn)
    call = trace.add("tool_call", "search", parent=decision)
    trace.add("tool_result", "search", parent=call, error={"type": "E", "message": ""})
    trace.add("agent_end", "agent", parent=agent)
    return trace


@pytest.fixture
def browse(trace: TraceFile) -> Browse:
    return Growing(trace).browse


def planted(browse: Browse) -> TreeView:
    """The view of all that is browsed."""
    view = TreeView(browse)
    grow(view, browse)
    return view


def grow(view: TreeView, browse: Browse) -> None:
    """Give the view the tree of what is browsed now."""
    view.take(Forest(Shape(browse.snapshot), browse.shown))


@pytest.fixture
def view(browse: Browse) -> TreeView:
    return planted(browse)


def test_lines(view: TreeView) -> None:
    """Every event is a line before what belongs to it, but for the chunks of an answer that stands beside them."""
    assert view.rows == [0, 1, 2, 4, 5, 6, 7, 8]
    branches = [view.branch(line) for line in range(8)]
    assert [branch.depth for branch in branches] == [0, 1, 2, 3, 2, 3, 4, 1]
    assert [branch.folded for branch in branches] == [False, False, False, None, False, False, None, None]
    assert {branch.mark for branch in branches} == {""}


def test_sums(view: TreeView) -> None:
    """A branch knows what all below it came to; what nobody said is unknown."""
    turn, call = view.branch(1).sums, view.branch(5).sums
    assert (turn.events, turn.errors, turn.tokens, turn.cost_usd) == (7, 1, 15, 0.5)
    assert (call.events, call.errors, call.tokens, call.cost_usd) == (2, 1, 0, None)


def test_one_selection(view: TreeView, browse: Browse) -> None:
    """The tree shows the selection of the timeline, and moving in it moves that."""
    browse.go_row(5)
    assert view.position == 4
    view.move(2)
    assert browse.row == 7
    view.move(99)
    assert browse.row == 8
    view.move(-99)
    assert browse.row == 0


def test_chunk(view: TreeView, browse: Browse) -> None:
    """A selected event that has no line is stood in for by what it belongs to."""
    browse.go_row(3)
    assert view.position == 2


def test_hidden(view: TreeView, browse: Browse) -> None:
    """What the timeline hides the tree hides, and what belongs to it hangs under the nearest shown event above it."""
    browse.go_row(7)
    browse.toggle_group("3")
    assert view.rows == [0, 1, 2, 4, 6, 7, 8]
    assert [view.branch(line).depth for line in range(7)] == [0, 1, 2, 3, 2, 3, 1]
    assert (view.position, browse.row) == (5, 7)
    assert view.up()
    assert view.up()
    assert browse.row == 1
    browse.show_all()
    assert view.rows == [0, 1, 2, 4, 5, 6, 7, 8]


def test_hidden_selection(view: TreeView, browse: Browse) -> None:
    """A selected event that is hidden is stood in for by the nearest shown one it belongs to; up goes there."""
    browse.go_row(7)
    browse.toggle_group("2")
    assert view.rows == [0, 1, 2, 4, 5, 8]
    assert view.position == 4
    assert (view.down(), view.sibling(1), browse.selected) == (False, False, 7)
    assert view.up()
    assert browse.selected == 5


def test_hidden_root(view: TreeView, browse: Browse) -> None:
    """Without a shown event above it, the one before it stands in, or the first."""
    browse.go_row(8)
    browse.toggle_group("6")
    assert view.rows == [1, 2, 4, 5, 6, 7]
    assert [view.branch(line).depth for line in range(6)] == [0, 1, 2, 1, 2, 3]
    assert view.position == 5
    browse.select(0)
    assert view.position == 0
    assert not view.up()


def test_only_chunks(view: TreeView, browse: Browse) -> None:
    """The pieces of answers are lines when nothing else is asked for."""
    browse.go_row(3)
    browse.isolate()
    assert view.rows == [3]


def test_nothing_shown(view: TreeView, browse: Browse) -> None:
    """When all is hidden there are no lines, and keys do no harm."""
    for key in "12345678":
        browse.toggle_group(key)
    view.move(1)
    view.toggle()
    assert (view.rows, view.position, view.up(), view.down(), view.sibling(-1)) == ([], 0, False, False, False)


def test_folds_are_kept(view: TreeView, browse: Browse) -> None:
    """What is folded while a filter is on stays so without it, and the other way round."""
    browse.toggle_group("3")
    browse.go_row(6)
    view.fold()
    assert view.rows == [0, 1, 2, 4, 6, 8]
    browse.show_all()
    assert view.rows == [0, 1, 2, 4, 5, 6, 8]
    assert view.branch(5).below == 1


def test_up(view: TreeView, browse: Browse) -> None:
    """Up goes to what an event belongs to, to the root, where there is nothing above."""
    browse.go_row(7)
    rows = []
    while view.up():
        rows.append(browse.row)
    assert rows == [6, 5, 1, 0]


def test_down(view: TreeView, browse: Browse) -> None:
    """Down goes to the first event that belongs to it, and opens a branch that is folded."""
    view.toggle()
    assert view.rows == [0]
    assert view.down()
    assert (browse.row, view.rows) == (1, [0, 1, 2, 4, 5, 6, 7, 8])
    browse.go_row(7)
    assert not view.down()


def test_siblings(view: TreeView, browse: Browse) -> None:
    """Siblings are the events with the same parent, in order."""
    browse.go_row(2)
    assert view.sibling(1)
    assert browse.row == 5
    assert not view.sibling(1)
    assert view.sibling(-1)
    assert browse.row == 2
    assert not view.sibling(-1)


def test_fold(view: TreeView, browse: Browse) -> None:
    """A branch folds, then goes up; it unfolds, then goes down."""
    browse.go_row(5)
    view.fold()
    assert (view.rows, browse.row) == ([0, 1, 2, 4, 5, 8], 5)
    assert view.branch(4).folded is True
    view.fold()
    assert browse.row == 1
    browse.go_row(5)
    view.unfold()
    assert (view.rows, browse.row) == ([0, 1, 2, 4, 5, 6, 7, 8], 5)
    view.unfold()
    assert browse.row == 6


def test_fold_around_the_selection(view: TreeView, browse: Browse) -> None:
    """When the branch around the selected event is folded, its line stands in."""
    browse.go_row(7)
    view.fold_all()
    assert view.rows == [0, 1, 8]
    assert view.position == 1
    view.unfold_all()
    assert (view.rows, view.position) == ([0, 1, 2, 4, 5, 6, 7, 8], 6)


def test_growth(trace: TraceFile) -> None:
    """What arrives is there, below the fold it belongs to, and what is folded stays so."""
    growing = Growing(trace)
    view = planted(growing.browse)
    view.fold_all()
    trace.add("log", "late", parent="5f3a9c1e00000001")
    trace.add("log", "root")
    growing.take_in()
    grow(view, growing.browse)
    assert view.rows == [0, 1, 8, 10]
    assert view.branch(1).sums.events == 8
    assert view.branch(1).below == 6


def test_older_than_the_timeline(trace: TraceFile) -> None:
    """An event that the tree does not have yet is stood in for by the nearest one above it that it has."""
    growing = Growing(trace)
    view = planted(growing.browse)
    new = trace.add("tool_call", "new", parent="5f3a9c1e00000005")
    trace.add("tool_result", "new", parent=new)
    trace.add("log", "circle", parent="5f3a9c1e0000000b")
    trace.add("log", "root")
    growing.take_in()
    growing.browse.go_row(10)
    assert view.position == 4
    for row in (11, 12):
        growing.browse.go_row(row)
        assert view.position == 0
        assert not view.up()
    growing.browse.go_row(10)
    grow(view, growing.browse)
    assert view.rows[view.position] == 10


def test_update(view: TreeView, browse: Browse) -> None:
    """Whether lines have changed is said once, whatever changed them."""
    changes: tuple[Callable[[], Any], ...] = (
        lambda: None,
        view.fold_all,
        view.unfold_all,
        view.toggle,
        lambda: browse.toggle_group("3"),
        browse.show_all,
        lambda: grow(view, browse),
    )
    for change in changes:
        change()
        assert view.update()
        assert not view.update()
    for still in (view.up, lambda: view.sibling(1), lambda: view.move(1)):
        still()
        assert not view.update()


class TestTextFilter:
    """A filter for which lines must be read."""

    TEXT = "data.note:here"

    @pytest.fixture
    def trace(self, tmp_path: Path) -> TraceFile:
        """0 an agent, 1 a turn, 2 a call, 3 its result, 4 a chunk, 5 another turn; the calls say it, and the chunk."""
        trace = TraceFile(tmp_path / "notes.jsonl")
        agent = trace.add("agent_start")
        turn = trace.add("agent_turn", parent=agent)
        call = trace.add("tool_call", data={"note": "here"}, parent=turn)
        trace.add("tool_result", data={"note": "here"}, parent=call)
        trace.add("llm_chunk", data={"note": "here"}, parent=turn)
        trace.add("agent_turn", parent=agent)
        return trace

    def test_shown(self, trace: TraceFile) -> None:
        """The tree shows what the timeline does, but for pieces of answers, and everything again without the filter."""
        growing = Growing(trace)
        view = planted(growing.browse)
        growing.browse.show(Shown().with_filter(self.TEXT))
        assert (list(growing.browse.rows), view.rows) == ([2, 3, 4], [2, 3])
        assert [view.branch(line).depth for line in range(2)] == [0, 1]
        growing.browse.show(Shown())
        assert view.rows == [0, 1, 2, 3, 5]

    def test_grows(self, trace: TraceFile) -> None:
        """What arrives is told apart as well, also in a tree that is older than the timeline."""
        growing = Growing(trace)
        growing.browse.show(Shown().with_filter(self.TEXT))
        view = planted(growing.browse)
        trace.add("log", data={"note": "here"})
        growing.take_in()
        assert view.rows == [2, 3]
        grow(view, growing.browse)
        assert view.rows == [2, 3, 6]

    def test_late_file(self, trace: TraceFile, tmp_path: Path) -> None:
        """Rows that a late file has moved are still the same events in the older tree."""
        late = TraceFile(tmp_path / "late.jsonl", "a" * 8)
        growing = Growing(trace, late)
        growing.browse.show(Shown().with_filter(self.TEXT))
        view = planted(growing.browse)
        late.add("log", ts=NOON + 1)
        growing.take_in()
        assert (list(growing.browse.rows), view.rows) == ([3, 4, 5], [2, 3])

    def test_skimmed(self, trace: TraceFile) -> None:
        """What the timeline folds is not folded away in the tree."""
        growing = Growing(trace)
        growing.browse.show(Shown().with_filter(self.TEXT))
        growing.browse.toggle_skim()
        assert planted(growing.browse).rows == [2, 3]

    def test_worked_out(self, trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
        """While a filter is being worked out the tree stays what it was, and takes none that is ahead of it."""
        monkeypatch.setattr("peek_tui.state.sift._FEW", 0)
        growing = Growing(trace)
        view = planted(growing.browse)
        growing.browse.show(Shown().with_filter(self.TEXT))
        trace.add("log", data={"note": "here"})
        growing.take_in()
        newer = growing.browse.sift
        assert newer is not None
        grown = Forest(Shape(trace.snapshot()), growing.browse.wanted)
        view.take(grown)
        assert view.rows == [0, 1, 2, 3, 5]
        newer.work()
        growing.browse.sifted()
        assert view.rows == [2, 3]


def test_no_tree_yet(browse: Browse) -> None:
    """Before the first tree is there, there are no lines, and keys do no harm."""
    view = TreeView(browse)
    view.take(None)
    check_without_lines(view)


def test_orphans_and_cycles(trace: TraceFile) -> None:
    """An event whose parent is missing is a root marked so, and so is the one at which a circle is broken."""
    trace.add("log", "orphan", parent="00000000000000ff")
    trace.add("log", "circle", parent="5f3a9c1e0000000b")
    trace.add("log", "circle", parent="5f3a9c1e0000000a")
    view = planted(Growing(trace).browse)
    marks = {row: view.branch(line).mark for line, row in enumerate(view.rows)}
    assert {row: mark for row, mark in marks.items() if mark} == {9: "orphan", 10: "cycle"}
    assert view.rows[-3:] == [9, 10, 11]


def test_empty(trace: TraceFile, tmp_path: Path) -> None:
    """A tree without events takes every key."""
    check_without_lines(planted(Growing(TraceFile(tmp_path / "empty.jsonl")).browse))


def check_without_lines(view: TreeView) -> None:
    view.move(1)
    view.toggle()
    view.fold()
    view.unfold()
    view.fold_all()
    view.unfold_all()
    assert (view.up(), view.down(), view.sibling(1), view.position, view.rows) == (False, False, False, 0, [])


PARENTS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=12)
KEYS = st.lists(
    st.sampled_from(("up", "down", "fold", "unfold", "toggle", "fold_all", "unfold_all", "on", "back", "next", "last")),
    max_size=12,
)


@given(PARENTS, KEYS)
def test_any_parents(parents: list[tuple[int, bool]], keys: list[str]) -> None:
    """Whatever belongs to whatever, each event has one line when all is unfolded, and the selection has one always."""
    with tempfile.TemporaryDirectory() as directory:
        trace = TraceFile(Path(directory) / "trace.jsonl")
        for parent, chunk in parents:
            trace.add("llm_chunk" if chunk and parent else "log", parent=f"5f3a9c1e{parent:08x}")
        browse = Growing(trace).browse
        view = planted(browse)
        shown = sorted(view.rows)
        assert len(set(shown)) == len(shown)
        moves: dict[str, Any] = {
            "on": lambda: view.move(1),
            "back": lambda: view.move(-1),
            "next": lambda: view.sibling(1),
            "last": lambda: view.sibling(-1),
        }
        for key in keys:
            (moves[key] if key in moves else getattr(view, key))()
            if view.rows:
                assert 0 <= view.position < len(view.rows)
                view.branch(view.position)
        view.unfold_all()
        assert sorted(view.rows) == shown
    close_all()
