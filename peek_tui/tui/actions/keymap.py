"""The registry with the keys a user has chosen: a preset, and single ones on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from .action import SCREENS, Action, key_name, key_of
from .presets import PRESETS

__all__ = ["Hint", "Keymap"]


class Hint(NamedTuple):
    """Keys, what they do in a word, and what the first of them calls."""

    keys: str
    word: str
    call: str


class Keymap:
    """Every action with its keys; and what of a user's choice cannot be had."""

    def __init__(
        self, actions: Iterable[Action], chosen: Mapping[str, tuple[str, ...]] | None = None, preset: str = "default"
    ) -> None:
        """`preset` is one of `PRESETS`; of an action that is also in `chosen`, that counts."""
        self.problems: list[str] = []
        """Sentences; an action that one of them is about keeps the keys it has without."""
        self.preset = preset
        chosen = {name: tuple(map(key_of, keys)) for name, keys in (chosen or {}).items()}
        self.actions = _with(actions, PRESETS[preset])
        names = {action.name for action in self.actions}
        for name in chosen.keys() - names:
            near = get_close_matches(name, names, 1)
            hint = f"; {near[0]} is the nearest" if near else ""
            self.problems.append(f"config.toml: there is no action {name}{hint}")
        chosen = {name: keys for name, keys in chosen.items() if name in names}
        while clashes := self._clashes(chosen):
            for name, sentence in clashes.items():
                self.problems.append(sentence)
                del chosen[name]
        self.changed = {**PRESETS[preset], **chosen}
        """The keys of the actions that have others than usual."""
        self.actions = _with(self.actions, chosen)

    def of(self, screen: str) -> list[Action]:
        """Return the actions of a screen."""
        return [action for action in self.actions if screen in action.screens]

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action, as Textual names them."""
        return next(action.keys for action in self.actions if action.name == name)

    def key(self, name: str) -> str:
        """Return the first key of an action, as it is said to somebody; what to type where it has none."""
        keys = self.keys(name)
        return key_name(keys[0]) if keys else f":{name}"

    def hints(self, screen: str) -> list[Hint]:
        """Return what the line at the bottom shows, how to get help and how to leave before all else.

        The two directions of an action share one hint.
        """
        merged: dict[str, list[Action]] = {}
        for action in sorted(self.of(screen), key=lambda action: action.section != "Peek"):
            if action.hint and action.keys:
                merged.setdefault(action.hint, []).append(action)
        return [
            Hint("/".join(key_name(action.keys[0]) for action in actions), word, actions[0].call)
            for word, actions in merged.items()
        ]

    def _clashes(self, chosen: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
        """Return, for actions whose chosen keys another one has, a sentence that says so."""
        found: dict[str, str] = {}
        for screen in SCREENS:
            owners: dict[str, str] = {}
            for action in sorted(self.of(screen), key=lambda action: action.name in chosen):  # the usual ones first
                for key in chosen.get(action.name, action.keys):
                    owner = owners.setdefault(key, action.name)
                    if owner != action.name and action.name in chosen:
                        found[action.name] = (
                            f"config.toml: {key_name(key)} is the key of {owner}, so {action.name} does not get it; "
                            f"give {owner} another one, or none with []"
                        )
        return found


def _with(actions: Iterable[Action], keys: Mapping[str, tuple[str, ...]]) -> tuple[Action, ...]:
    """Return the actions, those that are named here with these keys."""
    return tuple(action._replace(keys=keys.get(action.name, action.keys)) for action in actions)
