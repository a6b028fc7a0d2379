from __future__ import annotations

from peek_tui.state.marks import Mark, Marks

from .traces import TraceFile


def test_letters(trace: TraceFile) -> None:
    """A letter is on one event; put on another it moves there, put on the same again it is taken off."""
    marks, ids = Marks(), [trace.add("log") for _ in range(3)]
    assert marks.toggle("a", ids[0])
    assert marks.toggle("b", ids[0])
    assert marks.letters_of(ids[0]) == "ab"
    assert marks.toggle("a", ids[2])
    assert not marks.toggle("b", ids[0])
    assert marks.all(trace.snapshot()) == [Mark(2, "a", "")]


def test_notes(trace: TraceFile) -> None:
    """A note is shown beside the event, before its letters if there are any; an empty one is none."""
    marks, id = Marks(), trace.add("log")
    marks.note(id, " look here ")
    assert marks.sign(id) == "✎"
    marks.toggle("a", id)
    assert marks.sign(id) == "a"
    assert marks.all(trace.snapshot()) == [Mark(0, "a", "look here")]
    marks.note(id, " ")
    assert marks.notes == {}


def test_next(trace: TraceFile) -> None:
    """The next mark after the last is the first, and the one before the first the last."""
    marks, ids = Marks(), [trace.add("log") for _ in range(6)]
    snapshot = trace.snapshot()
    assert marks.next(snapshot, 0, 1) is None
    marks.toggle("a", ids[1])
    marks.note(ids[4], "here")
    assert [marks.next(snapshot, row, 1) for row in (0, 1, 4)] == [1, 4, 1]
    assert [marks.next(snapshot, row, -1) for row in (5, 4, 1)] == [4, 1, 4]


def test_gone(trace: TraceFile) -> None:
    """A mark on an event that is not there is kept, and not shown."""
    marks = Marks({"a": "0" * 16})
    trace.add("log")
    assert marks.all(trace.snapshot()) == []
    assert marks.letters == {"a": "0" * 16}
