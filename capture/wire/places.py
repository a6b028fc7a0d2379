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
    named, rest = {}, _Copy(body)
    for name, place in places.items():
        container: Any = rest.at(place[:-1]) if len(place) > 1 else rest.body
        if type(container) is dict and container.get(place[-1]) is not None:
            named[name] = container.pop(place[-1])
    return named, rest.body


def join(named: Mapping[str, Any], rest: dict[str, Any], places: Places) -> dict[str, Any]:
    """Return the body that `split` made these of. What has no place in `rest` is left out."""
    body = _Copy(rest)
    for name, place in places.items():
        value = named.get(name)
        if value is not None:
            container: Any = body.at(place[:-1]) if len(place) > 1 else body.body
            if type(container) is dict:
                container[place[-1]] = value
    return body.body


class _Copy:
    """A copy of a body whose containers may be changed once they have been asked for."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body.copy()
        self._own: dict[Place, Any] = {(): self.body}

    def at(self, place: Place) -> Any:
        """Return the container at a place, None if there is none."""
        if place in self._own:
            return self._own[place]
        outer, key = self.at(place[:-1]), place[-1]
        inner = None
        if key in outer if type(outer) is dict else type(outer) is list and type(key) is int and key < len(outer):
            inner = outer[key]
            if type(inner) is dict or type(inner) is list:
                inner = outer[key] = inner.copy()
        self._own[place] = inner
        return inner
