from __future__ import annotations

import pytest

from peek_tui.state.search import Search
from peek_tui.state.view import View

from .traces import Growing, TraceFile


def searched(search: Search) -> Search:
    """Find all there is to find."""
    search.work()
    return search


@pytest.fixture
def view(trace: TraceFile) -> View:
    """Six events; 1, 3 and 5 hold `lamp`, the last one as `Lamp`."""
    for text in ("", "lamp", "", "a lamp", "", "Lamp"):
        trace.add("tool_call" if text else "log", data={"text": text})
    return View(trace.snapshot())


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("lamp", [1, 3, 5]),
        ("Lamp", [5]),
        ("a.lamp", [3]),
        ("^lamp", [1, 5]),
        ("lamp(", []),
        ("la(mp", []),
        ("table", []),
    ],
)
def test_found(view: View, text: str, hits: list[int]) -> None:
    """A pattern is looked for, in any case unless it has capitals; what is no pattern is looked for as it stands."""
    assert searched(view.look_for(text)).hits == hits


def test_around(view: View) -> None:
    """From the last hit the next is the first, and from the first the one before is the last."""
    searched(view.look_for("lamp"))
    rows = []
    for by in (1, 1, 1, 1, -1, -1):
        assert view.seek_hit(by)
        rows.append(view.browse.row)
    assert rows == [1, 3, 5, 1, 5, 3]
    assert view.search is not None
    assert view.search.place(3) == (2, 3)
    assert view.search.place(4) == (None, 3)


def test_visible_only(view: View) -> None:
    """A hit that is hidden is not gone to."""
    searched(view.look_for("lamp"))
    view.browse.show(view.browse.shown.with_filter("row<3"))
    assert view.seek_hit(1)
    assert view.seek_hit(1)
    assert view.browse.row == 1
    view.browse.show(view.browse.shown.with_filter("type:log"))
    assert not view.seek_hit(1)


def test_here(view: View) -> None:
    """While the text is typed, the selected event will do if it holds it."""
    view.browse.go_row(3)
    searched(view.look_for("lamp"))
    assert view.seek_hit(1, here=True)
    assert view.browse.row == 3


def test_growing(trace: TraceFile) -> None:
    """What comes after a search is looked at when it is asked for again, and nothing else is."""
    trace.add("log", data="lamp")
    growing = Growing(trace)
    view = View(growing.browse.snapshot)
    view.browse = growing.browse
    first = searched(view.look_for("lamp"))
    assert view.newer_search() is None
    trace.add("log", data="lamp")
    growing.take_in()
    newer = view.newer_search()
    assert newer is not None
    assert newer is not first
    assert newer.hits == [0]
    assert searched(newer).hits == [0, 1]


@pytest.mark.parametrize("grows", [False, True])
def test_more_than_enough(trace: TraceFile, grows: bool) -> None:
    """Where hits are too many to count, the next and the one before are found all the same, around the end as well."""
    for number in range(8):
        trace.add("log", data="lamp" if number % 2 else "")
    growing = Growing(trace)
    view = View(growing.browse.snapshot)
    view.browse = growing.browse
    view.search = search = searched(Search(view.browse.snapshot, "lamp", most=2))
    assert (search.hits, search.done, search.capped) == ([1, 3], True, True)
    assert [row for row in range(8) if view.sign(view.browse.snapshot.event(row)) == "/"] == [1, 3, 5, 7]
    if grows:
        trace.add("log", data="")
        growing.take_in()
        newer = view.newer_search()
        assert newer is not None
        searched(newer)
    rows = []
    for by in (1, 1, 1, 1, 1, -1, -1, -1, -1):
        assert view.seek_hit(by)
        rows.append(view.browse.row)
    assert rows == [1, 3, 5, 7, 1, 7, 5, 3, 1]


def test_stopped(view: View) -> None:
    """A search that was stopped is taken up again where it was."""
    search = view.look_for("lamp")
    search.stop()
    search.done = True
    again = view.newer_search()
    assert again is not None
    assert searched(again).hits == [1, 3, 5]
