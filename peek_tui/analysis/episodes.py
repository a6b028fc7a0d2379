"""Alerts that grow: what a detector keeps of something that goes on."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from .alerts import Alert, Found, Severity
from .news import News

__all__ = ["Episode", "Episodes", "number", "quoted"]

_NAMED = 64
"""Events that an alert names at the most: the first ones, and the last."""
_LONGEST = 48


class Episode:
    """Something that goes on: the rows that show it, as far as an alert names them."""

    __slots__ = ("count", "last_row", "rows")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.count = 0
        """How many rows show it, those not kept included."""
        self.last_row = 0
        """Where it ends for now, which may be behind the last row that shows it."""

    def add(self, row: int, last_row: int = 0) -> None:
        """Take the next row that shows it, and where what it shows ends."""
        self.count += 1
        self.last_row = max(self.last_row, row, last_row)
        if len(self.rows) < _NAMED:
            self.rows.append(row)
        else:
            self.rows[-1] = row

    @property
    def first_row(self) -> int:
        return self.rows[0]

    @property
    def between(self) -> str:
        """Where it is, for a title."""
        return f"between {number(self.first_row)} and {number(self.last_row)}"

    def title(self, news: News) -> str:
        """Return the alert's sentence."""
        raise NotImplementedError


class Episodes:
    """The episodes of one rule that news was about, told when all of the news is in."""

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._touched: dict[Hashable, tuple[Severity, Episode]] = {}

    def touch(self, key: Hashable, severity: Severity, episode: Episode) -> None:
        """Note that an episode is worth an alert, and new or longer."""
        self._touched[key] = severity, episode

    def tell(self, news: News) -> Iterator[Found]:
        """Yield the alerts of the episodes that were touched since the last time."""
        touched, self._touched = self._touched, {}
        for key, (severity, episode) in touched.items():
            ids, title = news.ids(episode.rows), episode.title(news)
            yield Found(key, Alert(self._rule, severity, title, ids, episode.first_row, episode.last_row))


def number(value: int) -> str:
    """Return a number as a title shows it."""
    return f"{value:,}"


def quoted(word: str, nameless: str = "a tool") -> str:
    """Return a name from a trace as a title shows it: bounded, and something where there is none."""
    word = " ".join(word.split())
    return word if 0 < len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…" if word else nameless
