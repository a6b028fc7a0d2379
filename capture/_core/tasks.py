"""Which thread and which asyncio task is running, asked without importing asyncio."""

from __future__ import annotations

import sys
import threading
from threading import get_ident
from typing import Any, TypeAlias

__all__ = ["Strand", "is_running", "running_strand", "strand_path"]

_modules = sys.modules

Strand: TypeAlias = tuple[int, Any]
"""One line of execution: a thread's ident, and the asyncio task it is in the middle of or None."""


def running_strand() -> Strand:
    """Return the strand of the caller."""
    return get_ident(), _running_task()


def is_running(strand: Strand) -> bool:
    """Whether `strand` is the caller's. Asked for every event, so the common answer takes no further call."""
    if get_ident() != strand[0]:
        return False
    if "asyncio" not in _modules:
        return strand[1] is None
    return _running_task() is strand[1]


def strand_path(strand: Strand) -> str:
    """Return the running strand's name as an event's `task` says it: thread, then task, the main thread left out."""
    ident, task = strand
    names = [] if ident == threading.main_thread().ident else [threading.current_thread().name]
    if task is not None:
        names.append(str(task.get_name()))
    return "/".join(names)


def _running_task() -> Any:
    asyncio = _modules.get("asyncio")
    if asyncio is None:
        return None
    try:
        loop = asyncio._get_running_loop()
        return None if loop is None else asyncio.current_task(loop)
    except AttributeError:  # asyncio is in the middle of being imported
        return None
