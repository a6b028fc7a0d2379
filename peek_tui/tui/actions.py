"""The one registry of actions: what a key does and what the help says of it; bindings and help are made of it."""

from __future__ import annotations

from typing import NamedTuple

from textual.binding import Binding, BindingType

from peek_tui.render.words import GROUPS, Group

__all__ = ["ACTIONS", "Action", "bindings", "key_names"]


class Action(NamedTuple):
    """Something a key does."""

    name: str
    """The method `action_<name>` of the screen; `name('x')` passes it an argument."""
    keys: tuple[str, ...]
    """Textual's names of the keys."""
    section: str
    help: str
    screens: tuple[str, ...] = ("debug",)
    hint: str = ""
    """What the line of keys at the bottom calls it; empty for what does not stand there."""


_BOTH = ("debug", "sessions")


def _types_of(group: Group) -> str:
    return ", ".join(sorted(group.types)) or "everything else"


ACTIONS = (
    Action("move(1)", ("j", "down"), "Move", "next line", _BOTH),
    Action("move(-1)", ("k", "up"), "Move", "previous line", _BOTH),
    Action("half(1)", ("ctrl+d",), "Move", "half a page down", _BOTH),
    Action("half(-1)", ("ctrl+u",), "Move", "half a page up", _BOTH),
    Action("page(1)", ("pagedown", "space"), "Move", "page down", _BOTH),
    Action("page(-1)", ("pageup",), "Move", "page up", _BOTH),
    Action("start", ("g", "home"), "Move", "to the start", _BOTH),
    Action("end", ("G", "end"), "Move", "to the end; a live trace is followed again", _BOTH),
    Action("goto", ("colon",), "Move", "go to a row, +10, 50%, 14:02, an event's id", hint="go"),
    Action("step(1)", ("s",), "Step", "next event of this agent", hint="step"),
    Action("step(-1)", ("S",), "Step", "previous event of this agent", hint="step"),
    Action("seek_error(1)", ("e",), "Step", "next error", hint="error"),
    Action("seek_error(-1)", ("E",), "Step", "previous error", hint="error"),
    Action("up", ("u",), "Step", "up to what this event belongs to", hint="up"),
    Action("down", ("d",), "Step", "down to the first event that belongs to it", hint="down"),
    Action("sibling(1)", ("J",), "Step", "next event with the same parent"),
    Action("sibling(-1)", ("K",), "Step", "previous event with the same parent"),
    *(
        Action(f"toggle_group('{group.key}')", (group.key,), "Show", f"show or hide {group.name}: {_types_of(group)}")
        for group in GROUPS
    ),
    Action("show_all", ("0",), "Show", "show every type"),
    Action("isolate", ("i",), "Show", "show only this event's type; again, everything", hint="only"),
    Action("hide_selected", ("x",), "Show", "hide this event's types", hint="hide"),
    Action("follow", ("F",), "Live", "follow the newest event, or stop following", hint="follow"),
    Action("freeze", ("p",), "Live", "freeze the view while events arrive, or take them in", hint="freeze"),
    Action("tree", ("t",), "Panes", "the decision tree, or the timeline", hint="tree"),
    Action("next_pane(1)", ("tab",), "Panes", "to the next pane"),
    Action("next_pane(-1)", ("shift+tab",), "Panes", "to the previous pane"),
    Action("enter", ("enter",), "Panes", "timeline: the event alone; tree and event: fold or unfold", hint="event"),
    Action("enter", ("enter",), "Panes", "open the session", ("sessions",), hint="open"),
    Action("fold", ("h", "left"), "Panes", "tree and event: fold, or go to what this belongs to"),
    Action("unfold", ("l", "right"), "Panes", "tree and event: unfold"),
    Action("fold_all", ("minus",), "Panes", "tree: fold everything"),
    Action("unfold_all", ("equals_sign",), "Panes", "tree: unfold everything"),
    Action("help", ("question_mark",), "Peek", "these keys", _BOTH, hint="keys"),
    Action("back", ("escape",), "Peek", "back", _BOTH),
    Action("leave", ("q",), "Peek", "back, then quit; the agent runs on", _BOTH, hint="quit"),
    Action("app.quit", ("ctrl+c",), "Peek", "quit", _BOTH),
)

_NAMES = {
    "colon": ":",
    "ctrl+c": "^C",
    "ctrl+d": "^D",
    "ctrl+u": "^U",
    "down": "↓",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "home": "Home",
    "equals_sign": "=",
    "left": "←",
    "minus": "-",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "question_mark": "?",
    "right": "→",
    "shift+tab": "⇧Tab",
    "space": "Space",
    "tab": "Tab",
    "up": "↑",
}


def bindings(screen: str) -> list[BindingType]:
    """Return the key bindings of a screen.

    They have priority, so that the application runs each when its key arrives: Textual would send other keys around by
    the focused widget, and keys typed quickly would be obeyed out of order.
    """
    return [
        Binding(",".join(action.keys), action.name, action.help, show=False, priority=True)
        for action in ACTIONS
        if screen in action.screens
    ]


def key_names(action: Action) -> str:
    """Return an action's keys as people write them."""
    return " ".join(_NAMES.get(key, key) for key in action.keys)


def hints(screen: str) -> list[tuple[str, str]]:
    """Return keys and words of the line at the bottom; the two directions of an action share one."""
    merged: dict[str, list[str]] = {}
    for action in ACTIONS:
        if action.hint and screen in action.screens:
            merged.setdefault(action.hint, []).append(_NAMES.get(action.keys[0], action.keys[0]))
    return [("/".join(keys), word) for word, keys in merged.items()]
