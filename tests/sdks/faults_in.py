"""Run inside a host's environment: does all that a host does with a library, with each function of ours broken in turn.

Prints a line for each function that is called and each kind of fault: the function's name, the fault's, what became of
it, and what the host felt. An exception of ours must be `unfelt`. What is not ours must have `passed` to the host as
the same object, or else was `taken` by code that is not ours: a library that has something to say about it.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType

from peek_faults import broken, functions_called

import capture

_WATCHED = ("instrument.adapters.", "instrument.joins.")
_FAULTS = (RuntimeError, KeyboardInterrupt, SystemExit, asyncio.CancelledError)
_OURS = str(Path(capture.__file__).parent)
Work = Callable[[], object]


def caught(work: Work) -> BaseException | None:
    """Return what the work raises, as good as new: hosts raise the same object each time, and its traceback grows."""
    try:
        work()
    except Exception as error:
        error.__traceback__ = error.__context__ = None
        return error
    return None


def strike(work: Work, code: CodeType, fault: BaseException) -> tuple[str, str]:
    """Do the work while the functions with this code raise a fault. Return what became of it, and what was felt."""
    felt: BaseException | None = None

    def fail() -> None:
        raise fault

    with broken(code, fail):
        try:
            work()
        except BaseException as error:
            felt = error
    if felt is fault:
        return "passed", repr(felt)
    if isinstance(fault, Exception):
        return "unfelt" if felt is None else "felt", repr(felt)[:300]
    return _fate(fault), repr(felt)[:300]


def _fate(fault: BaseException) -> str:
    """Return what became of a fault that went up to the frame where its traceback begins, and no further."""
    if fault.__traceback__ is None:
        return "unraised"
    return "swallowed" if fault.__traceback__.tb_frame.f_code.co_filename.startswith(_OURS) else "taken"


def main(name: str) -> None:
    capture.install()
    host = importlib.import_module(name)

    def work() -> None:
        host.work(caught)

    work()
    for function, code in sorted(functions_called(work).items()):
        if function.startswith(_WATCHED) and "<locals>" not in function:
            for kind in _FAULTS:
                print(function, kind.__name__, *strike(work, code, kind("ours")), sep="\t", flush=True)
    work()


main(sys.argv[1])
