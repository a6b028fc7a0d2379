"""The columns of a snapshot by row: what a query asks them for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .columns import Column
from .index import Index
from .order import inverse
from .spendings import COUNTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RowColumns"]


class RowColumns:
    """The first `rows` events of an index, in the order of the run: `query.Columns`. What is worked out is kept."""

    def __init__(
        self, index: Index, rows: int, order: Any, first_ts: int, rate: Callable[[], NDArray[np.float64]] | None = None
    ) -> None:
        """`order` has the handle of each row, or is None where they are the same; `rate` gives `importance`."""
        self.rows = rows
        self.first_ts = first_ts
        self._index = index
        self._order = order
        self._rate = rate
        self._in_order: dict[int, NDArray[Any]] = {}
        """The columns that were asked for, where rows are not in the order of arrival."""

    @property
    def is_reordered(self) -> bool:
        """Whether rows and handles differ."""
        return self._order is not None

    def words(self, field: str) -> Sequence[str]:
        """Return the word of each code of a column."""
        return getattr(self._index.words, f"{field}s").words  # type: ignore[no-any-return]

    def escapes(self, file: int) -> bool:
        """Whether signs of ASCII are escapes in a file."""
        return file in self._index.escaping

    @property
    def type(self) -> NDArray[Any]:
        return self._by_row(self._index.columns.type)

    @property
    def name(self) -> NDArray[Any]:
        return self._by_row(self._index.columns.name)

    @property
    def agent(self) -> NDArray[Any]:
        return self._by_row(self._index.columns.agent)

    @property
    def session(self) -> NDArray[Any]:
        return self._by_row(self._index.columns.session)

    @property
    def ts(self) -> NDArray[np.int64]:
        return self._by_row(self._index.columns.ts)

    @property
    def duration_ms(self) -> NDArray[np.float64]:
        return self._by_row(self._index.columns.duration)

    @property
    def failed(self) -> NDArray[np.bool_]:
        return self._by_row(self._index.columns.failed).view(bool)  # no copy: it holds nothing but 0 and 1

    @property
    def parent(self) -> NDArray[np.int32]:
        """Handles, or `tree.ROOT`, or `tree.ORPHAN`."""
        return self._by_row(self._index.columns.parent)

    @cached_property
    def spent(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """The rows of the events that may have used something up, their tokens (-1: none stated) and costs (NaN)."""
        import numpy as np

        rows, counts = self.counts
        tokens = np.where(counts[0] >= 0, counts[0] + counts[1], -1)
        return rows, tokens, self._index.spendings.cost.vector(len(rows))

    @cached_property
    def counts(self) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        """The rows of `spent`, and of each of `spendings.COUNTS` the tokens, -1 where none are stated."""
        spendings = self._index.spendings
        handles = spendings.handle.vector(len(spendings.handle))
        number = int(handles.searchsorted(self.rows))
        return self.to_rows(handles[:number]), [getattr(spendings, name).vector(number) for name in COUNTS]

    @cached_property
    def authors_importance(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The rows of the events whose authors say how important they are, and what they say."""
        import numpy as np

        rows, _ = self.counts
        said = self._index.spendings.importance.vector(len(rows))
        known = ~np.isnan(said)
        return rows[known], said[known]

    @cached_property
    def tokens(self) -> NDArray[np.int64]:
        return self._of_spent(1, -1)

    @cached_property
    def cost_usd(self) -> NDArray[np.float64]:
        return self._of_spent(2, float("nan"))

    @cached_property
    def importance(self) -> NDArray[np.float64] | None:
        """What the store's measure says; None where it has none."""
        return None if self._rate is None else self._rate()

    def of_file(self, file: int) -> NDArray[np.int64]:
        """Return the handles of the events of a file, in order."""
        import numpy as np

        return np.flatnonzero(self._index.columns.file.vector(self.rows) == file)

    def offsets(self, handles: NDArray[Any]) -> NDArray[np.uint64]:
        """Return where the lines of events begin."""
        offsets: NDArray[np.uint64] = self._index.columns.offset.vector(self.rows)[handles]
        return offsets

    def lengths(self, handles: NDArray[Any]) -> NDArray[np.uint32]:
        """Return how long the lines of events are, without their newlines."""
        lengths: NDArray[np.uint32] = self._index.columns.length.vector(self.rows)[handles]
        return lengths

    def to_rows(self, handles: NDArray[Any]) -> NDArray[Any]:
        """Return the rows in which these handles stand."""
        return handles if self._order is None else self.row_of_handle[handles]

    @cached_property
    def row_of_handle(self) -> NDArray[np.int32]:
        """The row of each handle; only where rows and handles differ."""
        import numpy as np

        return np.asarray(inverse(self._order))

    def _of_spent(self, which: int, none: float) -> NDArray[Any]:
        import numpy as np

        amounts = np.full(self.rows, none)
        amounts[self.spent[0]] = self.spent[which]
        return amounts

    def _by_row(self, column: Column) -> NDArray[Any]:
        if self._order is None:
            return column.vector(self.rows)
        values = self._in_order.get(id(column))
        if values is None:
            values = self._in_order[id(column)] = column.vector(self.rows)[self._order]
        return values
