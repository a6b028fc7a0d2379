"""A thread, and what an executor runs, belongs to whoever started it.

`contextvars` reach asyncio's tasks and `asyncio.to_thread` by themselves; `threading.Thread` and executors begin with
an empty context. `install()` has them begin where their starter stood.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .._core.guard import guarded
from .._core.spans import Place, here, move
from ._imports import when_imported
from ._wrap import notify

__all__ = ["carry_into_threads"]

_MARK = "_peek_carries"


def carry_into_threads() -> None:
    """Have threads and executors of this process carry the place they are started from. Twice is once."""
    _patch(threading.Thread, "start", _start_with_place)
    when_imported("concurrent.futures.thread", _carry_into_executor)


def _carry_into_executor(module: ModuleType) -> None:
    _patch(module.ThreadPoolExecutor, "submit", _submit_with_place)


def _patch(owner: type[Any], name: str, wrap: Callable[[Any], Any]) -> None:
    original = getattr(owner, name)
    if not hasattr(original, _MARK):
        wrapped = functools.wraps(original)(wrap(original))
        setattr(wrapped, _MARK, True)
        setattr(owner, name, wrapped)


def _start_with_place(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(self: threading.Thread, *args: Any, **kwargs: Any) -> Any:
        place = _place()
        if place is not None:
            self.run = _at(place, self.run)  # type: ignore[method-assign]
        return original(self, *args, **kwargs)

    return start


def _submit_with_place(original: Callable[..., Any]) -> Callable[..., Any]:
    def submit(self: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        place = _place()
        return original(self, function if place is None else _at(place, function), *args, **kwargs)

    return submit


def _at(place: Place, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` run at `place`; an executor's thread goes back to where it stood."""

    def run(*args: Any, **kwargs: Any) -> Any:
        before = _place()
        notify(move, place)
        try:
            return function(*args, **kwargs)
        finally:
            notify(move, before)

    return run


@guarded(None)
def _place() -> Place | None:
    return here()
