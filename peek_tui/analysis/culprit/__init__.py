"""What made a run fail: the acts of its agents, ranked, each with its reasons in words."""

from __future__ import annotations

from .rank import Suspect, suspects

__all__ = ["Suspect", "suspects"]
