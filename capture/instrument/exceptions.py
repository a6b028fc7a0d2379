"""Exceptions that nobody caught, as `error` events: of the program, of a thread, of an asyncio task.

Only while a session is open: an exception alone is no run. What ended an agent or a call stands in their events already
and is not told twice.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from .._core.failure import is_described
from ._patch import Patch, undo_all
from ._wrap import notify
from .registry import Undo

__all__ = ["instrument"]

ExceptionOf = Callable[..., BaseException | None]
"""Returns the exception that a hook is called for, given the hook's arguments."""


def instrument(module: ModuleType) -> Undo:
    """Watch the hooks of `sys` and `threading`, or those of asyncio's loops."""
    if module.__name__ == "asyncio.base_events":
        return Patch(module.BaseEventLoop, "call_exception_handler", partial(_hook, _of_loop)).undo
    return undo_all(
        Patch(sys, "excepthook", partial(_hook, _of_program)), Patch(module, "excepthook", partial(_hook, _of_thread))
    )


def _hook(exception_of: ExceptionOf, patch: Patch) -> Callable[..., Any]:
    def hook(*args: Any, **kwargs: Any) -> Any:
        if patch.on:
            notify(_record, exception_of, args)
        return patch.original(*args, **kwargs)

    return hook


def _record(exception_of: ExceptionOf, args: tuple[Any, ...]) -> None:
    from .._core.session import open_context  # which imports `threading`, which brings this module here

    exception, context = exception_of(*args), open_context()
    if context is not None and isinstance(exception, Exception) and not is_described(exception):
        context.record_error(exception)


def _of_program(*args: Any) -> BaseException | None:
    exception: BaseException | None = args[1]
    return exception


def _of_thread(args: Any) -> BaseException | None:
    exception: BaseException | None = args.exc_value
    return exception


def _of_loop(_: Any, context: Mapping[str, Any]) -> BaseException | None:
    return context.get("exception")
