from __future__ import annotations

import pytest

from peek_tui.state.pace import Pace


@pytest.mark.parametrize(
    ("took", "events", "wait"),
    [(0.001, 3, 0.05), (0.01, 3, 0.05), (0.014, 29, 0.07), (0.014, 30, 0.21), (0.014, 9_999, 0.21), (1.0, 3, 0.25)],
)
def test_wait(took: float, events: int, wait: float) -> None:
    """Painting takes a fifth of the time while events can be read, a fifteenth when they rush by; it never stops."""
    pace = Pace(0.05, 7.0)
    assert pace.wait(7.0 + took, events, 30) == pytest.approx(wait)
    assert pace.wait(7.0 + 2 * took, events, 30) == pytest.approx(wait)


def test_slow_line() -> None:
    """On a slow line what arrives is painted as rarely as it is at all."""
    assert Pace(0.25, 0.0).wait(0.001, 0, 30) == 0.25
