"""A tree in which one branch is folded and unfolded: `python -m bench.folding ours|textual TRACE`.

For each line on stdin it does both, and writes what one of them took until the screen was painted, in seconds of
processor time. What is painted goes nowhere.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Tree as TextualTree
from textual.widgets.tree import TreeNode

from peek_tui.state.browse import Browse
from peek_tui.state.forest import Forest, Shape
from peek_tui.state.tree import TreeView
from peek_tui.trace.store import Snapshot, Store
from peek_tui.tui.widgets.tree import DecisionTree

__all__: list[str] = []

_SIZE = 120, 40

Toggle = Callable[[], object]


def main(whose: str, path: str) -> None:
    store = Store.load([Path(path)])
    widget, toggle = {"ours": _ours, "textual": _textuals}[whose](store.snapshot())
    asyncio.run(_answer(_Holding(widget), toggle))
    store.close()


def _ours(snapshot: Snapshot) -> tuple[Widget, Toggle]:
    browse = Browse(snapshot)
    view = TreeView(browse)
    view.take(Forest(Shape(snapshot), browse.shown))
    view.move(view.rows.index(_branch(snapshot)))
    widget = DecisionTree(view, lambda handle: snapshot.event(snapshot.row(handle)))

    def toggle() -> None:
        view.toggle()
        widget.sync()

    return widget, toggle


def _textuals(snapshot: Snapshot) -> tuple[Widget, Toggle]:
    """Put every row into Textual's tree, unfolded, under a short name: it measures the text of each at every change."""
    tree, widget = snapshot.tree(), TextualTree[None]("trace")
    nodes: dict[int, TreeNode[Any]] = {}
    widget.root.expand()
    for row in tree.preorder.tolist():
        parent = nodes.get(tree.parent(row), widget.root)
        nodes[row] = parent.add(snapshot.name(row) or snapshot.type(row), expand=True)
    return widget, nodes[_branch(snapshot)].toggle


def _branch(snapshot: Snapshot) -> int:
    """Return the first agent's row: some hundred events belong to it."""
    return next(row for row in snapshot.tree().children(0) if snapshot.type(row) == "agent_start")


class _Holding(App[None]):
    """Shows nothing but one widget."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


async def _answer(app: _Holding, toggle: Toggle) -> None:
    out = sys.stdout  # the app takes its place
    async with app.run_test(size=_SIZE) as pilot:
        toggle()  # the first frame comes with the layout
        toggle()
        await pilot.pause()
        while sys.stdin.readline():
            taken = await _painted(app, toggle) + await _painted(app, toggle)
            out.write(f"{taken / 2!r}\n")
            out.flush()


async def _painted(app: _Holding, change: Toggle) -> float:
    """Change something, and return the processor time that passed until the screen had been painted."""
    done = asyncio.Event()
    start = process_time()
    change()
    app.screen.call_after_refresh(done.set)
    await done.wait()
    return process_time() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
