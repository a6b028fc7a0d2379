"""What a query needs to know of a trace to answer without reading its payloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Columns"]


class Columns(Protocol):
    """Facts of every event, a value a row, in the order of the rows. Only those that a query names are asked for."""

    @property
    def rows(self) -> int:
        """How many events there are."""

    @property
    def first_ts(self) -> int:
        """The time of the first event that says one: times of day are meant on its day."""

    @property
    def type(self) -> NDArray[Any]:
        """Codes, integers of any width, of what `words("type")` lists; so too the next three."""

    @property
    def name(self) -> NDArray[Any]: ...

    @property
    def agent(self) -> NDArray[Any]: ...

    @property
    def session(self) -> NDArray[Any]: ...

    def words(self, field: str) -> Sequence[str]:
        """Return the word of each code of `type`, `name`, `agent` or `session`; `""` where there is none."""

    @property
    def ts(self) -> NDArray[np.int64]:
        """Nanoseconds since 1970 UTC; 0 where the trace says none."""

    @property
    def duration_ms(self) -> NDArray[np.float64]:
        """NaN where there is none."""

    @property
    def tokens(self) -> NDArray[np.int64]:
        """What `tokens_of` says of an event's usage: -1 where there is none."""

    @property
    def cost_usd(self) -> NDArray[np.float64]:
        """NaN where there is none."""

    @property
    def importance(self) -> NDArray[np.float64] | None:
        """How important each event is, or None where nothing but its author says so."""

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether the event has an error."""
