"""Detectors of third parties: what makes them is named by the entry point `peek_tui.detectors` of their packages.

An entry point names a class, or any callable without arguments, that gives a `Detector`. One that cannot be loaded,
that raises while it looks, or that finds what is no alert, is left out from then on, and why is said in a sentence; the
others go on. What it `reads` is read apart from what ours do, so that it fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from ..alerts import SEVERITIES, Alert, Detector, Found
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
        except (Exception, SystemExit) as error:
            self._leave_out(f"cannot be loaded from {point.value}", error)

    def take(self, news: News) -> Iterable[Found]:
        """Return what the detector finds; nothing once it has failed."""
        if self._detector is None:
            return ()
        try:
            return [_checked(found, len(news.snapshot)) for found in self._detector.take(news)]
        except (Exception, SystemExit) as error:
            self._leave_out("failed", error)
            return ()

    def _leave_out(self, what: str, error: Exception | SystemExit) -> None:
        self._detector = None
        self.trouble = f"the detector {self.rule} {what} and is left out: {type(error).__name__}: {error}"


def _checked(found: object, rows: int) -> Found:
    """Return what a detector found. Raises TypeError or ValueError for what could not be shown as an alert."""
    if not isinstance(found, tuple) or len(found) != 2 or not isinstance(found[1], Alert):
        raise TypeError(f"take gave {type(found).__name__}, not Found(key, Alert(…))")
    key, alert = found
    hash(key)
    texts = alert.rule, alert.title, *alert.evidence
    if alert.severity not in SEVERITIES or not all(isinstance(text, str) for text in texts):
        raise TypeError("an alert has words for rule, title and evidence, and a severity of low, medium or high")
    if not 0 <= alert.first_row <= alert.last_row < rows:
        raise ValueError(f"an alert goes from row {alert.first_row} to {alert.last_row} of {rows}")
    return Found(key, alert)
