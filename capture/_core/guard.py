"""The one place that decides what of ours the host may feel: nothing.

An `Exception` of our own code ends here. What is not ours passes: `KeyboardInterrupt`, `SystemExit` and
`CancelledError` are no `Exception`s, and one that a signal handler of the host raised while our code happened to run
(Celery's soft time limit works so) is told from ours by its traceback (`capture.interrupts`).
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ..interrupts import from_signal_handler

__all__ = ["guarded", "on_swallowed", "swallow"]

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D")

on_swallowed: list[Callable[[Exception], None]] = []
"""Called with every exception the guard keeps from the host. The test suite uses it to fail instead."""


def guarded(default: D) -> Callable[[Callable[P, R]], Callable[P, R | D]]:
    """Make a function return `default` where it would have raised an `Exception` of ours."""

    def decorate(function: Callable[P, R]) -> Callable[P, R | D]:
        @functools.wraps(function)
        def guard(*args: P.args, **kwargs: P.kwargs) -> R | D:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                swallow(error)
                return default

        return guard

    return decorate


def swallow(error: Exception) -> None:
    """Keep `error` from the host, or raise it again when a signal handler of the host raised it."""
    if from_signal_handler(error):
        raise error
    if os.environ.get("PEEK_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.__stderr__)
    for listener in on_swallowed:
        listener(error)
