from __future__ import annotations

import pytest

from peek_tui.state.times import MODES, Times

from .conftest import InZone
from .traces import NOON

SECOND = 1_000_000_000


def test_modes() -> None:
    """The modes come one after the other; that of a mark only once there is one."""
    times = Times()
    seen = []
    for _ in range(4):
        times.next_mode()
        seen.append(times.mode)
    assert seen == [MODES[1], MODES[3], MODES[0], MODES[1]]
    times.marked = NOON
    times.next_mode()
    assert times.mode == MODES[2]


@pytest.mark.parametrize(
    ("mode", "text"),
    [(0, "12:00:05.000"), (1, "       +2.0s"), (2, "       +5.0s"), (3, "       -3.0s")],
)
def test_text(in_zone: InZone, mode: int, text: str) -> None:
    """A time is that of the clock, or how long after another event it was."""
    times = Times()
    times.mode, times.marked = MODES[mode], NOON
    ts = NOON + 5 * SECOND
    assert times.text(ts, ts - 2 * SECOND, ts + 3 * SECOND, 12) == text


def test_nothing_before() -> None:
    """The first event has no distance to the one before, and an event without a time none to any."""
    times = Times()
    times.mode = MODES[1]
    assert times.text(NOON, None, None, 8).strip() == "·"
    assert times.text(0, NOON, None, 8).strip() == "·"


def test_utc(in_zone: InZone) -> None:
    """Times are local, or UTC and say so."""
    in_zone("Asia/Kolkata")
    times = Times()
    assert times.text(NOON, None, None, 8) == "17:30:00"
    times.utc = True
    assert times.text(NOON, None, None, 8) == "12:00:00Z"
