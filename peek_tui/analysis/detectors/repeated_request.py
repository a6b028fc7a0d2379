"""Repeated identical model request: a model is asked the very same thing again although it has answered.

Rule: `TIMES` requests of one agent to one model say the same (messages, system, tools, settings), with at most `WINDOW`
of its other requests from one to the next. A request that follows a failed answer is a retry, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..questions import ASKED, Questions
from ..streaks import count_by_kind, in_streaks, mixed
from ..turns import let_others_go_first

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RepeatedRequest"]

TIMES = 3
WINDOW = 20
_PRUNED = 4096
"""Requests that are remembered before those are looked for that are too long ago."""

_Key = tuple[int, int]
"""An agent and a model."""


class _Request(NamedTuple):
    """A request of which it is known what it says."""

    row: int
    agent: int
    name: int
    """The code of the model."""
    number: int
    """How many there were before it of this agent to this model."""
    what: int
    """The same for requests that ask the same."""


class _Requests(NamedTuple):
    """Some requests, in order: a vector for each field of `_Request`."""

    row: NDArray[np.intp]
    agent: NDArray[np.int64]
    name: NDArray[np.int64]
    number: NDArray[np.int64]
    what: NDArray[np.int64]

    def some(self, wanted: NDArray[np.bool_]) -> Iterator[_Request]:
        """Yield the wanted ones: a truth value each."""
        return map(_Request._make, zip(*(column[wanted].tolist() for column in self), strict=True))


class _Answer(NamedTuple):
    """An answer that failed, or is the first after one that failed."""

    row: int
    agent: int
    name: int
    failed: bool


class RepeatedRequest:
    """Finds requests that were made before."""

    rule = "repeated_request"
    reads = (ASKED,)

    def __init__(self) -> None:
        self._asked: dict[int, _Request | _Repeated] = {}
        """By what was asked: a request, or several that asked the same."""
        self._counts: dict[tuple[int, ...], int] = {}
        """How many requests each agent has made to each model."""
        self._failed: set[_Key] = set()
        self._questions = Questions()
        self._prune_at = _PRUNED
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        requests, recent = self._requests(news)
        let_others_go_first()
        repeat = _are_twice(requests.what)
        repeat |= np.fromiter(map(self._asked.__contains__, requests.what.tolist()), np.bool_, len(repeat))
        recent &= ~repeat
        self._asked.update(zip(requests.what[recent].tolist(), requests.some(recent), strict=True))
        looked_at: list[_Request | _Answer] = [*requests.some(repeat), *self._answers(news)]
        for one in sorted(looked_at, key=lambda one: one.row):
            if isinstance(one, _Request):
                self._again(one)
            elif one.failed:
                self._failed.add((one.agent, one.name))
            else:
                self._failed.discard((one.agent, one.name))
        if len(self._asked) > self._prune_at:
            self._prune()
        return self._episodes.tell(news)

    def _requests(self, news: News) -> tuple[_Requests, NDArray[np.bool_]]:
        """Return the new requests of which it is known what they say, and which may be repeated by later news."""
        import numpy as np

        said = self._questions.take(news)
        known = np.array([one is not None for one in said], np.bool_)
        rows = news.rows("llm_request")[known]
        agents, names = news.agents(rows), news.column("name")[rows - news.start].astype(np.int64)
        counted = count_by_kind(self._counts, agents, names)
        what = mixed(np.array(list(compress(said, known)), np.int64), agents, names)
        return _Requests(rows, agents, names, counted.before, what), counted.all - counted.before <= WINDOW

    def _answers(self, news: News) -> Iterator[_Answer]:
        """Yield the answers that failed, and those that end a streak of failed ones."""
        rows = news.rows("llm_response")
        agents, names, failed = news.agents(rows), news.column("name")[rows - news.start], news.column("failed")
        failed = failed[rows - news.start]
        some = in_streaks(failed, agents, names, going=bool(self._failed))
        return map(
            _Answer._make, zip(*(column[some].tolist() for column in (rows, agents, names, failed)), strict=True)
        )

    def _again(self, request: _Request) -> None:
        """Take a request that may have been made before."""
        before = self._asked.get(request.what)
        if before is None or request.number - before.number > WINDOW:
            self._asked[request.what] = request
            return
        if isinstance(before, _Request):
            before = self._asked[request.what] = _Repeated(before)
        before.number = request.number
        if (request.agent, request.name) not in self._failed:
            before.add(request.row)
            if before.count >= TIMES:
                self._episodes.touch((request.what, before.first_row), "medium", before)

    def _prune(self) -> None:
        """Forget what is too long ago to be repeated."""
        counts = self._counts
        old = [what for what, one in self._asked.items() if counts[one.agent, one.name] - one.number > WINDOW + 1]
        for what in old:
            del self._asked[what]
        self._prune_at = _PRUNED + 2 * len(self._asked)


def _are_twice(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which values there are more than once."""
    import numpy as np

    order = np.argsort(values)
    same = values[order][1:] == values[order][:-1]
    twice = np.zeros(len(values), np.bool_)
    twice[order[1:]] = same
    twice[order[:-1]] |= same
    return twice


class _Repeated(Episode):
    """Requests that asked the same, with their agent's others to that model between them."""

    __slots__ = ("agent", "name", "number")

    def __init__(self, first: _Request) -> None:
        super().__init__()
        self.agent = first.agent
        self.name = first.name
        self.number = first.number
        """Which request of its agent to this model the last one was."""
        self.add(first.row)

    def title(self, news: News) -> str:
        name = quoted(news.word("name", self.name), "a model")
        return f"{name} was asked exactly the same {number(self.count)} times {self.between}"
