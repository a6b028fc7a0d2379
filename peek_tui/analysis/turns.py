"""Who goes first when a thread computes for long and others wait for the interpreter: the others."""

from __future__ import annotations

from threading import active_count
from time import sleep

__all__ = ["let_others_go_first"]


def let_others_go_first() -> None:
    """Give up the interpreter for a moment: who waits for it may be the screen.

    A moment is a twentieth of a millisecond at the least, so none is given up in a command that has one thread.
    """
    if active_count() > 1:
        sleep(0)
