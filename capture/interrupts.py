"""Telling an exception of the host's from one of ours.

A signal handler runs wherever the program happens to be, so what it raises on purpose (Celery's soft time limit, the
`TimeoutError` of an alarm) may come out of our code. Whoever catches broadly asks here first, and lets it pass.
"""

from __future__ import annotations

import functools
import signal
from types import CodeType
from typing import Any

__all__ = ["from_signal_handler"]


def from_signal_handler(error: BaseException) -> bool:
    """Whether a signal handler that is installed now raised `error`, as its traceback tells."""
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
    for function in (handler, type(handler).__call__):
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None
