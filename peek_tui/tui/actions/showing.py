"""Choosing what is seen."""

from __future__ import annotations

from peek_tui.render.words import GROUPS, Group

from .action import Action

__all__ = ["LIVE", "SHOW", "TIME"]


def _types_of(group: Group) -> str:
    return ", ".join(sorted(group.types)) or "everything else"


SHOW = (
    *(
        Action(
            f"toggle-{group.name}",
            f"toggle_group('{group.key}')",
            (group.key,),
            "Show",
            f"show or hide {group.name}: {_types_of(group)}",
        )
        for group in GROUPS
    ),
    Action("show-all", "show_all", ("0",), "Show", "show every type"),
    Action("isolate", "isolate", ("i",), "Show", "show only this event's type; again, everything", hint="only"),
    Action("filter", "filter", ("ampersand",), "Show", "show only what a typed filter says", hint="filter"),
    Action("filters", "filters", ("ctrl+f",), "Show", "all filters off, or on again"),
    Action("undo", "undo", ("z",), "Show", "take back the last filter, fold or jump", hint="undo"),
    Action("redo", "redo", ("Z",), "Show", "make it again"),
    Action("hide", "hide_selected", ("x",), "Show", "hide this event's types", hint="hide"),
)

LIVE = (
    Action("follow", "follow", ("F",), "Live", "follow the newest event, or stop following", hint="follow"),
    Action("freeze", "freeze", ("p",), "Live", "freeze the view while events arrive, or take them in", hint="freeze"),
)

TIME = (
    Action("times", "times", ("T",), "Time", "clock times, or since the previous event, the mark, the selected one"),
    Action("zone", "zone", ("U",), "Time", "times local or UTC"),
    Action("play", "play", ("P",), "Time", "play the trace in its own time, or pause"),
    Action("faster", "speed(1)", ("right_parenthesis",), "Time", "play faster: 1, 5, 20, 100 times"),
    Action("slower", "speed(-1)", ("left_parenthesis",), "Time", "play slower"),
)
