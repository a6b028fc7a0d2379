"""Choosing which events are seen."""

from __future__ import annotations

from .base import DebugBase

__all__ = ["Filtering"]


class Filtering(DebugBase):
    """Types, by single keys."""

    def action_toggle_group(self, key: str) -> None:
        self.browse.toggle_group(key)
        self._refiltered()

    def action_show_all(self) -> None:
        self.browse.show_all()
        self._refiltered()

    def action_isolate(self) -> None:
        self.browse.isolate()
        self._refiltered()

    def action_hide_selected(self) -> None:
        self.browse.hide_selected()
        self._refiltered()

    def _refiltered(self) -> None:
        self.reader.shown = self.browse.shown
        self.sync(changed=True)
