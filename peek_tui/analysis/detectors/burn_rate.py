"""Cost and token burn rate: a run suddenly spends much faster than it did.

Rule: within `WINDOW` seconds a run's model calls have spent `TIMES` as much a second as in all the time before, of at
least `BEFORE` seconds and `CALLS` calls; and that is at least `TOKENS` tokens not from a cache, or `DOLLARS`. It is one
alert until the rate falls again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from peek_tui.trace.columns import grouped

from ..alerts import Found
from ..episodes import Episode, Episodes, number
from ..news import News

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BurnRate"]

WINDOW = 60
TIMES = 5
BEFORE = 300
CALLS = 20
TOKENS = 200_000
DOLLARS = 1.0

_SECOND = 1_000_000_000


class BurnRate:
    """Finds runs that spend ever faster."""

    rule = "burn_rate"

    def __init__(self) -> None:
        self._spendings: dict[int, _Spending] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        times = news.snapshot.columns.ts
        usages = news.usages.at(times[news.usages.row] != 0)
        dollars = np.nan_to_num(usages.cost)
        for session, here in grouped(usages.agent >> 32):
            spending = self._spendings.setdefault(session, _Spending())
            rows = usages.row[here]
            rates = spending.add(times[rows], usages.fresh[here], dollars[here])
            self._look(session, spending, rows, rates)
        return self._episodes.tell(news)

    def _look(self, session: int, spending: _Spending, rows: NDArray[np.int64], rates: _Rates) -> None:
        """Look at the calls that burn: those that follow each other are one alert."""
        import numpy as np

        burns = rates.burn()
        for at in np.flatnonzero(burns).tolist():
            if at and not burns[at - 1]:
                spending.burning = None
            burning = spending.burning = spending.burning or _Burning()
            burning.says = rates.in_words(at)
            burning.add(int(rows[at]))
            self._episodes.touch((session, burning.first_row), "medium", burning)
        if not burns[-1]:
            spending.burning = None


class _Spending:
    """What a run spent: of the last while after each call, of the time before in sum."""

    def __init__(self) -> None:
        import numpy as np

        self.start = 0
        """When the first call was."""
        self.calls = 0
        """How many calls there were before those of the last while."""
        self.clock = np.empty(0, np.int64)
        """When those were: the latest time there was until then, for clocks step back."""
        self.tokens = np.zeros(1, np.int64)
        """What all calls had spent together before those, and after each of them."""
        self.dollars = np.zeros(1)
        self.burning: _Burning | None = None

    def add(self, times: NDArray[np.int64], tokens: NDArray[np.int64], dollars: NDArray[np.float64]) -> _Rates:
        """Take the next calls, and return how fast the run spends at each of them."""
        import numpy as np

        self.start = self.start or int(times[0])
        known = len(self.clock)
        clock = np.maximum.accumulate(np.concatenate((self.clock, times)))
        tokens, dollars = _add_up(self.tokens, tokens), _add_up(self.dollars, dollars)
        oldest = np.searchsorted(clock, clock[known:] - WINDOW * _SECOND, side="right")
        now = np.arange(known + 1, len(clock) + 1)
        rates = _Rates(
            (clock[known:] - self.start) / _SECOND - WINDOW, self.calls + oldest,
            tokens[now] - tokens[oldest], tokens[oldest], dollars[now] - dollars[oldest], dollars[oldest],
        )  # fmt: skip
        left = int(oldest[-1])
        self.calls += left
        self.clock, self.tokens, self.dollars = clock[left:], tokens[left:], dollars[left:]
        return rates


def _add_up(sums: NDArray[Any], amounts: NDArray[Any]) -> NDArray[Any]:
    """Return running sums with more amounts added to the last one."""
    import numpy as np

    return np.concatenate((sums[:-1], np.cumsum(np.concatenate((sums[-1:], amounts)))))


class _Rates(NamedTuple):
    """How fast a run spends at each of some calls."""

    seconds: NDArray[np.float64]
    """How long the time before the window is."""
    calls: NDArray[np.int64]
    """How many calls there were in it."""
    tokens: NDArray[np.int64]
    """What was spent within the window."""
    tokens_before: NDArray[np.int64]
    """What was spent before it."""
    dollars: NDArray[np.float64]
    dollars_before: NDArray[np.float64]

    def burn(self) -> NDArray[np.bool_]:
        """Return at which calls the run spends too much faster than before."""
        return self._burn(self.tokens, self.tokens_before, TOKENS) | self._burn(
            self.dollars, self.dollars_before, DOLLARS
        )

    def in_words(self, at: int) -> str:
        """Return how much faster it spends at one of those."""
        in_tokens = self._burn(self.tokens, self.tokens_before, TOKENS)[at]
        recent, before = (self.tokens, self.tokens_before) if in_tokens else (self.dollars, self.dollars_before)
        says = f"{number(int(recent[at]))} tokens" if in_tokens else f"${recent[at]:.2f}"
        times = recent[at] / WINDOW / (before[at] / self.seconds[at])
        return f"{says} in {WINDOW} seconds, {times:,.0f} times their rate before"

    def _burn(self, recent: NDArray[Any], before: NDArray[Any], least: float) -> NDArray[np.bool_]:
        known = (self.seconds >= BEFORE) & (self.calls >= CALLS) & (before != 0)
        faster: NDArray[np.bool_] = known & (recent >= least) & (recent / WINDOW * self.seconds >= TIMES * before)
        return faster


class _Burning(Episode):
    __slots__ = ("says",)

    def __init__(self) -> None:
        super().__init__()
        self.says = ""

    def title(self, news: News) -> str:
        return f"model calls spent {self.says}, {self.between}"
