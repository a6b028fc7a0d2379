"""Which arguments `init()` can use. One that it cannot is as good as not given, and a Python warning says so; the
others hold: who misspells `hosts` still wants `content=False`.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from .guard import swallow

__all__ = ["Settings", "listed", "tell_strange"]

T = TypeVar("T")


class _Kind(NamedTuple):
    fits: Callable[[Any], bool]
    takes: str


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike)) and isinstance(os.fspath(value), str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0


def _is_redact(value: Any) -> bool:
    if isinstance(value, bool) or callable(value):
        return True
    return isinstance(value, Sequence) and not isinstance(value, str) and all(map(_compiles, value))


def _compiles(pattern: Any) -> bool:
    try:
        return isinstance(re.compile(pattern).pattern, str)
    except (TypeError, re.error):
        return False


def _is_sink(value: Any) -> bool:
    return callable(value) or callable(getattr(value, "write", None))


_COUNT = _Kind(_is_count, "a whole number above 0")
_SINK = _Kind(_is_sink, "a function that takes a line, or a Sink")
_KINDS = {
    "agent_name": _Kind(_is_text, "a text"),
    "directory": _Kind(_is_path, "a path"),
    "tags": _Kind(_are_texts, "a list of texts"),
    "blob_bytes": _COUNT,
    "redact": _Kind(_is_redact, "True, False, a function, or a list of regular expressions"),
    "hosts": _Kind(lambda value: _is_text(value) or _are_texts(value), "a list of host names"),
    "mode": _Kind(lambda value: value in ("direct", "durable", "queued"), "'direct', 'durable' or 'queued'"),
    "rotate_bytes": _COUNT,
    "rotate_seconds": _Kind(_is_time, "a number above 0"),
    "keep_parts": _COUNT,
    "sink": _SINK,
    "tee": _SINK,
}
"""What is no matter of kind is not here: `content` is as true or false as Python has it, `clock` is for tests."""


class Settings:
    """What one call of `init()` was given."""

    def __init__(self) -> None:
        self._wrong: list[str] = []

    def usable(self, name: str, value: T | None, default: T) -> T:
        """Return the value of an argument, or the default where it is not given or of no use."""
        if value is None:
            return default
        kind = _KINDS[name]
        try:
            if kind.fits(value):
                return value
        except Exception as error:  # of an object of the host's
            swallow(error)
        self._wrong.append(f"{name} takes {kind.takes}, not {_described(value)}")
        return default

    def tell(self, stacklevel: int) -> None:
        """Warn of what was of no use, as many frames up as Python's own `warnings.warn` has it."""
        if self._wrong:
            warnings.warn(
                f"capture.init(): {'; '.join(self._wrong)}; the default holds instead", stacklevel=stacklevel + 1
            )


def tell_strange(names: Sequence[str], stacklevel: int) -> None:
    """Warn of arguments that `init()` does not have, as many frames up as Python's own `warnings.warn` has it."""
    warnings.warn(
        f"capture.init() has no such argument: {', '.join(names)}; what else was given holds", stacklevel=stacklevel + 1
    )


def listed(values: Any) -> Any:
    """Return what can be gone through, perhaps only once, as a list; a text, and anything else, as it is."""
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else values


def _described(value: Any) -> str:
    """Return a short text as it is, which may be misspelled, and of anything else the type."""
    return repr(value) if isinstance(value, str) and len(value) <= 40 else f"a value of type {type(value).__name__}"
