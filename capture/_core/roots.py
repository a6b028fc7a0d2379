"""The sessions that are open in this process, for code that stands in none of them: new threads, spawned children.

While exactly one is open, what is recorded outside every context belongs to it, and the environment names it, so that a
child process joins the run with a file of its own. With two open nothing is guessed.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .context import TraceContext

__all__ = ["SESSION_VARIABLE", "Inherited", "closed", "inherited", "only", "opened"]

SESSION_VARIABLE = "PEEK_SESSION"
"""Holds the session and the event that children of this process belong to: 32 and 16 hex digits and a colon between."""

_open: list[TraceContext] = []
_lock = threading.RLock()
_given = os.environ.get(SESSION_VARIABLE)


class Inherited(NamedTuple):
    """The run this process was started in."""

    session: str
    parent: str


def opened(context: TraceContext, id: str) -> None:
    """Note that a session begins whose `agent_start` is `id`."""
    with _lock:
        context.root_id = id
        _open.append(context)
        _name_in_environment()


def closed(context: TraceContext) -> None:
    """Note that a session has ended."""
    with _lock:
        if context in _open:
            _open.remove(context)
            _name_in_environment()


def only() -> TraceContext | None:
    """Return the one session that is open, or None when there is none or several."""
    return _open[0] if len(_open) == 1 else None


def inherited() -> Inherited | None:
    """Return the run that this process was started in, if it was started by a recorded one."""
    session, _, parent = (_given or "").partition(":")
    return Inherited(session, parent) if len(session) == 32 and len(parent) == 16 else None


def _name_in_environment() -> None:
    context = only()
    if context is not None:
        os.environ[SESSION_VARIABLE] = f"{context.session}:{context.root_id}"
    elif _given is not None:
        os.environ[SESSION_VARIABLE] = _given
    else:
        os.environ.pop(SESSION_VARIABLE, None)


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
