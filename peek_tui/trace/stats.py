"""What `peek stats` says of a trace."""

from __future__ import annotations

from typing import NamedTuple

from .model import Damage, Usage

__all__ = ["Stats"]


class Stats(NamedTuple):
    """Counts and sums over a trace."""

    events: int
    types: dict[str, int]
    sessions: int
    duration_ms: float
    errors: int
    usage: Usage
    cost_usd: float | None
    damaged: tuple[Damage, ...]
    unfinished: bool
    missing: tuple[str, ...]
    orphans: int
    cycles: int
