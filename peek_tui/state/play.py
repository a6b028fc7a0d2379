"""Playing a trace: the selection goes on as the run itself went on, perhaps faster."""

from __future__ import annotations

from .browse import Browse

__all__ = ["SPEEDS", "Play"]

SPEEDS = (1, 5, 20, 100)


class Play:
    """The hand of a clock that runs over the trace, from the selected event on; to move the selection is to seek."""

    def __init__(self, browse: Browse, speed: int = SPEEDS[0]) -> None:
        self.speed = speed
        self._browse = browse
        self._here = browse.handle
        self._now = self._ts(browse.position)

    def change_speed(self, by: int) -> None:
        """Take the next speed, or the one before."""
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, SPEEDS.index(self.speed) + by))]

    def advance(self, seconds: float) -> bool:
        """Let so much time pass; return whether there is anything left to play."""
        browse = self._browse
        if browse.handle != self._here:
            self._now = self._ts(browse.position)
        self._now += round(seconds * self.speed * 1e9)
        position, last = browse.position, len(browse.rows) - 1
        while position < last and self._ts(position + 1) <= self._now:
            position += 1
        if position != browse.position:
            browse.move(position - browse.position)
        self._here = browse.handle
        return position < last

    @property
    def wait_ms(self) -> float:
        """How long after the clock's hand the next event comes, of the trace's own time."""
        position = self._browse.position
        if position + 1 >= len(self._browse.rows):
            return 0.0
        return max(0, self._ts(position + 1) - self._now) / 1e6

    def _ts(self, position: int) -> int:
        rows = self._browse.rows
        return self._browse.snapshot.ts(rows[position]) if position < len(rows) else 0
