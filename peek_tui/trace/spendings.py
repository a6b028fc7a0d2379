"""What events used up, and how important they are, for the few that say so: columns of their own."""

from __future__ import annotations

from .batch import Batch
from .columns import Column

__all__ = ["COUNTS", "Spendings"]

COUNTS = ("input", "output", "cache_read", "cache_write")
"""The tokens that are kept, as `model.Usage` has them first."""


class Spendings:
    """What events used up, and how important they are, for the few that say so: columns of their own."""

    def __init__(self) -> None:
        self.handle = Column("I")
        self.input = Column("q")
        """-1 where no tokens are stated, like the other counts."""
        self.output = Column("q")
        self.cache_read = Column("q")
        self.cache_write = Column("q")
        self.cost = Column("d")
        """Dollars; NaN where none is stated."""
        self.importance = Column("d")
        """As the author has it; NaN where it is not stated."""

    def add(self, batch: Batch, first: int) -> None:
        """Take what the events of a batch say; its first event has the handle `first`."""
        at, counts, cost, importance = batch.spending
        is_list = isinstance(at, list)
        self.handle.extend([first + index for index in at] if is_list else at + first)
        for place, name in enumerate(COUNTS):
            getattr(self, name).extend([one[place] for one in counts] if is_list else counts[:, place])
        self.cost.extend(cost)
        self.importance.extend(importance)
