from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from peek_tui.state.inspect import Entry, Outline, Subject
from tests.state.traces import TraceFile, close_all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab\n", max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=12,
)


def entries(trace: TraceFile, old: Any, new: Any) -> list[Entry]:
    trace.add("checkpoint", "c", old)
    trace.add("checkpoint", "c", new)
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(1), snapshot), 80, "changes")
    return [entry for entry in outline.entries[2:] if entry.path[:1] == ("changes",)]


def lines(trace: TraceFile, old: Any, new: Any) -> list[str]:
    return [
        f"{entry.sign or ' '}{' ' * entry.indent}{entry.key}{': ' if entry.key and entry.text else ''}{entry.text}"
        for entry in entries(trace, old, new)
    ]


def test_values(trace: TraceFile) -> None:
    """What is new, gone or other is shown with its sign; what is the same is named in one line."""
    old = {"kept": 1, "budget": 91_200, "gone": True, "flag": 1}
    new = {"kept": 1, "budget": 95_514, "new": "x", "flag": True}
    assert lines(trace, old, new) == [
        "-budget: 91200",
        "+budget: 95514",
        "+new: x",
        "-flag: 1",
        "+flag: true",
        "-gone: true",
        " the same: kept",
    ]


def test_lists(trace: TraceFile) -> None:
    """Items are aligned: one that was put in between does not make those behind it differ."""
    assert lines(trace, {"steps": ["a", "b", "c"]}, {"steps": ["a", "x", "b", "c"]}) == [
        " steps",
        "   1 the same",
        "+  1: x",
        "   2 the same",
    ]


def test_texts(trace: TraceFile) -> None:
    """A long text is compared line by line."""
    text = "\n".join(f"line {number} of a text" for number in range(9))
    assert lines(trace, {"diff": text}, {"diff": text.replace("line 4", "row 4")}) == [
        " diff",
        "   4 lines the same",
        "-  line 4 of a text",
        "+  row 4 of a text",
        "   4 lines the same",
    ]


def test_same(trace: TraceFile) -> None:
    """Two events that say the same are said to."""
    trace.add("checkpoint", "c", {"a": 1})
    trace.add("checkpoint", "c", {"a": 1})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(1), snapshot), 80, "changes")
    assert outline.entries[1].text == "row 0, checkpoint c: they say the same"


def test_marked(trace: TraceFile) -> None:
    """A marked event is what the others are compared with."""
    trace.add("log", data={"text": "one"})
    trace.add("checkpoint", "c", {"a": 1})
    trace.add("log", data={"text": "two"})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(2), snapshot, marked=snapshot.event(1)), 80, "since the mark")
    assert [entry.text for entry in outline.entries[1:4]] == ["row 1, checkpoint c", "two", "1"]


def test_nothing_before(trace: TraceFile) -> None:
    """The first event of its kind is compared with nothing, and that is said."""
    trace.add("checkpoint", "c", {"a": 1})
    snapshot = trace.snapshot()
    outline = Outline(Subject(snapshot.event(0), snapshot), 80, "changes")
    assert outline.entries[1].text == "there is nothing before it to compare it with"


@given(JSON, JSON)
def test_any(old: Any, new: Any) -> None:
    """Of any two values, something is shown to differ exactly when they are not the same JSON."""
    with tempfile.TemporaryDirectory() as directory:
        trace = TraceFile(Path(directory) / "trace.jsonl")
        found = entries(trace, {"state": old}, {"state": new})
        close_all()
    signs = {entry.sign for entry in found} - {""}
    assert bool(signs) is (json.dumps(old, sort_keys=True) != json.dumps(new, sort_keys=True))
