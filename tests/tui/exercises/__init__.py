"""What exercises each action: a key is pressed in the story, and something is seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.tui.screens import Peek

__all__ = ["EXERCISES", "Exercise", "exercise"]

Exercise = Callable[[Peek, str], Awaitable[None]]
EXERCISES: dict[str, Exercise] = {}


def exercise(name: str) -> Callable[[Exercise], Exercise]:
    """Say which action a function exercises."""

    def register(function: Exercise) -> Exercise:
        assert name not in EXERCISES
        EXERCISES[name] = function
        return function

    return register
