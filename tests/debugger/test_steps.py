from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui import StepSession
from tests.state.traces import TraceFile

from .conftest import Load


def index(session: StepSession) -> int | None:
    return None if session.current is None else session.current.index


def test_there_and_back(load: Load, real: Path) -> None:
    """Steps visit every event once, from the first to the last and back; at either end one stays."""
    dbg = load(real)
    session = dbg.step_session()
    there = [event.index for event in iter(session.next, None)]
    assert there == list(range(dbg.count()))
    assert (session.next(), index(session)) == (None, dbg.count() - 1)
    back = [event.index for event in iter(session.prev, None)]
    assert back == there[-2::-1]
    assert (session.prev(), index(session)) == (None, 0)


def test_before_the_first(load: Load, trace: TraceFile) -> None:
    """A session begins before the first event: there is none to go back from, or to, in an empty trace."""
    session = load(trace.path).step_session()
    assert (session.current, session.prev(), session.next(), session.current) == (None, None, None, None)


def test_jump(load: Load, generated: Path) -> None:
    """A jump goes to an index, from either end; to none that is there it stays."""
    dbg = load(generated)
    session = dbg.step_session()
    assert session.jump(25) == session.current == dbg[25]
    assert (session.next(), session.prev()) == (dbg[26], dbg[25])
    with pytest.raises(IndexError):
        session.jump(3_000)
    assert session.current == dbg[25]
    assert session.jump(-1) == dbg[2_999]


def test_find(load: Load, generated: Path) -> None:
    """Finding goes on from where one stands, one event further each time, and stays when there is no more."""
    dbg = load(generated)
    failed = [event for event in dbg.all() if event.error]
    session = dbg.step_session()
    assert list(iter(lambda: session.find(lambda event: event.error), None)) == failed
    assert session.current == failed[-1]
    session.jump(failed[3].index - 1)
    assert session.find(lambda event: event.error) == failed[3]


def test_find_the_first(load: Load, trace: TraceFile) -> None:
    """From before the first event, the first event is found too; a type narrows it down."""
    for name, type in enumerate(("log", "log", "tool_call")):
        trace.add(type, str(name))
    dbg = load(trace.path)
    assert dbg.step_session().find(lambda event: event.name) == dbg[0]
    assert dbg.step_session().find(lambda event: event.name, "tool_call") == dbg[2]


def test_growing(load: Load, tmp_path: Path) -> None:
    """A session stays on its event, whatever comes to stand before it, and goes on to what is new."""
    one, two = TraceFile(tmp_path / "a.jsonl"), TraceFile(tmp_path / "b.jsonl", "22222222")
    one.add("log", "old", ts=100)
    dbg = load(one.path, two.path)
    session = dbg.step_session()
    session.next()
    assert session.next() is None
    two.add("log", "older", ts=50)
    two.add("log", "new", ts=200)
    dbg.update()
    steps = [session.next(), session.prev(), session.prev()]
    assert [event and event.name for event in steps] == ["new", "old", "older"]
