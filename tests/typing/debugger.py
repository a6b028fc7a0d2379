"""Typed uses of the Python API of `peek_tui`. Nothing here runs: `mypy --strict` must accept it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

import peek_tui
from peek_tui import Debugger, StepSession, TraceEvent
from peek_tui.trace.model import Failure, Usage


def loading() -> None:
    assert_type(Debugger.load("run.jsonl"), Debugger)
    assert_type(Debugger.load(Path("a.jsonl"), "b.jsonl", format="claude-code"), Debugger)
    with Debugger.load("latest") as dbg:
        assert_type(dbg, Debugger)
        assert_type(dbg.update(), bool)
        assert_type(dbg.paths, list[Path])


def questions(dbg: Debugger) -> None:
    assert_type(dbg.count(), int)
    assert_type(len(dbg), int)
    assert_type(dbg.event_counts(), dict[str, int])
    failure = dbg.first(event_type="tool_result", where=lambda e: e.error is not None)
    assert_type(failure, TraceEvent | None)
    assert failure is not None
    assert_type(dbg.before(failure, event_type="llm_request", n=1), list[TraceEvent])
    assert_type(dbg.after(failure, event_type=["log", "error"], where=lambda e: e.error), list[TraceEvent])
    assert_type(dbg.where(event_type={"tool_call"}), Iterator[TraceEvent])
    assert_type(dbg.all(), Iterator[TraceEvent])
    assert_type(list(dbg), list[TraceEvent])
    assert_type(dbg.find("0" * 16), TraceEvent | None)
    assert_type(dbg[-1], TraceEvent)


def an_event(event: TraceEvent) -> None:
    assert_type(event.index, int)
    assert_type(event.ts, int)
    assert_type(event.timestamp, datetime | None)
    assert_type(event.event_type, str)
    assert_type(event.name, str)
    assert_type(event.summary(), str)
    assert_type(event.payload, dict[str, Any])
    assert_type(event.tool_name, str | None)
    assert_type(event.error, Failure | None)
    assert_type(event.usage, Usage | None)
    assert_type(event.duration_ms, float | None)
    assert_type(event.parent, str | None)
    assert_type(event.blob(event.content).text, str)


def stepping(dbg: Debugger) -> None:
    session = dbg.step_session()
    assert_type(session, StepSession)
    assert_type(session.next(), TraceEvent | None)
    assert_type(session.prev(), TraceEvent | None)
    assert_type(session.jump(25), TraceEvent)
    assert_type(session.find(lambda e: e.error), TraceEvent | None)
    assert_type(session.current, TraceEvent | None)


def refused(dbg: Debugger) -> None:
    """What is wrong is said to be: an unused `ignore` here is an error."""
    Debugger.load(7)  # type: ignore[arg-type]
    Debugger.load()  # type: ignore[call-arg]
    dbg.before("5f3a9c1e00000007")  # type: ignore[arg-type]
    dbg.where(event_type=7)  # type: ignore[arg-type]
    dbg.first(where="error")  # type: ignore[arg-type]
    peek_tui.nonsense()  # type: ignore[attr-defined]
