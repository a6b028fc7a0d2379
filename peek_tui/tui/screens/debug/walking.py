"""Walking along the decision tree, whether it is seen or not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from .base import DebugBase

__all__ = ["Walking"]

_PATIENCE = 0.5
"""Seconds for which a key that needs the tree waits for the first one."""


class Walking(DebugBase):
    """Up, down and along."""

    async def action_up(self) -> None:
        await self._walk(self.tree_view.up, "this event belongs to nothing")

    async def action_down(self) -> None:
        await self._walk(self.tree_view.down, "nothing belongs to this event")

    async def action_sibling(self, by: int) -> None:
        which = "later" if by > 0 else "earlier"
        await self._walk(lambda: self.tree_view.sibling(by), f"no {which} event with this parent")

    async def action_over(self, by: int) -> None:
        await self._walk(lambda: self.tree_view.over(by), f"nothing {'follows' if by > 0 else 'is before'} this")

    async def action_finish(self) -> None:
        await self._walk(self.tree_view.finish, "this is the end of everything around it")

    def action_fold_all(self) -> None:
        if self.in_timeline:
            self._skim(on=True)
        else:
            self.fold_tree(self.tree_view.fold_all)

    def action_unfold_all(self) -> None:
        if self.in_timeline:
            self._skim(on=False)
        else:
            self.fold_tree(self.tree_view.unfold_all)

    def _skim(self, *, on: bool) -> None:
        """Fold runs of unimportant events in the timeline, or unfold them."""
        if on and self.view.found.importance is None:
            self.say("the trace is still being looked at")
            return
        if on is not (self.browse.skim is not None):
            self.browse.toggle_skim()
        self.sync(changed=True)

    def fold_tree(self, change: Callable[[], None]) -> None:
        """Change what is folded of the tree."""
        self.view.leave()
        change()
        self.sync(changed=True)

    async def tree_there(self) -> None:
        """Wait for the first tree, which just after the start is a moment away, so that no key comes too early."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.first_tree.wait(), _PATIENCE)

    async def _walk(self, step: Callable[[], bool], otherwise: str) -> None:
        await self.tree_there()
        self.go(step, otherwise if self.first_tree.is_set() else "the tree is not there yet")
