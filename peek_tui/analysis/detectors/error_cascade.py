"""Error cascade: one failure after another, in more than one place.

Rule: of the last `WINDOW` outcomes in a run (tool results, model calls that failed, ends of agents and subagents,
errors outside any call) at least `FAILURES` failed, and they are of at least two names.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from peek_tui.trace.columns import grouped

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ErrorCascade"]

WINDOW = 6
FAILURES = 5

_OUTCOMES = ("tool_result", "subagent_end", "agent_end")


class ErrorCascade:
    """Finds failures that come close together."""

    rule = "error_cascade"

    def __init__(self) -> None:
        self._recent: dict[int, deque[tuple[int, int, bool]]] = {}
        """Of each session its last outcomes: row, name and whether it failed."""
        self._cascades: dict[int, _Cascade] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        is_outcome = news.column("failed").copy()
        is_outcome[news.rows(*_OUTCOMES) - news.start] = True
        at = np.flatnonzero(is_outcome)
        rows = at + news.start
        sessions, names, failed = (news.column(column)[at] for column in ("session", "name", "failed"))
        for session, here in grouped(sessions):
            near = _near(failed[here])
            self._remember(session, *(column[here][near].tolist() for column in (rows, names, failed)))
        return self._episodes.tell(news)

    def _remember(self, session: int, rows: list[int], names: list[int], failed: list[bool]) -> None:
        recent = self._recent.get(session)
        if recent is None:
            recent = self._recent[session] = deque(maxlen=WINDOW)
        for row, name, fails in zip(rows, names, failed, strict=True):
            recent.append((row, name, bool(fails)))
            if fails:
                self._look(session, recent)

    def _look(self, session: int, recent: deque[tuple[int, int, bool]]) -> None:
        failures = [(row, name) for row, name, fails in recent if fails]
        if len(failures) < FAILURES or len({name for _, name in failures}) < 2:
            return
        cascade = self._cascades.get(session)
        if cascade is None or cascade.last_row < recent[0][0]:
            cascade = self._cascades[session] = _Cascade()
        for row, name in failures:
            if row > cascade.last_row or not cascade.rows:
                cascade.add(row)
                cascade.names.setdefault(name)
        self._episodes.touch((session, cascade.first_row), "high", cascade)


def _near(failed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the places of the outcomes that may be in a window that ends with a failure, now or later."""
    import numpy as np

    ends = np.append(np.flatnonzero(failed), len(failed) - 1)
    near = np.zeros(len(failed), np.bool_)
    for back in range(WINDOW):
        near[np.maximum(ends - back, 0)] = True
    return np.flatnonzero(near)


class _Cascade(Episode):
    __slots__ = ("names",)

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[int, None] = {}

    def title(self, news: News) -> str:
        names = [quoted(news.word("name", name), "something") for name in self.names]
        listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return f"{number(self.count)} failures came close together {self.between}: {listed}"
