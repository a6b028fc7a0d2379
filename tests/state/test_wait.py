from __future__ import annotations

from pathlib import Path

from peek_tui.analysis.alerts import Alert
from peek_tui.state.breakpoints import Breakpoints
from peek_tui.state.wait import Wait

from .traces import NOON, Growing, TraceFile


def found(wait: Wait) -> int | None:
    """The row in what came last at which to stop."""
    seek = wait.seek()
    assert seek is None or seek.at_once()
    return None if seek is None or seek.found is None else wait._browse.snapshot.row(seek.found)


def test_what_arrives(trace: TraceFile) -> None:
    """Only what arrives is looked at, each event once, by the breakpoints there are then."""
    trace.add("tool_call", "search")
    growing, breakpoints = Growing(trace, follow=True), Breakpoints()
    breakpoints.add("name:search")
    wait = Wait(growing.browse, breakpoints, growing.browse.snapshot)
    assert found(wait) is None
    trace.add("log")
    growing.take_in()
    assert found(wait) is None
    trace.add("tool_call", "buy")
    trace.add("tool_call", "search")
    growing.take_in()
    assert found(wait) == 3
    assert wait.seek() is None
    breakpoints.add("name:buy")
    trace.add("tool_call", "buy")
    growing.take_in()
    assert found(wait) == 4


def test_earlier_rows(tmp_path: Path) -> None:
    """What a late file puts among earlier rows has arrived as well."""
    main, late = TraceFile(tmp_path / "a.jsonl", "a" * 8), TraceFile(tmp_path / "b.jsonl", "b" * 8)
    for _ in range(4):
        main.add("tool_call", "search")
    growing, breakpoints = Growing(main, late, follow=True), Breakpoints()
    breakpoints.add("name:search OR name:late")
    wait = Wait(growing.browse, breakpoints, growing.browse.snapshot)
    late.add("tool_call", "late", ts=NOON + 1)
    growing.take_in()
    assert found(wait) == 1


def test_hidden(trace: TraceFile) -> None:
    """What the filters hide stops nothing."""
    trace.add("log")
    growing, breakpoints = Growing(trace, follow=True), Breakpoints()
    growing.browse.toggle_group("2")
    breakpoints.add("type:tool_call")
    wait = Wait(growing.browse, breakpoints, growing.browse.snapshot)
    trace.add("tool_call", "search")
    trace.add("refusal")
    growing.take_in()
    assert found(wait) == 2


def test_alert(trace: TraceFile) -> None:
    """An alert stops where it showed; one of what was there before stops nothing."""
    for _ in range(3):
        trace.add("log")
    growing = Growing(trace, follow=True)
    wait = Wait(growing.browse, Breakpoints(), growing.browse.snapshot)
    old, new = (Alert("rule", "low", "title", (), 0, last) for last in (2, 4))
    for _ in range(2):
        trace.add("log")
    growing.take_in()
    assert wait.alerted([old]) is None
    assert wait.alerted([old, new]) == 4


def test_goes_on(trace: TraceFile) -> None:
    """It is over when the newest event is not followed any more."""
    trace.add("log")
    trace.add("log")
    growing = Growing(trace, follow=True)
    wait = Wait(growing.browse, Breakpoints(), growing.browse.snapshot)
    assert wait.goes_on
    growing.browse.move(-1)
    assert not wait.goes_on
