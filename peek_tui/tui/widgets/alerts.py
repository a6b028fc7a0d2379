"""One line of alerts under the panes; there when there are any."""

from __future__ import annotations

from peek_tui.render.text import clean_line
from peek_tui.render.units import count
from peek_tui.state.answers import Found
from peek_tui.state.view import View

from .bars import Bar
from .rows import Piece

__all__ = ["AlertsBar"]


class AlertsBar(Bar):
    """Names the alerts, those of the highest severity first."""

    def __init__(self) -> None:
        super().__init__(id="alerts")
        self._found: Found | None = None

    def sync(self, view: View) -> None:
        """Show the state."""
        if view.found is self._found:
            return
        self._found = view.found
        palette, alerts = self.palette, view.found.alerts
        self.set_class(bool(alerts), "-some")
        left: list[Piece] = [(" alerts ", palette.strong)]
        for alert in sorted(alerts, key=lambda alert: ("high", "medium", "low").index(alert.severity)):
            style = palette.error if alert.severity == "high" else palette.text
            left += [(" ! ", palette.error), (clean_line(alert.title), style)]
            left.append((f" @{count(alert.first_row)} ", palette.dim))
        self.show(left, [(f" {len(alerts)} · A all ", palette.dim)])
