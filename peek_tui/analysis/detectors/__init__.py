"""The detectors: a file for each, with its rule, window and threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..alerts import Detector
from .tool_loop import ToolLoop

__all__ = ["DETECTORS", "default_detectors"]

DETECTORS: tuple[Callable[[], Detector], ...] = (ToolLoop,)


def default_detectors() -> Sequence[Callable[[], Detector]]:
    """Return what makes every detector, ours and those of plugins."""
    return DETECTORS
