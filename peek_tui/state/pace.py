"""How often what arrives is painted: as often as somebody can see it, and never for more than its share of the time."""

from __future__ import annotations

__all__ = ["MOST", "Pace"]

MOST = 0.25
"""Seconds between two paintings at the most, however long one takes."""
_SHARE = 15
"""Of so many seconds one is spent on painting."""
_READ = 5
"""The same while each event can be read: fewer come between two paintings than are seen at once."""


class Pace:
    """Says how long to wait after each painting, by what the one before took."""

    def __init__(self, least: float, used: float) -> None:
        """`least` is the fewest seconds between two paintings; `used` the processor time used until now, in seconds."""
        self._least = least
        self._used = used

    def wait(self, used: float, events: int, seen: int) -> float:
        """Return the seconds to wait after what is painted now.

        `used` is the processor time used until now, `events` how many have come since the last painting, of which
        `seen` have room on the screen.
        """
        took, self._used = used - self._used, used
        return min(MOST, max(self._least, took * (_READ if events < seen else _SHARE)))
