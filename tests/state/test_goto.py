from __future__ import annotations

import pytest

from peek_tui.errors import UsageError
from peek_tui.state.browse import Browse
from peek_tui.state.goto import HINT, go_to

from .conftest import InZone
from .traces import NOON, Growing, TraceFile


@pytest.fixture
def browse(trace: TraceFile) -> Browse:
    """A hundred events, one a second from noon; the 42nd is selected."""
    for _ in range(100):
        trace.add("log")
    browse = Growing(trace).browse
    browse.go_row(42)
    return browse


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("0", 0),
        ("17", 17),
        (" 17 ", 17),
        ("1,7", 17),
        ("100", 99),
        ("9" * 5_000, 99),
        ("+10", 52),
        ("-10", 32),
        ("+1000", 99),
        ("-1000", 0),
        ("+" + "9" * 5_000, 99),
        ("-" + "9" * 5_000, 0),
        ("0%", 0),
        ("50%", 50),
        ("12.5%", 12),
        ("100%", 99),
        ("900%", 99),
        ("9" * 5_000 + "%", 99),
        ("start", 0),
        ("END", 99),
        ("$", 99),
        ("12:00", 0),
        ("12:01", 60),
        ("12:00:07", 7),
        ("12:00:07.5", 8),
        ("12:00:07.000000001", 8),
        ("9:00", 0),
        ("23:59:59", 99),
        ("5f3a9c1e00000010", 16),
        ("5F3A9C1E00000010", 16),
    ],
)
def test_places(browse: Browse, in_zone: InZone, text: str, row: int) -> None:
    """A row, a distance, a percentage, a time of day, an end or an event's id is gone to."""
    go_to(browse, text)
    assert browse.row == row


@pytest.mark.parametrize("text", ["", "x", "12:", "1:2", "12:0", "+", "-", "%", ",", "1.5", "++3", "²", "50 %", "id:3"])
def test_no_place(browse: Browse, text: str) -> None:
    """What names no place is refused with what could be given, and the selection stays."""
    with pytest.raises(UsageError) as error:
        go_to(browse, text)
    assert str(error.value) == f"{text!r} is no place to go: give {HINT}"
    assert browse.row == 42


@pytest.mark.parametrize("text", ["24:00", "12:60", "12:00:60", "99:99"])
def test_no_time(browse: Browse, text: str) -> None:
    """A time that no day has is refused."""
    with pytest.raises(UsageError) as error:
        go_to(browse, text)
    assert str(error.value) == f"{text} is no time of day"


def test_unknown_id(browse: Browse) -> None:
    """An id that no event has is refused."""
    with pytest.raises(UsageError) as error:
        go_to(browse, "00000000000000ff")
    assert str(error.value) == "there is no event 00000000000000ff in this trace"


def test_local_time(browse: Browse, in_zone: InZone) -> None:
    """A time is local, on the day the trace begins there."""
    in_zone("JST-9")
    go_to(browse, "21:00:07")
    assert browse.row == 7


def test_first_day(trace: TraceFile, in_zone: InZone) -> None:
    """A time of a trace that runs past midnight is one of its first day."""
    for hours in (0, 11, 13, 23):
        trace.add("log", ts=NOON + hours * 3600 * 10**9)
    browse = Growing(trace).browse
    go_to(browse, "1:00")
    assert browse.row == 0
    go_to(browse, "23:00")
    assert browse.row == 1


def test_hidden_id(browse: Browse, trace: TraceFile) -> None:
    """An event that is hidden is stood in for by the nearest visible one before it."""
    trace.add("tool_call")
    growing = Growing(trace)
    growing.browse.toggle_group("2")
    go_to(growing.browse, "5f3a9c1e00000064")
    assert growing.browse.row == 99


@pytest.mark.parametrize("text", ["5", "+1", "-1", "50%", "12:00", "start", "end"])
def test_empty_trace(trace: TraceFile, text: str) -> None:
    """In a trace without events every place is nowhere."""
    browse = Growing(trace).browse
    go_to(browse, text)
    assert browse.row is None
