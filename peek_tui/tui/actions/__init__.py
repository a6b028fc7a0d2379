"""The one registry of actions: what a key does and what is said of it. Bindings and help are made of it."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from .action import Action, key_name, key_names
from .event import EVENT
from .keymap import Hint, Keymap
from .moving import FIND, JUMP, MOVE, STEP
from .panes import PANES
from .peek import PEEK
from .presets import PRESETS
from .showing import LIVE, SHOW, TIME

__all__ = ["ACTIONS", "PRESETS", "Action", "Hint", "Keymap", "actions_of", "bindings", "key_name", "key_names"]

ACTIONS = (*MOVE, *JUMP, *STEP, *FIND, *SHOW, *LIVE, *TIME, *PANES, *EVENT, *PEEK)


def actions_of(screen: str) -> list[Action]:
    """Return the actions of a screen."""
    return [action for action in ACTIONS if screen in action.screens]


def bindings(screen: str) -> list[BindingType]:
    """Return the key bindings of a screen.

    They have priority, so that the application runs each when its key arrives: Textual would send other keys around by
    the focused widget, and keys typed quickly would be obeyed out of order.
    """
    return [
        Binding(",".join(action.keys), action.call, action.help, show=False, priority=True, id=action.name)
        for action in actions_of(screen)
    ]
