"""Exceptions that nobody caught, as `error` events: of the program, of a thread, of an asyncio task.

Only while a session is open: an exception alone is no run. What ended an agent or a call stands in their events already
and is not told twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .._core.failure import is_described
from ._patch import Patch, undo_all
from ._wrap import notify
from .registry import Undo

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Watch the hooks of `sys` and `threading`, or those of asyncio's loops."""
    if module.__name__ == "asyncio.base_events":
        return Patch(module.BaseEventLoop, "call_exception_handler", _watched(_of_loop)).undo
    return undo_all(Patch(sys, "excepthook", _watched(_of_program)), Patch(module, "excepthook", _watched(_of_thread)))


def _watched(exception_of: Callable[..., BaseException | None]) -> Callable[[Patch], Callable[..., Any]]:
    """Return what wraps a hook. `exception_of` is given the hook's arguments."""

    def record(*args: Any) -> None:
        from .._core.session import open_context  # which imports `threading`, which brings this module here

        exception = exception_of(*args)
        context = open_context()
        if context is not None and isinstance(exception, Exception) and not is_described(exception):
            context.record_error(exception)

    def wrap(patch: Patch) -> Callable[..., Any]:
        def hook(*args: Any, **kwargs: Any) -> Any:
            if patch.on:
                notify(record, *args)
            return patch.original(*args, **kwargs)

        return hook

    return wrap


def _of_program(*args: Any) -> BaseException | None:
    exception: BaseException | None = args[1]
    return exception


def _of_thread(args: Any) -> BaseException | None:
    exception: BaseException | None = args.exc_value
    return exception


def _of_loop(_: Any, context: Mapping[str, Any]) -> BaseException | None:
    return context.get("exception")
