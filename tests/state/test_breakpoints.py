from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.analysis.importance import Importance
from peek_tui.errors import UsageError
from peek_tui.state.breakpoints import ALERTS, Breakpoints, like
from peek_tui.state.view import View
from peek_tui.trace.query import parse_query
from peek_tui.trace.store import Store

from .conftest import InZone
from .traces import HOSTILE, TraceFile, event_of


def test_like(tmp_path: Path) -> None:
    """An event is like itself whatever its name holds, and its query can be written and read again."""
    for text in ("search", "a*b", *HOSTILE):
        event = event_of(tmp_path, "tool_call", text)
        query = like(event)
        assert query.holds(event)
        assert parse_query(str(query)) == query
        assert not query.holds(event_of(tmp_path, "tool_result", text))
        assert not query.holds(event_of(tmp_path, "tool_call", f"{text}x"))


def test_toggle(trace: TraceFile) -> None:
    """A breakpoint is set, stops what it wants while it is enabled, and is removed again."""
    trace.add("tool_call", "search")
    snapshot, breakpoints = trace.snapshot(), Breakpoints()
    query = like(snapshot.event(0))
    assert not breakpoints.stops_at(snapshot, 0)
    assert breakpoints.toggle(query)
    assert breakpoints.stops_at(snapshot, 0)
    breakpoints.enable(0)
    assert not breakpoints.stops_at(snapshot, 0)
    assert not breakpoints.toggle(query)
    assert breakpoints.all == []


@pytest.mark.parametrize("text", ["ts>=12:00:01 ts<12:00:02", "importance>0.5"])
def test_sign(trace: TraceFile, in_zone: InZone, text: str) -> None:
    """The sign of a breakpoint stands where `c` stops: at times of that day, at what was rated important."""
    in_zone("UTC")
    for type in ("log", "refusal", "log"):
        trace.add(type)
    view = View(Store.load([trace.path], rate=Importance().of).snapshot())
    view.breakpoints.add(text)
    stops = [row for row in range(3) if view.sign(view.browse.snapshot.event(row)) == "●"]
    seek = view.seek(view.breakpoints.query, 1)
    assert seek.at_once()
    assert stops == [seek.found] == [1]


def test_any_filter() -> None:
    """Any filter may be a breakpoint, each once; what is no filter is refused."""
    breakpoints = Breakpoints()
    for text in ("error dur>2s", "type:decision", "error dur>2s"):
        breakpoints.add(text)
    assert [str(each) for each in breakpoints.all] == ["error dur>2s", "type:decision"]
    with pytest.raises(UsageError):
        breakpoints.add("agnet:x")


@pytest.mark.parametrize(
    ("type", "data", "is_alert"),
    [
        ("refusal", {}, True),
        ("behavior_alert", {}, True),
        ("policy_violation", {}, True),
        ("safety_check", {"outcome": "pass"}, False),
        ("safety_check", {"outcome": "warn"}, True),
        ("safety_check", {"outcome": "block"}, True),
        ("tool_result", {"outcome": "fail"}, False),
    ],
)
def test_alerts(tmp_path: Path, type: str, data: dict[str, str], is_alert: bool) -> None:
    """An alert is what somebody objected to; a check that passed is none."""
    assert ALERTS.holds(event_of(tmp_path, type, data=data)) is is_alert
