"""What a user has chosen: `config.toml` in the user's configuration directory."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .errors import InputError

__all__ = ["Config", "read_config"]


class Config(NamedTuple):
    """The choices; all of them may be left out."""

    keys: Mapping[str, tuple[str, ...]] = {}
    """The keys of an action by its name: `[keys]`, with a key or a list of keys each."""


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
    return Config(keys=_keys(path, found.get("keys", {})))


def _keys(path: Path, found: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        raise InputError(f'{path}: [keys] must be a table, such as `next-error = "ctrl+n"`')
    keys: dict[str, tuple[str, ...]] = {}
    for name, given in found.items():
        words = [given] if isinstance(given, str) else given
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise InputError(f'{path}: the keys of {name} must be a key or a list of keys, such as ["e", "ctrl+n"]')
        keys[name] = tuple(words)
    return keys
