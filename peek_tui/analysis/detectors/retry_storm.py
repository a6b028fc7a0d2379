"""Retry storm: a model is called again and again and fails each time.

Rule: `FAILURES` model calls of one agent to one model have failed in a row, with no answer between.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..streaks import in_streaks

__all__ = ["RetryStorm"]

FAILURES = 4


class RetryStorm:
    """Finds model calls that keep failing."""

    rule = "retry_storm"

    def __init__(self) -> None:
        self._storms: dict[tuple[int, int], _Storm] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        rows = news.rows("llm_response")
        failed, names = (news.column(name)[rows - news.start] for name in ("failed", "name"))
        agents, storms = news.agents(rows), self._storms
        some = in_streaks(failed, agents, names, going=bool(storms))
        for row, fails, *kind in zip(*(column[some].tolist() for column in (rows, failed, agents, names)), strict=True):
            key = kind[0], kind[1]
            if not fails:
                storms.pop(key, None)
                continue
            storm = storms.get(key)
            if storm is None:
                storm = storms[key] = _Storm(key[1])
            storm.add(row)
            if storm.count >= FAILURES:
                self._episodes.touch((key, storm.first_row), "high", storm)
        return self._episodes.tell(news)


class _Storm(Episode):
    __slots__ = ("name",)

    def __init__(self, name: int) -> None:
        super().__init__()
        self.name = name

    def title(self, news: News) -> str:
        last = news.event(self.rows[-1]).error
        why = f", at last with {quoted(last.type)}" if last else ""
        name = quoted(news.word("name", self.name), "a model")
        return f"{name} failed {number(self.count)} times in a row {self.between}{why}"
