"""Stall: nothing happened for longer than this run's own pace explains, or one call took far longer than others.

Rule: between two events of a run lies more than `SECONDS`, and more than `TIMES` what all but a hundredth of the pauses
before it took at the most (of at least `EARLIER`); or a call took more than `SECONDS`, and more than `TIMES` the median
of the same tool's or model's calls before (of at least `CALLS`). To wait for a person or the next run is no stall.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from peek_tui.trace.columns import grouped

from ..alerts import Alert, Found
from ..episodes import number, quoted
from ..news import News

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Stall"]

SECONDS = 60.0
TIMES = 10.0
EARLIER = 30
CALLS = 5

_PERSON = ("user_message", "agent_start", "control")
"""What a run may wait for as long as it likes."""
_CALLS = ("tool_result", "llm_response")
_SECOND = 1_000_000_000
_BINS = 128
_MOST_LEFT = 2048
"""Durations that wait to be counted together."""


class Stall:
    """Finds pauses that are far longer than usual."""

    rule = "stall"

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int]] = {}
        """Of each session the row and time of its last event."""
        self._pauses: dict[int, _Histogram] = {}
        self._durations: dict[int, _Histogram] = {}
        """By type and name."""

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        sessions, times = news.column("session"), news.column("ts")
        timed = np.flatnonzero(times)
        for session, here in grouped(sessions[timed]):
            at = timed[here]
            yield from self._look(news, session, at + news.start, times[at])
        yield from self._long_calls(news)

    def _look(self, news: News, session: int, rows: NDArray[np.intp], times: NDArray[np.int64]) -> Iterator[Found]:
        import numpy as np

        row, ts = self._last.get(session, (int(rows[0]), int(times[0])))
        before = np.concatenate(([row], rows[:-1]))
        clock = np.maximum.accumulate(np.concatenate(([ts], times)))
        pauses = np.diff(clock) / _SECOND
        self._last[session] = int(rows[-1]), int(clock[-1])
        usual = self._pauses.setdefault(session, _Histogram())
        done = 0
        for at in np.flatnonzero(pauses > SECONDS).tolist():
            usual.add(pauses[done:at])
            done = at
            limit = usual.quantile(0.99) if usual.count >= EARLIER else None
            waits = news.snapshot.type(int(rows[at])) in _PERSON
            if limit is not None and pauses[at] > TIMES * limit and not waits:
                yield self._pause(news, int(before[at]), int(rows[at]), float(pauses[at]))
        usual.add(pauses[done:])

    def _pause(self, news: News, row: int, next_row: int, pause: float) -> Found:
        title = f"nothing happened for {_time(pause)} between {number(row)} and {number(next_row)}"
        return Found(next_row, Alert(self.rule, "medium", title, news.ids([row, next_row]), row, next_row))

    def _long_calls(self, news: News) -> Iterator[Found]:
        import numpy as np

        rows = news.rows(*_CALLS)
        at = rows - news.start
        took, types, names = (news.column(column)[at] for column in ("duration_ms", "type", "name"))
        kinds = types.astype(np.int64) << 32 | names
        known = ~np.isnan(took)
        rows, took, kinds = rows[known], took[known] / 1000, kinds[known]
        for kind, here in grouped(kinds):
            usual = self._durations.setdefault(kind, _Histogram())
            yield from self._look_at_calls(news, rows[here], took[here], usual)

    def _look_at_calls(
        self, news: News, rows: NDArray[np.intp], took: NDArray[np.float64], usual: _Histogram
    ) -> Iterator[Found]:
        import numpy as np

        done = 0
        for at in np.flatnonzero(took > SECONDS).tolist():
            usual.add(took[done:at])
            done = at
            limit = usual.quantile(0.5) if usual.count >= CALLS else None
            if limit is not None and took[at] > TIMES * limit:
                event = news.event(int(rows[at]))
                call = news.parent_row(event.row)
                first = event.row if call < 0 else call
                title = f"{quoted(event.name)} took {_time(float(took[at]))} at {number(first)}, mostly {_time(limit)}"
                ids = news.ids([first, event.row]) if first != event.row else (event.id,)
                yield Found(("call", event.row), Alert(self.rule, "medium", title, ids, first, event.row))
        usual.add(took[done:])


class _Histogram:
    """How often something took how long, in steps of a quarter of an octave: enough to tell ten times as long."""

    def __init__(self) -> None:
        self.count = 0
        self._bins: Any = 0
        self._left: list[NDArray[np.float64]] = []
        """What was not counted yet: nobody may ever ask."""
        self._uncounted = 0

    def add(self, seconds: NDArray[np.float64]) -> None:
        self._left.append(seconds)
        self.count += len(seconds)
        self._uncounted += len(seconds)
        if self._uncounted > _MOST_LEFT or len(self._left) > _MOST_LEFT // 8:
            self._count()

    def quantile(self, share: float) -> float:
        """Return what that share of all did not take longer than, in seconds."""
        import numpy as np

        self._count()
        at = int(np.searchsorted(np.cumsum(self._bins), share * self.count))
        return float(2.0 ** (min(at, _BINS - 1) / 4) / 1e6)

    def _count(self) -> None:
        import numpy as np

        seconds = np.concatenate([np.empty(0), *self._left])
        steps = np.ceil(4 * np.log2(np.maximum(seconds, 1e-6) * 1e6))
        self._bins = self._bins + np.bincount(np.clip(steps, 0, _BINS - 1).astype(np.int64), minlength=_BINS)
        self._left, self._uncounted = [], 0


def _time(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"
