"""Context window nearly full: what a model is told comes close to all it can read.

Rule: a model call's input is at least `NEARLY` of the window that `WINDOWS` has for a model of that name, or a call
failed because it was longer. Calls of one agent and model that are so, and follow each other, are one alert. A call
with more input than its window shows that the table is behind the times, and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..streaks import in_streaks
from ..usages import Spent

__all__ = ["WINDOWS", "ContextWindow", "window_of"]

NEARLY = 0.9

WINDOWS = (
    (r"claude", 200_000),
    (r"gpt-4\.1", 1_047_576),
    (r"gpt-4o|gpt-4-turbo|chatgpt-4o", 128_000),
    (r"gpt-5", 400_000),
    (r"gpt-4", 8_192),
    (r"gpt-3\.5", 16_385),
    (r"(^|/)o[134](-|$)", 200_000),
    (r"gemini-(1\.5|2|3)", 1_048_576),
    (r"deepseek", 128_000),
    (r"llama-?3|mistral-(large|small|medium)", 128_000),
)
"""Input tokens that models read at the most, by what their names match; the first that matches counts."""

TOO_LONG = re.compile(
    r"context_length_exceeded|maximum context length|prompt is too long|input is too long", re.IGNORECASE
)
"""What providers say of a request that is longer."""


def window_of(model: str) -> int | None:
    """Return how many tokens a model can read, or None when that is not known."""
    return next((size for pattern, size in WINDOWS if re.search(pattern, model)), None)


class ContextWindow:
    """Finds model calls that hardly fit."""

    rule = "context_window"

    def __init__(self) -> None:
        self._limits: dict[int, int | None] = {}
        self._full: dict[tuple[int, int], _Full] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        usages = news.usages
        names, which = np.unique(usages.name, return_inverse=True)
        limits = np.array([NEARLY * (self._window(news, name) or inf) for name in names.tolist()])
        nearly = usages.input >= limits[which]
        for spent in usages.at(in_streaks(nearly, usages.agent, usages.name, going=bool(self._full))).each():
            window = self._window(news, spent.name)
            if window is not None:
                self._look(spent, window)
        yield from self._episodes.tell(news)
        yield from self._refused(news)

    def _window(self, news: News, name: int) -> int | None:
        if name not in self._limits:
            self._limits[name] = window_of(news.word("name", name))
        return self._limits[name]

    def _look(self, spent: Spent, window: int) -> None:
        key = spent.agent, spent.name
        if not NEARLY * window <= spent.input <= window:
            self._full.pop(key, None)
            return
        full = self._full.setdefault(key, _Full(spent.name, window))
        full.input = spent.input
        full.add(spent.row)
        self._episodes.touch((key, full.first_row), "medium", full)

    def _refused(self, news: News) -> Iterator[Found]:
        rows = news.rows("llm_response")
        for row in rows[news.column("failed")[rows - news.start]].tolist():
            error = news.event(row).error
            if error is not None and (TOO_LONG.search(error.type) or TOO_LONG.search(error.message)):
                refused = _Refused()
                refused.add(row)
                self._episodes.touch(("refused", row), "high", refused)
        return self._episodes.tell(news)


class _Full(Episode):
    __slots__ = ("input", "name", "window")

    def __init__(self, name: int, window: int) -> None:
        super().__init__()
        self.name = name
        self.window = window
        self.input = 0

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name), "a model")
        share = 100 * self.input // self.window
        return f"{name} was told {number(self.input)} tokens at {number(self.last_row)}, {share} % of all it can read"


class _Refused(Episode):
    __slots__ = ()

    def title(self, news: News) -> str:
        event = news.event(self.first_row)
        name = quoted(event.name, "a model")
        return f"{name} refused a request at {number(event.row)} that is longer than it can read"
