"""An exception as the `error` key of an event: the original's class, text and stack."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..interrupts import from_signal_handler

__all__ = ["Failure", "describe", "exit_code", "identity", "is_described", "status_of"]

Failure = BaseException | str | Mapping[str, Any]
"""What a `record_*` method takes as `error`: an exception, a message, or the three keys themselves."""

_described: object = None
"""The identity of the last exception that an event tells of."""

_OURS = str(Path(__file__).parent.parent) + os.sep


def describe(failure: Failure) -> dict[str, Any]:
    """Return `{type, message, stack?}`."""
    global _described
    if isinstance(failure, BaseException):
        _described = identity(failure)
        return {"type": _class_name(failure), "message": _message(failure), "stack": _stack(failure)}
    if isinstance(failure, Mapping):
        return {**failure, "type": str(failure.get("type", "Error")), "message": str(failure.get("message", ""))}
    return {"type": "Error", "message": str(failure)}


def is_described(exception: BaseException) -> bool:
    """Whether `exception` is the last one that an event tells of."""
    return identity(exception) is _described


def identity(failure: Failure | None) -> object:
    """Return what `is` the same for this failure only, as long as it is kept, and keeps no frames alive."""
    if not isinstance(failure, BaseException):
        return failure
    try:
        return weakref.ref(failure)
    except TypeError:  # as the builtin classes are; of theirs, the attributes are what no other exception has
        return vars(failure)


def status_of(exception: BaseException | None) -> str:
    """Return how an agent whose block was left by `exception` ended: `completed`, `error` or `cancelled`."""
    if exception is None:
        return "completed"
    if isinstance(exception, SystemExit):
        return "completed" if exception.code in (None, 0) else "error"
    if isinstance(exception, KeyboardInterrupt | GeneratorExit) or _is_cancellation(exception):
        return "cancelled"
    return "error"


def exit_code(exception: SystemExit) -> int:
    """Return the code that a process ends with which `exception` ends."""
    code = exception.code
    return code if isinstance(code, int) else 0 if code is None else 1


def _is_cancellation(exception: BaseException) -> bool:
    asyncio = sys.modules.get("asyncio.exceptions")
    return asyncio is not None and isinstance(exception, asyncio.CancelledError)


def _class_name(failure: BaseException) -> str:
    kind = type(failure)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(failure: BaseException) -> str:
    try:
        return str(failure)
    except Exception as error:  # the host's own class may be broken; its failure is still worth recording
        if from_signal_handler(error):
            raise
        return "<unreadable message>"


def _stack(failure: BaseException) -> str:
    import traceback  # 5 ms that only a failure pays

    frames = failure.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(_OURS):
        frames = frames.tb_next  # where we called the original is nothing its author wants to read first
    try:
        return "".join(traceback.format_exception(type(failure), failure, frames))
    except Exception as error:
        if from_signal_handler(error):
            raise
        return "<unreadable stack>"
