"""An attribute of the host's, replaced for a while."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["Patch", "undo_all"]


class Patch:
    """Puts a function of ours in the place of `owner.name` until `undo` puts the very same original back.

    `wrap` is given the patch and returns the function, which calls `original` and does nothing else unless `on`: who
    wrapped it in turn meanwhile keeps it, and what they hold must be as good as the original.
    """

    def __init__(self, owner: Any, name: str, wrap: Callable[[Patch], Callable[..., Any]]) -> None:
        self._owner = owner
        self._name = name
        self._inherited = name not in vars(owner)
        self._stored = vars(owner).get(name)
        self.original: Callable[..., Any] = getattr(owner, name)
        self.on = True
        self._ours = functools.wraps(self.original)(wrap(self))
        setattr(owner, name, self._ours)

    def undo(self) -> None:
        self.on = False
        if vars(self._owner).get(self._name) is not self._ours:
            return
        if self._inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._stored)


def undo_all(*patches: Patch) -> Callable[[], None]:
    """Return what undoes these patches, the last one first."""

    def undo() -> None:
        for patch in reversed(patches):
            patch.undo()

    return undo
