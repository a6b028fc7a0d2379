from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.layout import Layout, arrange
from peek_tui.state.memory import Memory, Remembered
from peek_tui.state.shown import Shown
from peek_tui.state.view import View

from .traces import HOSTILE, SESSION, TraceFile


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "views")


def test_as_it_was_left(trace: TraceFile, memory: Memory) -> None:
    """A session opens as it was left: filters, marks, notes, breakpoints and the selected event."""
    ids = [trace.add("log", data={"n": number}) for number in range(6)]
    view = View(trace.snapshot())
    view.recall(memory)
    view.browse.show(Shown(frozenset("12")).with_filter("data.n:1,3,5"))
    view.browse.go_row(3)
    view.marks.toggle("a", ids[3])
    view.marks.note(ids[1], "why?")
    view.breakpoints.add("error")
    view.breakpoints.add("type:log", enabled=False)
    view.keep(memory)
    again = View(trace.snapshot())
    again.recall(memory)
    assert (again.browse.shown, again.browse.row) == (view.browse.shown, 3)
    assert (again.marks.letters, again.marks.notes) == ({"a": ids[3]}, {ids[1]: "why?"})
    assert again.breakpoints.all == view.breakpoints.all


def test_damaged_first_line(tmp_path: Path, memory: Memory) -> None:
    """A trace is known by its first session, whatever its first line is; nothing is remembered of one without."""
    other = SESSION[::-1]
    for name, session in (("one", SESSION), ("other", other), ("none", "")):
        trace = TraceFile(tmp_path / f"{name}.jsonl", session=session)
        trace.write(b"{torn\n")
        if session:
            trace.add("log")
        view = View(trace.snapshot())
        view.recall(memory)
        assert view.session == session
        assert view.browse.shown == Shown()
        view.browse.show(Shown(frozenset("1")))
        view.keep(memory)
    assert (memory.recall(SESSION).hidden, memory.recall(other).hidden, memory.recall("").hidden) == (["1"], ["1"], [])


def test_unreadable(trace: TraceFile, memory: Memory) -> None:
    """A filter or a breakpoint that cannot be read is left out, and no other with it."""
    trace.add("log")
    memory.keep(SESSION, Remembered(filters=["agnet:x", "type:log"], breakpoints={"agnet:x": True, "error": True}))
    view = View(trace.snapshot())
    view.recall(memory)
    assert view.browse.shown == Shown().with_filter("type:log")
    assert [str(each) for each in view.breakpoints.all] == ["error"]


def test_event_that_is_not_read_yet(trace: TraceFile, memory: Memory) -> None:
    """The event that was selected is gone to when it has been read, unless somebody has moved by then."""
    trace.add("log")
    trace.add("log")
    early = trace.snapshot()
    id = trace.add("log")
    memory.keep(SESSION, Remembered(event=id))
    for moves, row in ((False, 2), (True, 1)):
        view = View(early)
        view.recall(memory)
        assert view.browse.row == 0
        if moves:
            view.browse.move(1)
        view.browse.update(trace.snapshot())
        assert view.go_where_left() is not moves
        assert view.browse.row == row


def test_followed(trace: TraceFile, memory: Memory) -> None:
    """A run that is followed opens at its end, wherever it was left."""
    memory.keep(SESSION, Remembered(event=trace.add("log")))
    trace.add("log")
    view = View(trace.snapshot(), follow=True)
    view.recall(memory)
    assert view.browse.row == 1


def test_layout(memory: Memory) -> None:
    """The panes share the room as they did in the session that was left last; what stood alone does so no more."""
    assert memory.layout() == Layout()
    memory.keep_layout(Layout(frozenset({"tree"}), alone="inspector", shares={"mid-across": 70}))
    assert memory.layout() == Layout(frozenset({"tree"}), shares={"mid-across": 70})


def test_private(memory: Memory, tmp_path: Path) -> None:
    """What is remembered is for nobody else's eyes, and no id leads out of the directory."""
    for session in (SESSION, "../../x", *HOSTILE, "\ud800"):
        memory.keep(session, Remembered(event=session))
        assert memory.recall(session).event == session
    assert [path.name for path in tmp_path.iterdir()] == ["views"]
    assert (tmp_path / "views").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "views").iterdir()} == {0o600}


KEYS = st.sampled_from(["letters", "notes", "shares", "filters", "hidden", "only", "off", "breakpoints", "event"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(KEYS, each),
    max_leaves=8,
)


@given(ANYTHING)
def test_anything_may_stand_there(tmp_path_factory: pytest.TempPathFactory, found: object) -> None:
    """Whatever stands in the file, something is remembered or nothing."""
    directory = tmp_path_factory.mktemp("views")
    (directory / f"{SESSION}.json").write_text(json.dumps(found))
    (directory / "layout.json").write_text(json.dumps(found))
    arrange(Memory(directory).layout(), 120, 40)
    remembered = Memory(directory).recall(SESSION)
    assert all(isinstance(text, str) for text in remembered.filters)


def test_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be written nothing is remembered, and nobody is bothered."""
    (tmp_path / "views").write_text("a file")
    memory = Memory(tmp_path / "views")
    memory.keep(SESSION, Remembered(event="x"))
    assert memory.recall(SESSION) == Remembered()
