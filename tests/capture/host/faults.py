"""Every function of ours made to raise, one at a time: found by running, so that a new one cannot be forgotten."""

from __future__ import annotations

import builtins
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import capture

__all__ = ["broken", "functions_called", "name_of"]

_OURS = str(Path(capture.__file__).parent)
_NO_FUNCTIONS = ("<module>", "<lambda>", "<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>")


def name_of(code: CodeType) -> str | None:
    """Return what we call a function of ours, as `instrument.tee._Tee._saw`; None for what is not ours or has none."""
    if not code.co_filename.startswith(_OURS) or code.co_name in _NO_FUNCTIONS:
        return None
    module = Path(code.co_filename).relative_to(_OURS).with_suffix("").as_posix().replace("/", ".")
    name = f"{module}.{code.co_qualname}"
    return None if name.endswith(f".{code.co_name}.{code.co_name}") else name


def functions_called(work: Callable[[], object]) -> dict[str, CodeType]:
    """Return the functions of ours that are called, in any thread, while `work` runs."""
    called: dict[str, CodeType] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> None:
        if (name := name_of(frame.f_code)) is not None:
            called[name] = frame.f_code

    before = sys.gettrace()
    gc.collect()
    gc.disable()  # what is left of earlier tests must not be closed here, by functions that `work` does not call
    threading.settrace(trace)
    sys.settrace(trace)
    try:
        work()
    finally:
        gc.enable()
        sys.settrace(before)
        threading.settrace(before)
    return called


def _raise(*args: Any, **kwargs: Any) -> Any:
    return _fault_of_ours()  # type: ignore[name-defined]  # noqa: F821


@contextmanager
def broken(code: CodeType, fault: Callable[[], object]) -> Iterator[None]:
    """Have the functions with this code call `fault`, which raises, instead of doing what they do."""
    functions = [each for each in gc.get_referrers(code) if isinstance(each, FunctionType) and each.__code__ is code]
    assert functions, f"nothing runs {code.co_qualname}"
    builtins._fault_of_ours = fault  # type: ignore[attr-defined]
    raising = _raise.__code__.replace(co_freevars=code.co_freevars, co_name=code.co_name, co_qualname=code.co_qualname)
    for function in functions:
        function.__code__ = raising
    gc.disable()  # what an earlier fault left behind must not be collected, and closed, with this one in place
    try:
        yield
    finally:
        for function in functions:
            function.__code__ = code
        gc.enable()
        del builtins._fault_of_ours  # type: ignore[attr-defined]
