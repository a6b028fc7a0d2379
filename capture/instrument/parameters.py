"""The arguments of a call by the names of the function's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Parameters"]

_BOUND = ("self", "cls")
"""What a method belongs to is no argument of its."""
_PLAIN = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class Parameters:
    """Names the arguments of one function's calls, as `inspect.Signature.bind` would.

    That takes 5 µs. Most functions have neither `*args` nor `**kwargs` nor a `/`, and most calls fit: then a name
    belongs to each place, and that is all there is to find out.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._signature = _signature(function)
        parameters = [] if self._signature is None else list(self._signature.parameters.values())
        self._are_plain = self._signature is not None and all(each.kind in _PLAIN for each in parameters)
        self._names = [each.name for each in parameters]
        self._places = sum(each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for each in parameters)
        """How many of the names an argument without one may have."""
        self._needed = frozenset(each.name for each in parameters if each.default is inspect.Parameter.empty)

    def name(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments by name, in the order of the parameters; under `args` those that have no name."""
        named = self._quickly(args, kwargs) if self._are_plain else None
        if named is None:
            named = self._bound(args, kwargs)
        if named is None:
            return {"args": list(args), **kwargs}
        for name in _BOUND:
            named.pop(name, None)
        return named

    def _quickly(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the arguments of a call that fits, None if there is anything odd about it."""
        given = len(args)
        if given > self._places:
            return None
        named = dict(zip(self._names, args, strict=False))
        if kwargs:
            named.update({name: kwargs[name] for name in self._names[given:] if name in kwargs})
        fits = len(named) == given + len(kwargs) and self._needed <= named.keys()
        return named if fits else None

    def _bound(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
        if self._signature is None:
            return None
        try:
            return dict(self._signature.bind(*args, **kwargs).arguments)
        except TypeError:  # the original is about to say so itself
            return None


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # a builtin that does not tell
        return None
