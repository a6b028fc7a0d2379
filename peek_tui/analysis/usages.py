"""The tokens of each model call, as far as its answer says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .news import News

__all__ = ["Spent", "read_usages"]


class Spent(NamedTuple):
    """What one model call used up."""

    row: int
    agent: int
    name: int
    """The code of the model."""
    input: int
    """With what came from the cache."""
    output: int
    cache_read: int
    cache_write: int

    @property
    def fresh(self) -> int:
        """Tokens that were paid for in full."""
        return self.input - self.cache_read + self.output


def read_usages(news: News) -> list[Spent]:
    """Return what the new model calls used up, in order; those that do not say it are left out."""
    import numpy as np

    columns = news.snapshot.columns
    rows, counts = columns.counts
    new = np.flatnonzero((rows >= news.start) & (rows < news.end) & (counts[0] >= 0))
    new = new[columns.type[rows[new]] == news.code("type", "llm_response")]
    if news.snapshot.is_merged:
        new = new[np.argsort(rows[new], kind="stable")]
    rows = rows[new]
    said = (rows, news.agents(rows), news.column("name")[rows - news.start], *(count[new] for count in counts))
    return list(map(Spent._make, zip(*(column.tolist() for column in said), strict=True)))
