"""Truncated output: a model stopped because it had no room left, in the middle of what it wrote.

Rule: an answer's finish reason is one of `REASONS`. Those of one agent and model in a row are one alert.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..readings import Reading

__all__ = ["TruncatedOutput"]

REASONS = frozenset({"length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_context_window_exceeded"})

_KEY = b'"finish_reason":'
_BYTES = tuple(f'{blank}"{reason}"'.encode() for blank in ("", " ") for reason in REASONS)
"""As most writers space JSON."""


def _seem_cut(answers: list[bytes]) -> Iterator[bool]:
    """Return which answers have a finish reason that says so: it stands near the end, or is another one's."""
    return (answer.startswith(_BYTES, answer.rfind(_KEY) + len(_KEY)) for answer in answers)


SEEM_CUT = Reading("llm_response", _seem_cut)


class TruncatedOutput:
    """Finds answers that were cut."""

    rule = "truncated_output"
    reads = (SEEM_CUT,)

    def __init__(self) -> None:
        self._cut: dict[tuple[int, int], _Cut] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        marked = news.read(SEEM_CUT)
        if not self._cut and True not in marked:
            return self._episodes.tell(news)
        rows = news.rows("llm_response")
        names, agents = news.column("name")[rows - news.start].tolist(), news.agents(rows).tolist()
        for row, is_marked, name, agent in zip(rows.tolist(), marked, names, agents, strict=True):
            if not is_marked or news.event(row).data.get("finish_reason") not in REASONS:
                if self._cut:
                    self._cut.pop((agent, name), None)
                continue
            cut = self._cut.setdefault((agent, name), _Cut(name))
            cut.add(row)
            self._episodes.touch((agent, name, cut.first_row), "medium", cut)
        return self._episodes.tell(news)


class _Cut(Episode):
    __slots__ = ("name",)

    def __init__(self, name: int) -> None:
        super().__init__()
        self.name = name

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name), "a model")
        if self.count == 1:
            return f"{name} ran out of room at {number(self.first_row)}, its answer is cut"
        return f"{name} ran out of room {number(self.count)} times {self.between}, its answers are cut"
