from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.state.browse import Browse
from peek_tui.state.tree import TreeView

from .traces import Growing, TraceFile


class Family:
    """A view of a small run: an agent over two turns; in the first a request, its answer, a decision and its call."""

    def __init__(self, trace: TraceFile) -> None:
        agent = trace.add("agent_start", "desk")  # 0
        first = trace.add("agent_turn", "first", parent=agent)  # 1
        request = trace.add("llm_request", "model", parent=first)  # 2
        trace.add("llm_chunk", "model", parent=request)  # 3
        trace.add("llm_response", "model", parent=request)  # 4
        decision = trace.add("decision", "search", parent=first)  # 5
        call = trace.add("tool_call", "search", parent=decision)  # 6
        trace.add("tool_result", "search", parent=call, error={"type": "Boom", "message": "it broke"})  # 7
        self.agent = agent
        self.second = trace.add("agent_turn", "second", parent=agent)  # 8
        self.browse = Browse(trace.snapshot())
        self.view = TreeView(self.browse)
        self.view.update()

    @property
    def lines(self) -> list[tuple[int, int, bool | None]]:
        """Row, depth and fold of every visible line."""
        branches = [self.view.branch(line) for line in range(len(self.view.rows))]
        return [(branch.row, branch.depth, branch.folded) for branch in branches]

    def select(self, row: int) -> None:
        self.browse.select(row)

    @property
    def selected(self) -> int | None:
        return self.browse.selected


@pytest.fixture
def family(trace: TraceFile) -> Family:
    return Family(trace)


def test_everything_but_chunks(family: Family) -> None:
    """Every event is a line below what it belongs to; pieces of an answer that stands beside them are not."""
    assert family.lines == [
        (0, 0, False),
        (1, 1, False),
        (2, 2, False),
        (4, 3, None),
        (5, 2, False),
        (6, 3, False),
        (7, 4, None),
        (8, 1, None),
    ]


def test_from_an_error_to_its_decision(family: Family) -> None:
    """From a failed result, up goes to its call, to the decision behind it, to the turn, to the agent, and ends."""
    family.select(7)
    steps = []
    while family.view.up():
        steps.append(family.selected)
    assert steps == [6, 5, 1, 0]


def test_down_and_siblings(family: Family) -> None:
    """Down goes to the first event that belongs to the selected one; siblings are those with the same parent."""
    family.select(0)
    assert family.view.down()
    assert family.selected == 1
    assert family.view.sibling(1)
    assert family.selected == 8
    assert not family.view.sibling(1)
    assert family.view.sibling(-1)
    assert family.selected == 1
    assert not family.view.sibling(-1)
    family.select(7)
    assert not family.view.down()


def test_folded_branch_stands_for_what_is_in_it(family: Family) -> None:
    """A folded branch hides what belongs to it, says what that came to, and stands in for the selection inside."""
    family.select(7)
    for _ in range(4):  # up to the call, fold it, up to the decision, fold it
        family.view.fold()
    assert family.selected == 5
    assert [row for row, _, _ in family.lines] == [0, 1, 2, 4, 5, 8]
    branch = family.view.branch(4)
    assert (branch.folded, branch.sums.events, branch.sums.errors) == (True, 3, 1)
    family.select(7)
    assert family.view.position == 4
    family.view.unfold()
    assert [row for row, _, _ in family.lines] == [0, 1, 2, 4, 5, 6, 8]  # the call is still folded
    assert family.view.position == 5


def test_fold_all(family: Family) -> None:
    """Everything below the roots folds and unfolds at once."""
    family.view.fold_all()
    assert [row for row, _, _ in family.lines] == [0, 1, 8]
    family.view.unfold_all()
    assert len(family.lines) == 8


def test_down_opens_a_folded_branch(family: Family) -> None:
    """Going down into a folded branch opens it."""
    family.view.fold_all()
    family.select(1)
    assert family.view.down()
    assert family.selected == 2
    assert family.lines[1] == (1, 1, False)


def test_move_goes_by_visible_lines(family: Family) -> None:
    """A step goes to the next visible line, and stops at both ends."""
    family.select(2)
    family.view.move(1)
    assert family.selected == 4
    family.view.move(100)
    assert family.selected == 8
    family.view.move(-100)
    assert family.selected == 0


def test_folds_stay_as_the_trace_grows(trace: TraceFile) -> None:
    """What arrives does not open what was folded, and appears where it belongs."""
    agent = trace.add("agent_start", "desk")
    turn = trace.add("agent_turn", "first", parent=agent)
    trace.add("log", "a", parent=turn)
    growing = Growing(trace)
    view = TreeView(growing.browse)
    view.update()
    growing.browse.select(1)
    view.toggle()
    assert view.rows == [0, 1]
    trace.add("log", "b", parent=turn)
    trace.add("log", "c", parent=agent)
    growing.take_in()
    assert view.update()
    assert not view.update()
    assert view.rows == [0, 1, 4]


def test_hostile_parents(trace: TraceFile) -> None:
    """Orphans and broken cycles are marked; a chain 2,000 deep opens, and leads up to its root."""
    trace.add("log", "orphan", parent="ffffffffffffffff")
    trace.add("log", "a", parent="5f3a9c1e00000002")
    trace.add("log", "b", parent="5f3a9c1e00000001")
    parent = trace.add("log", "root")
    for _ in range(2_000):
        parent = trace.add("log", "deep", parent=parent)
    browse = Browse(trace.snapshot())
    view = TreeView(browse)
    view.update()
    marks = {view.branch(line).row: view.branch(line).mark for line in range(4)}
    assert marks == {0: "orphan", 1: "cycle", 2: "", 3: ""}
    browse.go_end()
    assert view.branch(view.position).depth == 2_000
    steps = 0
    while view.up():
        steps += 1
    assert (steps, browse.selected) == (2_000, 3)


def test_empty(tmp_path: Path) -> None:
    """A trace without events has no lines, and no key does harm."""
    browse = Browse(TraceFile(tmp_path / "empty.jsonl").snapshot())
    view = TreeView(browse)
    view.update()
    view.move(1)
    view.toggle()
    view.fold()
    view.unfold()
    view.fold_all()
    assert (view.rows, view.up(), view.down(), view.sibling(1), view.position) == ([], False, False, False, 0)
