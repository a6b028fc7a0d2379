from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.errors import UsageError
from peek_tui.state.breakpoints import ALERTS, Breakpoints, like
from peek_tui.trace.query import parse_query

from .traces import HOSTILE, event_of


def test_like(tmp_path: Path) -> None:
    """An event is like itself whatever its name holds, and its query can be written and read again."""
    for text in ("search", "a*b", *HOSTILE):
        event = event_of(tmp_path, "tool_call", text)
        query = like(event)
        assert query.holds(event)
        assert parse_query(str(query)) == query
        assert not query.holds(event_of(tmp_path, "tool_result", text))
        assert not query.holds(event_of(tmp_path, "tool_call", f"{text}x"))


def test_toggle(tmp_path: Path) -> None:
    """A breakpoint is set, stops what it wants while it is enabled, and is removed again."""
    breakpoints, event = Breakpoints(), event_of(tmp_path, "tool_call", "search")
    assert not breakpoints.query.holds(event)
    assert breakpoints.toggle(like(event))
    assert breakpoints.stops_at(event)
    assert breakpoints.query.holds(event)
    breakpoints.enable(0)
    assert not breakpoints.stops_at(event)
    assert not breakpoints.query.holds(event)
    assert not breakpoints.toggle(like(event))
    assert breakpoints.all == []


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
