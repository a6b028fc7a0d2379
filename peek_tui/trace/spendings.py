"""What events used up, for the few that did: columns of their own."""

from __future__ import annotations

from .batch import Batch
from .columns import Column

__all__ = ["Spendings"]


class Spendings:
    """What events used up, for the few that did: columns of their own."""

    def __init__(self) -> None:
        self.handle = Column("I")
        self.tokens = Column("q")
        """-1 where none are stated."""
        self.cost = Column("d")
        """Dollars; NaN where none is stated."""

    def add(self, batch: Batch, first: int) -> None:
        """Take what the events of a batch spent; its first event has the handle `first`."""
        at, counts, cost = batch.spending
        if isinstance(at, list):
            self.handle.extend([first + index for index in at])
            self.tokens.extend([one[0] + one[1] if one[0] >= 0 else -1 for one in counts])
        else:
            import numpy as np

            self.handle.extend(at + first)
            self.tokens.extend(np.where(counts[:, 0] >= 0, counts[:, 0] + counts[:, 1], -1))
        self.cost.extend(cost)
