"""What an action is, and how its keys are written."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BOTH", "SCREENS", "SECTIONS", "Action", "key_name", "key_names", "key_of"]

SCREENS = ("debug", "sessions")
BOTH = SCREENS
SECTIONS = ("Move", "Step", "Find", "Show", "Live", "Time", "Panes", "Event", "Peek")
"""In the order in which help shows them."""


class Action(NamedTuple):
    """Something a key does."""

    name: str
    """What `config.toml` and the palette call it; unique on its screen."""
    call: str
    """The method `action_<call>` of the screen; `call('x')` passes it an argument."""
    keys: tuple[str, ...]
    """Textual's names of the keys."""
    section: str
    help: str
    screens: tuple[str, ...] = ("debug",)
    hint: str = ""
    """What the line of keys at the bottom calls it; empty for what does not stand there."""
    panes: tuple[str, ...] = ()
    """The panes it is for; none for all of them."""


_NAMES = {
    "ampersand": "&",
    "apostrophe": "'",
    "asterisk": "*",
    "at": "@",
    "circumflex_accent": "^",
    "colon": ":",
    "comma": ",",
    "dollar_sign": "$",
    "down": "↓",
    "end": "End",
    "enter": "Enter",
    "equals_sign": "=",
    "escape": "Esc",
    "exclamation_mark": "!",
    "full_stop": ".",
    "greater_than_sign": ">",
    "home": "Home",
    "left": "←",
    "left_curly_bracket": "{",
    "left_square_bracket": "[",
    "left_parenthesis": "(",
    "less_than_sign": "<",
    "minus": "-",
    "number_sign": "#",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "percent_sign": "%",
    "plus": "+",
    "question_mark": "?",
    "quotation_mark": '"',
    "right": "→",
    "right_curly_bracket": "}",
    "right_parenthesis": ")",
    "right_square_bracket": "]",
    "semicolon": ";",
    "shift+tab": "⇧Tab",
    "slash": "/",
    "space": "Space",
    "tab": "Tab",
    "tilde": "~",
    "underscore": "_",
    "up": "↑",
    "vertical_line": "|",
}


def key_name(key: str) -> str:
    """Return a key as people write it."""
    if key.startswith("ctrl+"):
        name = key.removeprefix("ctrl+")
        return f"^{_NAMES.get(name, name.upper())}"
    return _NAMES.get(key, key)


_KEYS = {name: key for key, name in _NAMES.items()}


def key_of(text: str) -> str:
    """Return Textual's name of a key that somebody has written: `^N`, `PgDn`, `?` or its name as it is."""
    text = text.strip()
    if len(text) == 2 and text[0] == "^":
        return f"ctrl+{_KEYS.get(text[1], text[1].lower())}"
    return _KEYS.get(text, text)


def key_names(action: Action) -> str:
    """Return an action's keys as people write them."""
    return " ".join(key_name(key) for key in action.keys)
