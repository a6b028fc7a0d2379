"""How the program ends, as far as it can be told from inside.

An uncaught exception is kept by the interpreter where it printed it. `SystemExit` is not: by the time exit handlers
run, it and its code are gone. So `sys.exit` is watched; and whether what it raised was caught after all, the
outermost frame of the main thread tells, whose last instruction was a return or not.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from ..interrupts import from_signal_handler

__all__ = ["ended_by", "left_by_unknown_exit", "note_outermost", "watch_exit"]

_outermost: FrameType | None = None
_asked: SystemExit | None = None
"""The last `sys.exit()` of the main thread, without a traceback that would keep the program's objects."""
_kept_before = 0
"""The id of the exception that the interpreter kept at that time, which did not end the program."""


def watch_exit() -> Callable[[], None]:
    """Note from now on how the program asks to end. Returns what puts `sys.exit` back."""
    original = sys.exit

    @functools.wraps(original)
    def exit(*args: Any) -> NoReturn:
        try:
            _note(args)
        except Exception as error:
            if from_signal_handler(error):
                raise
        original(*args)

    def undo() -> None:
        if sys.exit is exit:
            sys.exit = original

    sys.exit = exit
    return undo


def note_outermost(frame: FrameType) -> None:
    """Take the frame that the program's main thread ends with."""
    global _outermost
    _outermost = frame


def ended_by() -> BaseException | None:
    """Return what nobody caught, when exit handlers run: an exception, or the `SystemExit` of a `sys.exit()`.

    An exception that went through all of the program began its traceback there; others that the interpreter keeps were
    put there for a debugger, as pytest does with those of failed tests.
    """
    kept = _kept()
    if _outermost is None:
        return kept
    if _has_returned(_outermost):
        return None
    traceback = getattr(kept, "__traceback__", None)
    if traceback is None or traceback.tb_frame is not _outermost or id(kept) == _kept_before:
        return _asked
    return kept


def left_by_unknown_exit() -> bool:
    """Whether the program raised a `SystemExit` whose code nobody in here knows, or may have."""
    return ended_by() is None and (_outermost is None or not _has_returned(_outermost))


def _kept() -> BaseException | None:
    return getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)


def _note(args: tuple[Any, ...]) -> None:
    global _asked, _kept_before
    if threading.current_thread() is not threading.main_thread():
        return  # it ends its thread only
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
    note_outermost(frame)
    _asked, _kept_before = SystemExit(*args), id(_kept())


def _has_returned(frame: FrameType) -> bool:
    from opcode import opname

    return opname[frame.f_code.co_code[frame.f_lasti]].startswith("RETURN")
