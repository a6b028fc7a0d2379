"""What the debugger is opened on, and what comes while it is open."""

from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path

import pytest

from tests.state.traces import NOON, SESSION, TraceFile

from .conftest import Start, leave

PEEK = f"'{sys.executable}' -m peek_tui"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where copies of pipes are kept."""
    place = tmp_path / "place"
    place.mkdir()
    return place


def test_fifo(peek: Start, tmp_path: Path, place: Path) -> None:
    """What comes through a FIFO is shown as it comes, half a line when it is whole; leaving leaves nothing behind."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    for name in ("first", "second", "third"):
        trace.add("tool_call", name)
    first, second, third = trace.path.read_bytes().splitlines(keepends=True)
    fifo = tmp_path / "fifo.jsonl"
    os.mkfifo(fifo)
    terminal = peek(fifo, TMPDIR=str(place))
    with fifo.open("wb", buffering=0) as writer:
        writer.write(first + second[:50])
        terminal.wait_for("first", " 1 ev", "● RUNNING")
        writer.write(second[50:] + third)
        terminal.wait_for("second", "third", " 3 ev")
        leave(terminal, "q")
        assert list(place.iterdir()) == []


def test_ended(peek: Start, tmp_path: Path) -> None:
    """A pipe that ends without the end of its run is no longer said to run."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("tool_call", "only")
    terminal = peek("-c", f"cat '{trace.path}' | {PEEK} -", command=("/bin/sh",))
    terminal.wait_for("only", " 1 ev", "CRASHED")
    leave(terminal, "q")


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="a shell that knows <(…)")
def test_substituted(peek: Start, tmp_path: Path) -> None:
    """The debugger opens what a shell gives for `<(…)`, beside a compressed file."""
    one = TraceFile(tmp_path / "one.jsonl", "00000001")
    one.add("tool_call", "one")
    two = TraceFile(tmp_path / "two.jsonl", "00000002")
    two.add("tool_call", "two")
    packed = tmp_path / "one.jsonl.gz"
    packed.write_bytes(gzip.compress(one.path.read_bytes()))
    terminal = peek("-c", f"{PEEK} <(cat '{two.path}') '{packed}'", command=("/bin/bash",))
    terminal.wait_for("one", "two", " 2 ev")
    leave(terminal, "q")


def test_notes(peek: Start, tmp_path: Path) -> None:
    """A pipe may begin with anything: what is no event is a damaged line."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.write(b"starting the server\n")
    trace.add("tool_call", "only")
    terminal = peek("-c", f"(head -1 '{trace.path}'; sleep 1; tail -1 '{trace.path}') | {PEEK} -", command=("/bin/sh",))
    terminal.wait_for("only", " 2 ev")
    leave(terminal, "q")


@pytest.mark.parametrize("source", ["directory", "session"])
def test_another_writer(peek: Start, tmp_path: Path, source: str) -> None:
    """A process that begins to write while its run is watched appears among the others."""
    directory = tmp_path / "traces"
    directory.mkdir()
    TraceFile(directory / "parent.jsonl", "00000001").add("tool_call", "parent")
    terminal = peek(directory if source == "directory" else SESSION[:6])
    terminal.wait_for("parent", " 1 ev")
    child = TraceFile(directory / "child.jsonl", "00000002", start=NOON + 5)
    child.add("tool_call", "child")
    terminal.wait_for("child", " 2 ev")
    child.add("tool_call", "another")
    terminal.wait_for("another", " 3 ev")
    leave(terminal, "q")
