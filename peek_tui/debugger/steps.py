"""A cursor that steps through a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .event import Predicate, TraceEvent

if TYPE_CHECKING:
    from .debugger import Debugger, EventTypes

__all__ = ["StepSession"]


class StepSession:
    """A place in a trace. It stays on its event when the trace grows."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger
        self.current: TraceEvent | None = None
        """The event it stands on; None before the first step."""

    def next(self) -> TraceEvent | None:
        """Step to the next event and return it; at the end stay there, and return None."""
        return self.find()

    def prev(self) -> TraceEvent | None:
        """Step to the event before and return it; at the beginning stay there, and return None."""
        if self.current is None:
            return None
        return self._go(next(iter(self._debugger.before(self.current)), None))

    def jump(self, index: int) -> TraceEvent:
        """Go to the event with this index and return it. Raises IndexError, and stays, when there is none."""
        self.current = self._debugger[index]
        return self.current

    def find(self, where: Predicate | None = None, event_type: EventTypes = None) -> TraceEvent | None:
        """Go to the next event that `where` says yes to and return it; when there is none stay, and return None."""
        if self.current is None:
            return self._go(self._debugger.first(event_type, where))
        return self._go(next(iter(self._debugger.after(self.current, event_type, where=where)), None))

    def _go(self, found: TraceEvent | None) -> TraceEvent | None:
        self.current = found or self.current
        return found
