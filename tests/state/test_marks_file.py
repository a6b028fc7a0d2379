from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from peek_tui.state.marks import Marks
from peek_tui.state.marks_file import encode_marks, marks_path, read_marks
from peek_tui.state.memory import Memory, Remembered
from peek_tui.state.view import View

from .traces import HOSTILE, SESSION, TraceFile, obeyed


def put(trace: TraceFile, content: bytes) -> None:
    marks_path(trace.path).write_bytes(content)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "views")


def test_travels(trace: TraceFile, memory: Memory) -> None:
    """Marks and notes beside a trace are seen by who has none, and are his own from then on."""
    ids = [trace.add("log") for _ in range(3)]
    put(trace, encode_marks(SESSION, Marks({"a": ids[1]}, {ids[2]: "why?"})))
    view = View(trace.snapshot())
    view.recall(memory, [trace.path])
    assert (view.marks.letters, view.marks.notes, view.marks_came) == ({"a": ids[1]}, {ids[2]: "why?"}, True)
    view.marks.toggle("b", ids[0])
    view.keep(memory)
    marks_path(trace.path).unlink()
    again = View(trace.snapshot())
    again.recall(memory, [trace.path])
    assert (again.marks.letters, again.marks_came) == ({"a": ids[1], "b": ids[0]}, False)


def test_taken_off(trace: TraceFile, memory: Memory) -> None:
    """Who takes all of them off does not see those again that came with the trace."""
    id = trace.add("log")
    put(trace, encode_marks(SESSION, Marks({"a": id})))
    for _ in range(2):
        view = View(trace.snapshot())
        view.recall(memory, [trace.path])
        view.marks.letters.clear()
        view.keep(memory)
    assert (len(view.marks), view.marks_came) == (0, False)
    again = View(trace.snapshot())
    again.recall(memory, [trace.path])
    assert (len(again.marks), again.marks_came) == (0, False)


def test_own_ones_first(trace: TraceFile, memory: Memory) -> None:
    """Who has marks of his own for the session keeps them, and sees no others."""
    id = trace.add("log")
    put(trace, encode_marks(SESSION, Marks({"a": id}, {id: "theirs"})))
    memory.keep(SESSION, Remembered(letters={"m": id}))
    view = View(trace.snapshot())
    view.recall(memory, [trace.path])
    assert (view.marks.letters, view.marks.notes, view.marks_came) == ({"m": id}, {}, False)


def test_several_files(tmp_path: Path) -> None:
    """Of a run of several files the first that has marks beside it says which they are."""
    traces = [TraceFile(tmp_path / f"{name}.jsonl", name * 8) for name in "abc"]
    for trace in traces[1:]:
        put(trace, encode_marks(SESSION, Marks({"x": trace.add("log")})))
    assert read_marks(trace.path for trace in traces).letters == {"x": "b" * 8 + "0" * 8}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"marks":[1],"notes":"x"}', b'{"marks":{"a":1},"notes":{"b":[]}}'],
)
def test_damaged(trace: TraceFile, content: bytes) -> None:
    """What is no file of marks is none."""
    put(trace, content)
    assert len(read_marks([trace.path])) == 0


def test_no_file(trace: TraceFile) -> None:
    """Only a file is read: what waits for somebody to write is passed by."""
    os.mkfifo(marks_path(trace.path))
    assert len(read_marks([trace.path])) == 0


def test_hostile(trace: TraceFile) -> None:
    """A mark is one letter or digit of one column, whoever wrote it."""
    id = trace.add("log")
    letters = dict.fromkeys((*HOSTILE, "模", "ab", "", "é", "7"), id)
    put(trace, json.dumps({"marks": letters, "notes": {id: "".join(HOSTILE)}}).encode())
    marks = read_marks([trace.path])
    assert sorted(marks.letters) == ["7", "é"]
    assert obeyed(marks.sign(id)) == set()
