"""Where one was, and how to get back there."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

__all__ = ["History"]

T = TypeVar("T")

_MOST = 1_000
"""Steps that are remembered."""


class History(Generic[T]):
    """Things that were left, one after the other; going back keeps what it leaves, for going forward again."""

    def __init__(self) -> None:
        self._past: deque[T] = deque(maxlen=_MOST)
        self._future: list[T] = []

    def leave(self, here: T) -> None:
        """Remember what is about to be left for something new."""
        if not self._past or self._past[-1] != here:
            self._past.append(here)
        self._future.clear()

    def back(self, here: T) -> T | None:
        """Return what was left last and is something else, None when there is nothing."""
        while self._past:
            before = self._past.pop()
            if before != here:
                self._future.append(here)
                return before
        return None

    def forward(self, here: T) -> T | None:
        """Return what the last `back` left, None when there is nothing."""
        while self._future:
            after = self._future.pop()
            if after != here:
                self._past.append(here)
                return after
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._past.clear()
        self._future.clear()
