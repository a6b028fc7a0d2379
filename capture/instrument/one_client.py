"""`wrap(client)`: one client that records, and no other."""

from __future__ import annotations

import sys
from functools import partial, reduce
from types import ModuleType
from typing import Any, TypeVar
from weakref import WeakSet

from .._core.guard import guarded
from ..errors import UsageError
from .http import instrument
from .registry import do_once

__all__ = ["wrap"]

C = TypeVar("C")

_LIBRARIES = ("httpx", "httpx2")
_PLACES = ("", "_client", "_api_client._httpx_client", "_api_client._async_httpx_client")
"""Where a client has its HTTP client: it is one; OpenAI's and Anthropic's; Google's, plain and asynchronous."""

_wrapped: WeakSet[Any] = WeakSet()


def wrap(client: C) -> C:
    """Record the model calls of one client, plain or asynchronous, and return it; `install()` is not needed for that.

    `client` is one of `openai`, `anthropic` or `google-genai`, or the httpx or httpx2 client that any other library was
    given. Copies that share its HTTP client, as `with_options()` makes them, record as well. `uninstall()` ends it.
    Raises `UsageError` for what has no such client.
    """
    found = _http_clients(client)
    if found is None:
        return client
    if not found:
        kind = type(client)
        raise UsageError(
            f"wrap() finds no client of httpx or httpx2 in this {kind.__module__}.{kind.__qualname__}; give it a client"
            " of openai, anthropic or google-genai, or the HTTP client itself"
        )
    for http_client, library in found.items():
        _wrapped.add(http_client)
        do_once((wrap, library.__name__), partial(instrument, library, _wrapped.__contains__))
    return client


@guarded(None)
def _http_clients(client: object) -> dict[Any, ModuleType]:
    """Return the HTTP clients of a client, each with its library."""
    found = {}
    libraries = [module for name in _LIBRARIES if (module := sys.modules.get(name)) is not None]
    for place in _PLACES:
        candidate = reduce(lambda value, name: getattr(value, name, None), place.split(".") if place else [], client)
        for library in libraries:
            if isinstance(candidate, library.Client | library.AsyncClient):
                found[candidate] = library
    return found
