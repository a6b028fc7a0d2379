"""The signals: each measures one thing about every act of a run, from 0 to 1, and says it in words."""

from __future__ import annotations

from . import failure, flow, origin, place, speech
from .signal import Signal

__all__ = ["SIGNALS", "Signal"]

SIGNALS: tuple[Signal, ...] = (
    *speech.SIGNALS,
    *origin.SIGNALS,
    *failure.SIGNALS,
    *flow.SIGNALS,
    *place.SIGNALS,
)
"""Every signal, in the order in which a table of weights lists them."""
