"""Going somewhere."""

from __future__ import annotations

from .action import BOTH, Action

__all__ = ["FIND", "MOVE", "STEP"]

MOVE = (
    Action("next-line", "move(1)", ("j", "down"), "Move", "next line", BOTH),
    Action("previous-line", "move(-1)", ("k", "up"), "Move", "previous line", BOTH),
    Action("half-page-down", "half(1)", ("ctrl+d",), "Move", "half a page down", BOTH),
    Action("half-page-up", "half(-1)", ("ctrl+u",), "Move", "half a page up", BOTH),
    Action("page-down", "page(1)", ("pagedown", "space"), "Move", "page down", BOTH),
    Action("page-up", "page(-1)", ("pageup",), "Move", "page up", BOTH),
    Action("start", "start", ("g", "home"), "Move", "to the start", BOTH),
    Action("end", "end", ("G", "end"), "Move", "to the end; a live trace is followed again", BOTH),
    Action("command", "command", ("colon",), "Move", "go to a row, +10, 50%, 14:02, an event's id", hint="go"),
)

FIND = (
    Action("search", "search", ("slash",), "Find", "look for a text or pattern as you type it", hint="find"),
    Action("next-hit", "next_hit(1)", ("n",), "Find", "next event that holds the text"),
    Action("previous-hit", "next_hit(-1)", ("N",), "Find", "previous event that holds the text"),
)

STEP = (
    Action("step", "step(1)", ("s",), "Step", "next event of this agent", hint="step"),
    Action("step-back", "step(-1)", ("S",), "Step", "previous event of this agent", hint="step"),
    Action("next-error", "seek_error(1)", ("e",), "Step", "next error", hint="error"),
    Action("previous-error", "seek_error(-1)", ("E",), "Step", "previous error", hint="error"),
    Action("parent", "up", ("u",), "Step", "up to what this event belongs to", hint="up"),
    Action("child", "down", ("d",), "Step", "down to the first event that belongs to it", hint="down"),
    Action("next-sibling", "sibling(1)", ("J",), "Step", "next event with the same parent"),
    Action("previous-sibling", "sibling(-1)", ("K",), "Step", "previous event with the same parent"),
)
