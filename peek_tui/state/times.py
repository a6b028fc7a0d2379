"""What the column of times shows."""

from __future__ import annotations

from peek_tui.render import units

__all__ = ["MODES", "Times"]

MODES = ("clock", "since the previous event", "since the mark", "from the selected event")


class Times:
    """Clock times, local or UTC, or how long after another event each came."""

    def __init__(self) -> None:
        self.mode = MODES[0]
        self.utc = False
        self.marked: int | None = None
        """The time of the mark that was set or gone to last, nanoseconds since 1970 UTC."""

    def next_mode(self) -> None:
        """Show times in the next way; those since a mark only if there is one."""
        modes = [mode for mode in MODES if self.marked is not None or mode != MODES[2]]
        self.mode = modes[(modes.index(self.mode) + 1) % len(modes)] if self.mode in modes else modes[0]

    @property
    def follows_selection(self) -> bool:
        """Whether every time shown depends on which event is selected."""
        return self.mode == MODES[3]

    def text(self, ts: int, previous: int | None, selected: int | None, width: int) -> str:
        """Return what the column shows of an event, `width` columns; the others are the times of those events."""
        if self.mode == MODES[0]:
            return self._clock(ts, width)
        other = {MODES[1]: previous, MODES[2]: self.marked, MODES[3]: selected}[self.mode]
        return f"{units.delta(ts - other) if ts and other else '·':>{width}}"

    def _clock(self, ts: int, width: int) -> str:
        text = units.clock(ts, utc=self.utc)
        return f"{text[:width]}Z" if self.utc else text[:width]
