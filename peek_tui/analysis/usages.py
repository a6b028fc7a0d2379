"""What each model call used up, as far as its answer says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .news import News

__all__ = ["Spent", "Usages", "read_usages"]


class Spent(NamedTuple):
    """What one model call used up."""

    row: int
    agent: int
    name: int
    """The code of the model."""
    input: int
    """Tokens, with those that came from the cache."""
    output: int
    cache_read: int
    cache_write: int
    cost: float
    """Dollars; NaN where none are stated."""


class Usages(NamedTuple):
    """What some model calls used up, in order: a vector for each field of `Spent`."""

    row: NDArray[np.int64]
    agent: NDArray[np.int64]
    name: NDArray[np.int64]
    input: NDArray[np.int64]
    output: NDArray[np.int64]
    cache_read: NDArray[np.int64]
    cache_write: NDArray[np.int64]
    cost: NDArray[np.float64]

    @property
    def fresh(self) -> NDArray[np.int64]:
        """Tokens that were paid for in full."""
        return self.input - self.cache_read + self.output

    def at(self, places: Any) -> Usages:
        """Return those at some places, in their order."""
        return Usages(*(column[places] for column in self))

    def followed_by(self, more: Usages) -> Usages:
        """Return these and more."""
        import numpy as np

        return Usages(*(np.concatenate(columns) for columns in zip(self, more, strict=True)))

    def each(self) -> Iterator[Spent]:
        """Yield them one by one."""
        return map(Spent._make, zip(*(column.tolist() for column in self), strict=True))


def read_usages(news: News) -> Usages:
    """Return what the new model calls used up, in order; those that do not say it are left out."""
    import numpy as np

    columns = news.snapshot.columns
    rows, counts = columns.counts
    if news.snapshot.is_merged:
        new = np.flatnonzero((rows >= news.start) & (rows < news.end))
        new = new[np.argsort(rows[new], kind="stable")]
    else:
        new = np.arange(*rows.searchsorted([news.start, news.end]))
    new = new[(counts[0][new] >= 0) & (columns.type[rows[new]] == news.code("type", "llm_response"))]
    rows, costs = rows[new].astype(np.int64), columns.spent[2][new]
    names = news.column("name")[rows - news.start].astype(np.int64)
    input, output, cache_read, cache_write = (count[new] for count in counts)
    return Usages(rows, news.agents(rows), names, input, output, cache_read, cache_write, costs)
