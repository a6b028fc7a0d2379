"""Cost and token burn rate: a run suddenly spends much faster than it did.

Rule: within `WINDOW` seconds a run's model calls have spent `TIMES` as much a second as in all the time before, of at
least `BEFORE` seconds and `CALLS` calls; and that is at least `TOKENS` tokens not from a cache, or `DOLLARS`. It is one
alert until the rate falls again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..alerts import Found
from ..episodes import Episode, Episodes, number
from ..news import News

__all__ = ["BurnRate"]

WINDOW = 60
TIMES = 5
BEFORE = 300
CALLS = 20
TOKENS = 200_000
DOLLARS = 1.0

_SECOND = 1_000_000_000


@dataclass(slots=True)
class _Rate:
    """What a run spent: of the last while each call, of the time before the sums."""

    start: int = 0
    calls: int = 0
    tokens: int = 0
    dollars: float = 0.0
    recent: deque[tuple[int, int, float]] = field(default_factory=deque)
    recent_tokens: int = 0
    recent_dollars: float = 0.0
    burning: _Burning | None = None

    def spend(self, ts: int, tokens: int, dollars: float) -> None:
        self.start = self.start or ts
        self.recent.append((ts, tokens, dollars))
        self.recent_tokens += tokens
        self.recent_dollars += dollars
        while self.recent[0][0] <= ts - WINDOW * _SECOND:
            _, old_tokens, old_dollars = self.recent.popleft()
            self.calls += 1
            self.tokens += old_tokens
            self.dollars += old_dollars
            self.recent_tokens -= old_tokens
            self.recent_dollars -= old_dollars

    def burns(self, ts: int) -> str:
        """Return how much faster it spends than before, in words, if that is too much."""
        before = (ts - self.start) / _SECOND - WINDOW
        if before < BEFORE or self.calls < CALLS:
            return ""
        for recent, least, total, says in (
            (self.recent_tokens, TOKENS, self.tokens, f"{number(self.recent_tokens)} tokens"),
            (self.recent_dollars, DOLLARS, self.dollars, f"${self.recent_dollars:.2f}"),
        ):
            if total and recent >= least and recent / WINDOW >= TIMES * total / before:
                return f"{says} in {WINDOW} seconds, {recent / WINDOW / (total / before):,.0f} times their rate before"
        return ""


class BurnRate:
    """Finds runs that spend ever faster."""

    rule = "burn_rate"

    def __init__(self) -> None:
        self._rates: dict[int, _Rate] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        times, costs = news.snapshot.columns.ts, _costs(news)
        for spent in news.usages:
            ts = int(times[spent.row])
            if not ts:
                continue
            session = spent.agent >> 32
            rate = self._rates.setdefault(session, _Rate())
            rate.spend(ts, spent.fresh, costs.get(spent.row, 0.0))
            if rate.recent_tokens < TOKENS and rate.recent_dollars < DOLLARS:
                rate.burning = None
            elif says := rate.burns(ts):
                rate.burning = rate.burning or _Burning()
                rate.burning.says = says
                rate.burning.add(spent.row)
                self._episodes.touch((session, rate.burning.first_row), "medium", rate.burning)
            else:
                rate.burning = None
        return self._episodes.tell(news)


def _costs(news: News) -> dict[int, float]:
    """Return what the new model calls say they cost, by row."""
    import numpy as np

    rows, _, costs = news.snapshot.columns.spent
    new = (rows >= news.start) & (rows < news.end) & ~np.isnan(costs)
    return dict(zip(rows[new].tolist(), costs[new].tolist(), strict=True))


class _Burning(Episode):
    __slots__ = ("says",)

    def __init__(self) -> None:
        super().__init__()
        self.says = ""

    def title(self, news: News) -> str:
        return f"model calls spent {self.says}, {self.between}"
