from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.state.traces import TraceFile

from .conftest import Peek, lines

Events = list[dict[str, Any]]


def test_json(peek: Peek, trace: Path, events: Events) -> None:
    """Every event is an object with its depth and the sums over all below it, each before what belongs to it."""
    listed = lines(peek("tree", trace, "--json"))
    assert [(one["row"], one["depth"], one["children"], one["events"], one["errors"]) for one in listed] == [
        (0, 0, 3, 8, 1),
        (1, 1, 2, 5, 0),
        (2, 2, 1, 2, 0),
        (3, 3, 0, 1, 0),
        (4, 2, 1, 2, 0),
        (5, 3, 0, 1, 0),
        (6, 1, 0, 1, 1),
        (7, 1, 0, 1, 0),
    ]
    assert listed[2] == {
        "id": events[2]["id"],
        "parent": events[1]["id"],
        "depth": 2,
        "row": 2,
        "type": "tool_call",
        "name": "search",
        "children": 1,
        "events": 2,
        "errors": 0,
        "tokens": 0,
        "cost_usd": None,
    }
    assert (listed[0]["tokens"], listed[0]["cost_usd"]) == (4314, 0.0123)


def test_order(peek: Peek, tmp_path: Path) -> None:
    """The order is that of the tree, not that of the run."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    first = trace.add("agent_start", "first")
    second = trace.add("agent_start", "second")
    trace.add("log", "of the first", parent=first)
    trace.add("log", "of the second", parent=second)
    names = [one["name"] for one in lines(peek("tree", trace.path, "--json"))]
    assert names == ["first", "of the first", "second", "of the second"]


def test_root(peek: Peek, trace: Path, events: Events) -> None:
    """Only an event and what belongs to it, with depths counted from there."""
    listed = lines(peek("tree", trace, "--json", "--root", events[2]["id"]))
    assert [(one["row"], one["depth"]) for one in listed] == [(2, 0), (3, 1)]


@pytest.mark.parametrize(("depth", "rows"), [("0", [0]), ("1", [0, 1, 6, 7]), ("2", [0, 1, 2, 4, 6, 7])])
def test_depth(peek: Peek, trace: Path, depth: str, rows: list[int]) -> None:
    """So many levels below the roots, with the sums of all."""
    listed = lines(peek("tree", trace, "--json", "--depth", depth))
    assert [one["row"] for one in listed] == rows
    assert listed[0]["events"] == 8


def test_depth_below_a_root(peek: Peek, trace: Path, events: Events) -> None:
    """Levels are counted from the event that was asked for."""
    listed = lines(peek("tree", trace, "--json", "--root", events[1]["id"], "--depth", "1"))
    assert [one["row"] for one in listed] == [1, 2, 4]


def test_unknown_root(peek: Peek, trace: Path) -> None:
    """An id that no event has is a usage error."""
    done = peek("tree", trace, "--root", "00000000000000ff", code=2)
    assert (done.stdout, done.stderr) == (
        "",
        "peek: there is no event 00000000000000ff in this trace; `peek events SRC --json` lists their ids\n",
    )


def test_orphans_and_cycles(peek: Peek, tmp_path: Path) -> None:
    """An event whose parent is not there is a root, and so is the earliest event of a cycle; each is listed once."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("log", "orphan", parent="00000000000000ff")
    trace.add("log", "first of a circle", parent="5f3a9c1e00000002")
    trace.add("log", "second of a circle", parent="5f3a9c1e00000001")
    trace.add("log", "its own parent", parent="5f3a9c1e00000003")
    listed = lines(peek("tree", trace.path, "--json"))
    assert [(one["name"], one["depth"]) for one in listed] == [
        ("orphan", 0),
        ("first of a circle", 0),
        ("second of a circle", 1),
        ("its own parent", 0),
    ]
    assert peek("tree", trace.path).stdout.splitlines() == [
        "· orphan  (orphan)",
        "· first of a circle  (its parents go in a circle)  [2]",
        "  · second of a circle",
        "· its own parent  (its parents go in a circle)",
    ]


def test_text(peek: Peek, trace: Path) -> None:
    """For people the tree is indented, with what each branch came to."""
    assert peek("tree", trace).stdout.splitlines()[1:7] == [
        "  ◆ search  0.85 because  [5, 4.3k tok]",
        '    → search  q="[bold]not bold[/bold] [link=x]"  [2]',
        "      ← search  1 2",
        "    → model-1  1 message Hi  [2, 4.3k tok]",
        "      ← model-1  4.1k→212 tok Ho",
        "  ✗ refund  ValueError: too much",
    ]


def test_deep(peek: Peek, tmp_path: Path) -> None:
    """A chain may be as deep as the trace is long."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    parent = trace.add("log")
    for _ in range(2_999):
        parent = trace.add("log", parent=parent)
    assert [one["depth"] for one in lines(peek("tree", trace.path, "--json"))] == list(range(3_000))
