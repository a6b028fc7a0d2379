"""Importance, for whoever opens a store."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from peek_tui.trace.snapshot import Rate

if TYPE_CHECKING:
    from .importance import Importance

__all__ = ["rating"]


def rating() -> Rate:
    """Return what says how important the events of one store are.

    What that is made of is imported when somebody asks: the first screen does not wait for it.
    """

    @cache
    def importance() -> Importance:
        from .importance import Importance

        return Importance()

    return lambda snapshot: importance().of(snapshot)
