"""What a user has chosen: `config.toml` in the user's configuration directory."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .errors import InputError

__all__ = ["PRESETS", "THEMES", "Config", "read_config"]

THEMES = ("dark", "light", "safe", "ansi")
"""`safe` is for people who see red and green alike, `ansi` is the terminal's own 16 colours."""

PRESETS = ("default", "gdb", "less")
"""Whose habits the keys follow."""


class Config(NamedTuple):
    """The choices; all of them may be left out."""

    keys: Mapping[str, tuple[str, ...]] = {}
    """The keys of an action by its name: `[keys]`, with a key or a list of keys each."""
    preset: str = "default"
    """One of `PRESETS`, under the keys that are named: `[keys] preset`."""
    theme: str = "dark"
    """One of `THEMES`: `[screen] theme`."""
    mouse: bool = True
    """Whether the terminal tells of the mouse: `[screen] mouse`."""
    slow_link: bool = False
    """Whether what arrives is painted four times a second at the most: `[screen] slow_link`."""


def read_config(path: Path) -> Config:
    """Read the file, if there is one. Raises `InputError` that says where what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is no TOML: {error}") from error
    for name, value in found.items():
        if name not in ("keys", "screen") and isinstance(value, dict):
            raise InputError(f"{path}: there is no [{name}]; there are [keys] and [screen]")
        if name not in ("keys", "screen"):
            raise InputError(f"{path}: {name!r} stands alone; put it below [keys] or [screen], whichever has it")
    keys, preset = _keys(path, found.get("keys", {}))
    return Config(keys, preset, **_screen(path, found.get("screen", {})))


def _screen(path: Path, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InputError(f'{path}: [screen] must be a table, such as `theme = "light"`')
    for name, value in found.items():
        if name == "theme":
            if value not in THEMES:
                raise InputError(f"{path}: {value!r} is no theme; there are {', '.join(THEMES)}")
        elif name not in ("mouse", "slow_link"):
            raise InputError(f"{path}: [screen] has no {name!r}; it has theme, mouse and slow_link")
        elif not isinstance(value, bool):
            raise InputError(f"{path}: {name} is true or false, not {value!r}")
    return found


def _keys(path: Path, found: Any) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the keys of actions, and the preset they are on top of."""
    if not isinstance(found, dict):
        raise InputError(f'{path}: [keys] must be a table, such as `next-error = "ctrl+n"`')
    preset = found.pop("preset", "default")
    if preset not in PRESETS:
        raise InputError(f"{path}: {preset!r} is no preset of keys; there are {', '.join(PRESETS)}")
    keys: dict[str, tuple[str, ...]] = {}
    for name, given in found.items():
        words = [given] if isinstance(given, str) else given
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise InputError(f'{path}: the keys of {name} must be a key or a list of keys, such as ["e", "ctrl+n"]')
        keys[name] = tuple(words)
    return keys, preset
