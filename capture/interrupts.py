"""Telling an exception of the host's from one of ours.

A signal handler runs wherever the program happens to be, so what it raises on purpose (Celery's soft time limit, the
`TimeoutError` of an alarm) may come out of our code. Whoever catches broadly asks here first, and lets it pass.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

__all__ = ["from_signal_handler"]

_OURS = str(Path(__file__).parent) + os.sep
"""Where our own code stands: what nothing else took part in, no handler raised."""


def from_signal_handler(error: BaseException) -> bool:
    """Whether a signal handler that is installed now raised `error`, as its traceback tells."""
    codes = set(_codes(error))
    if all(code.co_filename.startswith(_OURS) for code in codes):
        return False  # without asking what handlers there are: that takes 70 µs, and an encoder's refusal is not rare
    return not codes.isdisjoint(map(_handler_code, _installed_handlers()))


def _codes(error: BaseException) -> Iterator[CodeType]:
    step = error.__traceback__
    while step is not None:
        yield step.tb_frame.f_code
        step = step.tb_next


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
