"""A thread, and what an executor runs, belongs to whoever started it.

`contextvars` reach asyncio's tasks and `asyncio.to_thread` by themselves; `threading.Thread` and executors begin with
an empty context. Instrumented, they begin where their starter stood.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from .._core.guard import guarded
from .._core.spans import Place, here, move
from ._patch import Patch
from ._wrap import notify
from .registry import Undo

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have what `threading` or `concurrent.futures.thread` starts carry the place of its starter."""
    if module.__name__ == "threading":
        return Patch(module.Thread, "start", _start_with_place).undo
    return Patch(module.ThreadPoolExecutor, "submit", _submit_with_place).undo


def _start_with_place(patch: Patch) -> Callable[..., Any]:
    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        if patch.on:
            _carry(self)
        return patch.original(self, *args, **kwargs)

    return start


@guarded(None)
def _carry(thread: Any) -> None:
    """Have a thread run where its starter stands. One whose `run` is a property cannot be told to."""
    place = here()
    if place is None or not callable(type(thread).run):
        return
    run, own = thread.run, vars(thread).get("run")

    def put_back() -> None:
        if own is None:
            del thread.run
        else:
            thread.run = own

    def run_at_place() -> Any:
        notify(put_back)  # else the thread would hold what holds the thread
        return _at(place, run)()

    thread.run = run_at_place


def _submit_with_place(patch: Patch) -> Callable[..., Any]:
    def submit(self: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        place = _place() if patch.on else None
        return patch.original(self, function if place is None else _at(place, function), *args, **kwargs)

    return submit


def _at(place: Place, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` run at `place`; an executor's thread goes back to where it stood."""

    def run(*args: Any, **kwargs: Any) -> Any:
        before = _place()
        notify(move, place)
        try:
            return function(*args, **kwargs)
        finally:
            notify(move, before)

    return run


@guarded(None)
def _place() -> Place | None:
    return here()
