"""Playing the trace, and the column of times."""

from __future__ import annotations

from time import monotonic

from textual.timer import Timer

from peek_tui.state.play import SPEEDS, Play

from .base import DebugBase

__all__ = ["Playing"]

_EVERY = 0.1
"""Seconds between two frames."""


class Playing(DebugBase):
    """`P`, and how fast; `T`, and whose time."""

    _timer: Timer | None = None
    _speed = SPEEDS[0]
    _then = 0.0

    def action_play(self) -> None:
        if self.view.play is not None:
            self.pause()
            self.sync(changed=False)
            return
        self.view.play = Play(self.browse, self._speed)
        self.browse.follow = False
        self._then = monotonic()
        self._timer = self.set_interval(_EVERY, self._advance)
        self.sync(changed=False)

    def action_speed(self, by: int) -> None:
        play = self.view.play or Play(self.browse, self._speed)
        play.change_speed(by)
        self._speed = play.speed
        self.sync(changed=False)
        plays = "plays" if self.view.play else f"{self.keymap.key('play')} plays"
        self.tell(f"{plays} at {self._speed}× of the trace's own time")

    def pause(self) -> bool:
        """Stop playing; False when nothing is played."""
        if self._timer is not None:
            self._timer.stop()
        self._timer, play, self.view.play = None, self.view.play, None
        return play is not None

    def action_times(self) -> None:
        self.view.times.next_mode()
        self.sync(changed=True)
        self.tell(f"times: {self.view.times.mode}")

    def action_zone(self) -> None:
        self.view.times.utc = not self.view.times.utc
        self.sync(changed=True)
        self.tell(f"times are {'UTC' if self.view.times.utc else 'local'}")

    def _advance(self) -> None:
        play, before = self.view.play, self.browse.row
        now = monotonic()
        if play is None or (not play.advance(now - self._then) and not self.live.may_grow):
            self.pause()
        self._then = now
        if self.browse.row != before or self.view.play is None:
            self.paint(changed=False)
