"""`peek tree`: what belongs to what, with sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from peek_tui.render import units
from peek_tui.render.summary import summary
from peek_tui.render.words import look_of
from peek_tui.trace.store import Snapshot
from peek_tui.trace.tree import Tree

from .nearest import row_of
from .options import SRC_HELP, FormatOption
from .output import print_json, print_line
from .source import loaded


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    root: Annotated[str | None, typer.Option(metavar="ID", help="Only this event and what belongs to it.")] = None,
    depth: Annotated[int | None, typer.Option(min=0, help="At the most so many levels below the roots.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One object a line, each before what belongs to it.")] = False,
    format: FormatOption = None,
) -> None:
    """Show the decision tree: agents, turns, decisions, calls and results, with the sums over each.

    Example: `peek tree latest --depth 2`
    """
    with loaded(source, format) as snapshot:
        tree = snapshot.tree()
        top = None if root is None else row_of(snapshot, root)
        base = 0 if top is None else tree.depth(top)
        for row in (tree.preorder if top is None else tree.below(top)).tolist():
            if depth is not None and tree.depth(row) - base > depth:
                continue
            if as_json:
                print_json(_as_json(snapshot, tree, row, base))
            else:
                print_line(_line(snapshot, tree, row, base))


def _as_json(snapshot: Snapshot, tree: Tree, row: int, base: int) -> dict[str, object]:
    event, sums = snapshot.event(row), tree.sums(row)
    return {
        "id": event.id,
        "parent": event.parent,
        "depth": tree.depth(row) - base,
        "row": row,
        "type": event.type,
        "name": event.name,
        "children": len(tree.children(row)),
        "events": sums.events,
        "errors": sums.errors,
        "tokens": sums.tokens,
        "cost_usd": sums.cost_usd,
    }


def _line(snapshot: Snapshot, tree: Tree, row: int, base: int) -> str:
    event = snapshot.event(row)
    sign = "✗" if event.error else look_of(event.type).sign
    words = "  ".join(word for word in (event.name, summary(event), *_sums(tree, row)) if word)
    return f"{'  ' * (tree.depth(row) - base)}{sign} {words}"


def _sums(tree: Tree, row: int) -> Iterator[str]:
    """Yield what is worth saying of a branch: it lacks its parent, or what it came to."""
    if row in tree.orphans:
        yield "(orphan)"
    if row in tree.broken:
        yield "(its parents go in a circle)"
    sums = tree.sums(row)
    if tree.children(row):
        failed = f", {units.count(sums.errors)} ✗" if sums.errors else ""
        spent = f", {units.tokens(sums.tokens)} tok" if sums.tokens else ""
        yield f"[{units.count(sums.events)}{failed}{spent}]"
