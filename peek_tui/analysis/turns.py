"""Who goes first when a thread computes for long and others wait for the interpreter: the others."""

from __future__ import annotations

from time import sleep

__all__ = ["let_others_go_first"]


def let_others_go_first() -> None:
    """Give up the interpreter for a moment: who waits for it may be the screen."""
    sleep(0)
