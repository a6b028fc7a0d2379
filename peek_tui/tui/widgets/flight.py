"""One line of what a run that is going on does now."""

from __future__ import annotations

from peek_tui.render import units
from peek_tui.render.text import clean_line
from peek_tui.render.words import look_of
from peek_tui.state.open_calls import Call, OpenCalls

from .bars import Bar
from .rows import Piece

__all__ = ["FlightBar"]

_SECOND = 1_000_000_000


class FlightBar(Bar):
    """Shows the calls that are open: the oldest first, since when, and what is being said."""

    def __init__(self) -> None:
        super().__init__(id="flight")

    def sync(self, open_calls: OpenCalls, now: int, *, running: bool) -> None:
        """Show the state, while the run is running; `now` is in nanoseconds since 1970 UTC."""
        self.set_class(running, "-running")
        left: list[Piece] = [(" now ", self.palette.live)]
        for call in open_calls.calls:
            left += self._call(call, now)
        if not open_calls.calls:
            left.append((" no call is open", self.palette.dim))
        self.show(left, [(f" {open_calls.rate(now)} ", self.palette.dim)])

    def _call(self, call: Call, now: int) -> list[Piece]:
        palette, look = self.palette, look_of(call.type)
        seconds = max(0, now - call.ts) // _SECOND
        since = units.duration(seconds * 1_000) if seconds >= 100 else f"{seconds}s"
        said = clean_line(call.said)[-60:]
        return [
            (f" {look.sign} ", palette.of_type(call.type)),
            (call.name, palette.strong),
            (f" {since}", palette.number),
            (f"  …{said}" if said else "", palette.text),
            (" ", palette.dim),
        ]
