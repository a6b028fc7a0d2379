"""What happens in each Python process of a `peek run` before its program begins."""

from __future__ import annotations

import atexit
import os
import sys
from types import FrameType

from .._core.exit import note_outermost
from .._core.guard import guarded
from .._core.run import OUTPUT_VARIABLE, take_over, this_run
from ..instrument.registry import install
from .twin import watch_for_twin

__all__ = ["begin"]


@guarded(None)
def begin() -> None:
    """Record this process. The program opens its session at once; a child of it when it has something to record."""
    run = this_run()
    if run is None:
        return
    watch_for_twin()
    install()
    if run.is_program:
        from .._core.session import start_session

        take_over(run)
        start_session()
        _note_outermost_frame()
    if os.environ.get(OUTPUT_VARIABLE):
        from ..instrument.output import watch_output

        atexit.register(watch_output())


def _note_outermost_frame() -> None:
    """Find the frame in which the program will run: of its first module, or of `runpy` which `-m` makes it run in."""
    if sys.getprofile() is not None:
        return

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_back is None and frame.f_globals.get("__name__") in {"__main__", "runpy"}:
            sys.setprofile(None)
            note_outermost(frame)

    sys.setprofile(look)
