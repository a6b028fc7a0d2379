"""The Python API: a trace as a program asks about it. `from peek_tui import Debugger` is the way in."""

from .debugger import Debugger, EventTypes
from .event import Predicate, TraceEvent
from .steps import StepSession

__all__ = ["Debugger", "EventTypes", "Predicate", "StepSession", "TraceEvent"]
