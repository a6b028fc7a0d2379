from __future__ import annotations

import pytest

from peek_tui.state.browse import Browse
from peek_tui.state.play import Play

from .traces import TraceFile


@pytest.fixture
def browse(trace: TraceFile) -> Browse:
    """Ten events, a second between each and the next."""
    for _ in range(10):
        trace.add("log")
    return Browse(trace.snapshot())


def test_own_time(browse: Browse) -> None:
    """At 1× the selection is where the run was after so much time."""
    play = Play(browse)
    rows = []
    for seconds in (0.9, 0.2, 2.9, 0.1):
        assert play.advance(seconds)
        rows.append(browse.row)
    assert rows == [0, 1, 4, 4]
    assert play.wait_ms == 900


def test_faster(browse: Browse) -> None:
    """At 5× five times as much passes, and at the end there is nothing left to play."""
    play = Play(browse, 5)
    assert play.advance(1)
    assert browse.row == 5
    assert not play.advance(10)
    assert browse.row == 9


def test_seek(browse: Browse) -> None:
    """Moving the selection moves the clock's hand to that event."""
    play = Play(browse)
    play.advance(0.9)
    browse.go_row(6)
    play.advance(0.9)
    assert browse.row == 6
    play.advance(0.1)
    assert browse.row == 7


def test_hidden(browse: Browse) -> None:
    """What is hidden is not played, but its time passes."""
    browse.show(browse.shown.with_filter("row:0,5,9"))
    play = Play(browse)
    play.advance(4.9)
    assert browse.row == 0
    play.advance(0.2)
    assert browse.row == 5


def test_speeds(browse: Browse) -> None:
    """The speeds end at 1× and 100×."""
    play = Play(browse)
    speeds = []
    for by in (-1, 1, 1, 1, 1, -1):
        play.change_speed(by)
        speeds.append(play.speed)
    assert speeds == [1, 5, 20, 100, 100, 20]


def test_nothing(trace: TraceFile) -> None:
    """In an empty trace there is nothing to play."""
    assert not Play(Browse(trace.snapshot())).advance(1)
