"""The debugger: timeline, tree and inspector of one trace, which may still be growing."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container

from peek_tui.tui.actions import bindings
from peek_tui.tui.widgets.alerts import AlertsBar
from peek_tui.tui.widgets.bars import FilterBar, KeysBar, TitleBar, TypesBar
from peek_tui.tui.widgets.flight import FlightBar
from peek_tui.tui.widgets.inspector import Inspector
from peek_tui.tui.widgets.strip import StripBar
from peek_tui.tui.widgets.timeline import Timeline
from peek_tui.tui.widgets.tree import DecisionTree

from .arriving import Arriving
from .commands import Commands
from .moving import Moving
from .panes import Panes

__all__ = ["Debug"]


class _Box(Container):
    BLANK = True  # its panes cover it


class Debug(Arriving, Moving, Commands, Panes):
    """Shows one store."""

    BLANK = True  # it is covered, too
    BINDINGS = bindings("debug")
    AUTO_FOCUS = "#timeline"

    def compose(self) -> ComposeResult:
        yield TitleBar(self.heading)
        yield TypesBar()
        yield StripBar()
        with _Box(id="panes"):
            yield Timeline(self.view, self.keymap)
            yield DecisionTree(self.tree_view, self.event_of)
            yield Inspector()
        yield AlertsBar()
        yield FlightBar()
        yield FilterBar(self.keymap)
        yield KeysBar(self.keymap.hints("debug"))
