"""Where a provider keeps what we have a name for, and the way there and back.

`split` takes named values out of a body and leaves everything else as it stands; `join` puts them back. Nothing is
changed in place and nothing but the containers on the way is copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Places", "join", "split"]

Place = tuple[str | int, ...]
"""Keys and indexes from the outermost container inwards."""
Places = Mapping[str, Place]
"""Our names, and where a body has what they stand for."""


def split(body: dict[str, Any], places: Places) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a body has at these places, by our names, and the body without it. A null stays where it is."""
    named, rest = {}, body
    for name, place in places.items():
        value, less = _taken(rest, place)
        if value is not None:
            named[name], rest = value, less
    return named, rest


def join(named: Mapping[str, Any], rest: dict[str, Any], places: Places) -> dict[str, Any]:
    """Return the body that `split` made these of. What has no place in `rest` is left out."""
    body: Any = rest
    for name, place in places.items():
        value = named.get(name)
        if value is not None:
            body = _put(body, place, value)
    whole: dict[str, Any] = body
    return whole


def _taken(container: Any, place: Place) -> tuple[Any, Any]:
    key, *further = place
    if not _has(container, key):
        return None, container
    if not further:
        return container[key], {other: value for other, value in container.items() if other != key}
    value, less = _taken(container[key], tuple(further))
    return value, _replaced(container, key, less) if value is not None else container


def _put(container: Any, place: Place, value: Any) -> Any:
    key, *further = place
    if not further:
        return _replaced(container, key, value) if isinstance(container, dict) else container
    if not _has(container, key):
        return container
    return _replaced(container, key, _put(container[key], tuple(further), value))


def _has(container: Any, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(container, list) and key < len(container)
    return isinstance(container, dict) and key in container


def _replaced(container: Any, key: str | int, value: Any) -> Any:
    copy = container.copy()
    copy[key] = value
    return copy
