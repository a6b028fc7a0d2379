"""Detectors of third parties: what makes them is named by the entry point `peek_tui.detectors` of their packages.

An entry point names a class, or any callable without arguments, that gives a `Detector`. One that cannot be loaded, or
that raises while it looks, is left out from then on, and why is said in a sentence; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from ..alerts import Detector, Found
from ..news import News

__all__ = ["GROUP", "PluginDetector", "plugin_detectors"]

GROUP = "peek_tui.detectors"


def plugin_detectors() -> list[Callable[[], PluginDetector]]:
    """Return what makes each detector that is installed, in the order of their names."""
    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return [partial(PluginDetector, point) for point in found]


class PluginDetector:
    """A detector of a third party. `trouble` says why it is left out, None while it works."""

    def __init__(self, point: EntryPoint) -> None:
        self.rule = point.name
        self.trouble: str | None = None
        self._detector: Detector | None = None
        try:
            self._detector = point.load()()
            self.rule = str(self._detector.rule)
        except Exception as error:
            self._leave_out(f"cannot be loaded from {point.value}", error)

    def take(self, news: News) -> Iterable[Found]:
        """Return what the detector finds; nothing once it has failed."""
        if self._detector is None:
            return ()
        try:
            return list(self._detector.take(news))
        except Exception as error:
            self._leave_out("failed", error)
            return ()

    def _leave_out(self, what: str, error: Exception) -> None:
        self._detector = None
        self.trouble = f"the detector {self.rule} {what} and is left out: {type(error).__name__}: {error}"
