"""Captured alerts: what the agent's own watchdog said while it ran.

Rule: every `behavior_alert` event is an alert, with its own severity and words; alike ones in a row are one.
"""

from __future__ import annotations

from collections.abc import Iterator

from peek_tui.trace.model import Event

from ..alerts import Alert, Found, Severity
from ..episodes import quoted
from ..news import News
from ..values import word_of

__all__ = ["BehaviorAlert"]

SEVERITIES: dict[str, Severity] = {
    "info": "low", "low": "low", "warning": "medium", "warn": "medium", "medium": "medium",
    "error": "high", "high": "high", "critical": "high",
}  # fmt: skip
"""What each word that an agent may use comes to; any other one is medium."""
_LONGEST = 160


class BehaviorAlert:
    """Passes on what the agent said of itself."""

    rule = "behavior_alert"

    def take(self, news: News) -> Iterator[Found]:
        for event in news.events("behavior_alert"):
            said = word_of(event.data.get("severity")).lower()
            alert = Alert(
                self.rule, SEVERITIES.get(said, "medium"), _title(event), _evidence(event, news), event.row, event.row
            )
            yield Found(event.row, alert)


def _title(event: Event) -> str:
    kind = quoted(word_of(event.data.get("alert_type")) or event.name, "something")
    signal = " ".join(word_of(event.data.get("signal")).split())
    said = f": {signal[:_LONGEST]}" if signal else ""
    return f"the agent's own watchdog raised {kind} at {event.row:,}{said}"


def _evidence(event: Event, news: News) -> tuple[str, ...]:
    related = event.data.get("related_event_ids")
    ids = [id for id in related if isinstance(id, str)] if isinstance(related, list) else []
    return (event.id, *(id for id in ids[:_LONGEST] if news.snapshot.find(id) is not None))
