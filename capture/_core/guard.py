"""The one place that decides what of ours the host may feel: nothing.

An `Exception` of our own code ends here. What is not ours passes: `KeyboardInterrupt`, `SystemExit` and
`CancelledError` are no `Exception`s, and one that a signal handler of the host raised while our code happened to run
(Celery's soft time limit works so) is told from ours by its traceback.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, ParamSpec, TypeVar

__all__ = ["guarded", "on_swallowed", "swallow"]

P = ParamSpec("P")
R = TypeVar("R")

on_swallowed: list[Callable[[Exception], None]] = []
"""Called with every exception the guard keeps from the host. The test suite uses it to fail instead."""


def guarded(default: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function return `default` where it would have raised an `Exception` of ours."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def guard(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                swallow(error)
                return default

        return guard

    return decorate


def swallow(error: Exception) -> None:
    """Keep `error` from the host, or raise it again when a signal handler of the host raised it."""
    if _raised_by_signal_handler(error):
        raise error
    if os.environ.get("PEEK_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.__stderr__)
    for listener in on_swallowed:
        listener(error)


def _raised_by_signal_handler(error: Exception) -> bool:
    handlers = {code for code in map(_handler_code, _installed_handlers()) if code is not None}
    if not handlers:
        return False
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code in handlers:
            return True
        step = step.tb_next
    return False


def _installed_handlers() -> list[Any]:
    return [handler for number in signal.valid_signals() if callable(handler := signal.getsignal(number))]


def _handler_code(handler: Any) -> CodeType | None:
    while isinstance(handler, functools.partial):
        handler = handler.func
    for function in (handler, getattr(handler, "__func__", None), type(handler).__call__):
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None
