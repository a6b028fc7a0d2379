"""What folding or unfolding one branch of a tree costs until it is painted, against the same in Textual's `Tree`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import process_time

from textual.app import App, ComposeResult
from textual.widgets import Tree as TextualTree
from textual.widgets.tree import TreeNode

from peek_tui.render.summary import summary
from peek_tui.state.browse import Browse
from peek_tui.state.tree import TreeView
from peek_tui.trace.store import Snapshot, Store
from peek_tui.tui.widgets.tree import DecisionTree

from .measure import Plan, Row, faster, milliseconds

__all__ = ["measure", "ours", "textuals"]

GOAL = 50.0
_SIZE = 120, 40


def measure(plan: Plan) -> list[Row]:
    """Measure the tree of a generated trace, all of it unfolded."""
    events = plan.choose(100_000, 2_000)
    path = plan.traces.generated(events)
    rounds = plan.choose(7, 1)
    view, other = asyncio.run(ours(path, rounds)), asyncio.run(textuals(path, rounds))
    ratio, compared = faster(view, other)
    figure = f"fold or unfold one branch of {events:,} events"
    return [Row(figure, milliseconds(view), f"{milliseconds(other)} Textual", compared, f"≥ {GOAL:g}×", ratio >= GOAL)]


async def ours(path: Path, rounds: int) -> list[float]:
    """Return the seconds of processor time that folding and unfolding took on average, for each round."""
    store = Store.load([path])
    snapshot = store.snapshot()
    view = TreeView(Browse(snapshot))
    view.update()
    widget = DecisionTree(view, snapshot.event)

    def toggle() -> None:
        view.toggle()
        widget.sync(changed=True)

    app = _Holding(widget)
    async with app.run_test(size=_SIZE) as pilot:
        view.move(_branch(snapshot) - view.position)
        widget.sync(changed=True)
        await pilot.pause()
        taken = await _toggled(app, toggle, rounds)
    store.close()
    return taken


async def textuals(path: Path, rounds: int) -> list[float]:
    """Return the same for a `Tree` of the same rows."""
    store = Store.load([path])
    widget: TextualTree[None] = TextualTree("trace")
    nodes = _fill(widget, store.snapshot())
    app = _Holding(widget)
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause()
        taken = await _toggled(app, nodes[_branch(store.snapshot())].toggle, rounds)
    store.close()
    return taken


class _Holding(App[None]):
    """Shows nothing but one widget."""

    def __init__(self, widget: DecisionTree | TextualTree[None]) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


def _branch(snapshot: Snapshot) -> int:
    """Return the first row that is an agent's own start, below the run's: some hundred events belong to it."""
    return next(row for row in snapshot.tree().children(0) if snapshot.type(row) == "agent_start")


def _fill(widget: TextualTree[None], snapshot: Snapshot) -> dict[int, TreeNode[None]]:
    """Put every row of a trace into a tree, unfolded, and return the nodes by row."""
    tree, nodes = snapshot.tree(), {}
    widget.root.expand()
    for row in tree.preorder.tolist():
        event, parent = snapshot.event(row), nodes.get(tree.parent(row), widget.root)
        nodes[row] = parent.add(f"{event.name}  {summary(event)}", expand=True)
    return nodes


async def _toggled(app: App[None], toggle: Callable[[], object], rounds: int) -> list[float]:
    await _painted(app, toggle)  # the first time is slower, and unfolded again
    await _painted(app, toggle)
    return [(await _painted(app, toggle) + await _painted(app, toggle)) / 2 for _ in range(rounds)]


async def _painted(app: App[None], change: Callable[[], object]) -> float:
    """Change something, and return what processor time it took until the screen has been painted."""
    done = asyncio.Event()
    start = process_time()
    change()
    app.screen.call_after_refresh(done.set)
    await done.wait()
    return process_time() - start
