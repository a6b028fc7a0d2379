"""Panes, and what is in them."""

from __future__ import annotations

from .action import Action

__all__ = ["PANES"]

_FOLDS = ("tree", "timeline")
_ALL = ("tree", "timeline", "inspector")

PANES = (
    Action("tree", "tree", ("t",), "Panes", "the decision tree, or the timeline", hint="tree"),
    Action("next-pane", "next_pane(1)", ("tab",), "Panes", "to the next pane"),
    Action("previous-pane", "next_pane(-1)", ("shift+tab",), "Panes", "to the previous pane"),
    Action("zoom", "zoom", ("plus",), "Panes", "give all the room to this pane"),
    Action("unzoom", "unzoom", ("underscore",), "Panes", "share the room again"),
    Action("tree-pane", "toggle_pane('tree')", ("ctrl+t",), "Panes", "show or hide the tree"),
    Action("event-pane", "toggle_pane('inspector')", ("ctrl+o",), "Panes", "show or hide the event"),
    Action("strip", "toggle_pane('strip')", ("ctrl+r",), "Panes", "show or hide the strip of the whole run"),
    Action("wider", "resize(1, 0)", ("ctrl+right",), "Panes", "make this pane wider"),
    Action("narrower", "resize(-1, 0)", ("ctrl+left",), "Panes", "make this pane narrower"),
    Action("higher", "resize(0, 1)", ("ctrl+down",), "Panes", "make this pane higher"),
    Action("lower", "resize(0, -1)", ("ctrl+up",), "Panes", "make this pane lower"),
    Action("open", "enter", ("enter",), "Panes", "timeline: the event alone; tree, event: fold, unfold", hint="event"),
    Action("open-session", "enter", ("enter",), "Panes", "open the session", ("sessions",), hint="open"),
    Action(
        "fold",
        "fold",
        ("h", "left"),
        "Panes",
        "tree, event: fold, or up to what it is in; timeline: scroll left",
        panes=_ALL,
    ),
    Action(
        "unfold",
        "unfold",
        ("l", "right"),
        "Panes",
        "tree, event: unfold; timeline: scroll right, to read on",
        panes=_ALL,
    ),
    Action(
        "fold-all",
        "fold_all",
        ("minus",),
        "Panes",
        "tree: fold all; timeline: what nobody need stop at",
        panes=_FOLDS,
    ),
    Action("unfold-all", "unfold_all", ("equals_sign",), "Panes", "tree, timeline: unfold all", panes=_FOLDS),
)
