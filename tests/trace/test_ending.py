"""How a long trace ends is known before it is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from peek_tui.demo.generate import generate
from peek_tui.trace.store import FIRST_SLICE, Store
from tests.state.traces import TraceFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A run that ended well, of about a megabyte."""
    path = tmp_path / "run.jsonl"
    generate(path, 2_000)
    return path


@pytest.fixture
def begun(path: Path) -> Iterator[Store]:
    """What is known of it with the first screen."""
    with ExitStack() as stack:
        store = Store([path])
        stack.callback(store.close)
        store.advance(FIRST_SLICE)
        yield store


def test_ended(begun: Store) -> None:
    """A run whose end stands in the last lines has finished, however much of it has not been read."""
    assert begun.share < 0.1
    assert (begun.status(), begun.sessions()[0].outcome) == ("finished", "completed")
    assert "agent_end" not in begun.snapshot().types()


def test_read(begun: Store) -> None:
    """When all is read it is known from the events themselves, and no share is left."""
    while begun.advance():
        pass
    assert (begun.share, begun.status(), begun.sessions()[0].outcome) == (1.0, "finished", "completed")


def test_crashed(path: Path, begun: Store) -> None:
    """A run that was cut off has crashed, and that is known at once too."""
    os.truncate(path, path.stat().st_size - 400)
    with ExitStack() as stack:
        store = Store([path])
        stack.callback(store.close)
        store.advance(FIRST_SLICE)
        assert (store.status(), store.sessions()[0].outcome) == ("crashed", None)


def test_other_agents_end(path: Path) -> None:
    """The end of an agent that another one started is not the run's."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert any(b'"type":"agent_end"' in line for line in lines[-100:-1])
    with ExitStack() as stack:
        store = Store([path])
        stack.callback(store.close)
        store.advance(FIRST_SLICE)
        assert store.status() == "crashed"


def test_other_runs_end(tmp_path: Path) -> None:
    """An end that belongs to nothing is that of its own run, not of the others in a file."""
    path = tmp_path / "run.jsonl"
    one, other = (TraceFile(path, writer=8 * sign, session=32 * sign) for sign in "ab")
    for trace in (one, other):
        trace.add("agent_start", "desk")
    for _ in range(1_000):
        one.add("log", "", {"text": "x" * 200})
    other.add("agent_end", "desk", {"status": "error"})
    with ExitStack() as stack:
        store = Store([path])
        stack.callback(store.close)
        store.advance(FIRST_SLICE)
        assert [(facts.finished, facts.outcome) for facts in store.sessions()] == [(False, None), (True, "error")]
