"""The registry of actions against the screens it is made for."""

from __future__ import annotations

import re
from ast import literal_eval

import pytest
from textual.binding import Binding
from textual.screen import Screen

from peek_tui.tui.actions import ACTIONS, Action, Keymap, bindings, key_names
from peek_tui.tui.actions.action import SECTIONS
from peek_tui.tui.app import PeekApp
from peek_tui.tui.screens.debug import Debug
from peek_tui.tui.screens.sessions import Sessions

SCREENS: dict[str, type[Screen[None]]] = {"debug": Debug, "sessions": Sessions}
EACH = [(action, screen) for action in ACTIONS for screen in action.screens]


@pytest.mark.parametrize(("action", "screen"), EACH, ids=lambda value: getattr(value, "name", value))
def test_method(action: Action, screen: str) -> None:
    """Every action is a method of its screen, or of the application, and takes the argument the registry gives."""
    rest = action.call.removeprefix("app.")
    name, _, arguments = rest.partition("(")
    method = getattr(PeekApp if action.call != rest else SCREENS[screen], f"action_{name}")
    given = literal_eval(f"({arguments.rstrip(')')},)") if arguments else ()
    code = method.__code__
    assert code.co_argcount == 1 + len(given)


@pytest.mark.parametrize("screen", SCREENS)
def test_names(screen: str) -> None:
    """On a screen every name is that of one action, and can be written in a file without quotes."""
    names = [action.name for action in ACTIONS if screen in action.screens]
    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in names)


@pytest.mark.parametrize("screen", SCREENS)
def test_keys(screen: str) -> None:
    """On a screen every key has one action."""
    keys = [key for action in ACTIONS if screen in action.screens for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("screen", SCREENS)
def test_bound(screen: str) -> None:
    """The screen binds exactly the keys of the registry."""
    bound = {key for binding in bindings(screen) if isinstance(binding, Binding) for key in binding.key.split(",")}
    assert bindings(screen) == SCREENS[screen].BINDINGS
    assert bound == {key for action in ACTIONS if screen in action.screens for key in action.keys}


def test_never_bound() -> None:
    """Keys that a terminal or a multiplexer keeps for itself, or that are other keys in disguise, are not bound."""
    keys = {
        key for action in ACTIONS for key in action.keys if action.name != "suspend"
    }  # which does what it always does
    assert keys & {f"ctrl+{letter}" for letter in "sqzhmi"} == set()
    assert not any(key.startswith("alt+") for key in keys)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_help(action: Action) -> None:
    """Every action says what it does, and its keys as people write them."""
    assert action.help
    assert action.section in SECTIONS
    assert len(key_names(action).split()) == len(action.keys)
    assert not any("_" in name[1:] for name in key_names(action).split())


@pytest.mark.parametrize("screen", SCREENS)
def test_hints(screen: str) -> None:
    """The line at the bottom of every screen says how to get help and how to quit."""
    assert {("?", "keys"), ("q", "quit")} <= {(hint.keys, hint.word) for hint in Keymap(ACTIONS).hints(screen)}
