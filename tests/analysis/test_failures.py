from __future__ import annotations

from peek_tui.analysis.failures import PATIENCE, Failures
from peek_tui.analysis.news import News

from .run import Run


def followed(run: Run) -> Failures:
    failures = Failures()
    failures.take(News(run.snapshot()))
    return failures


def test_retry(run: Run) -> None:
    """A call that is tried again is a retry of the last time it failed, whether it works then or not."""
    for error in ("busy", "busy", ""):
        run.tool("search", {"q": "x"}, error=error)
    found = followed(run)
    assert (found.retries, found.recovered, found.left_open()) == ({3: 1, 5: 3}, {1: 5, 3: 5}, [])


def test_abandoned(run: Run) -> None:
    """A failure that so many other calls of the tool have followed is abandoned; until then it is left open."""
    run.tool("search", {"q": "x"}, error="busy")
    for index in range(PATIENCE - 1):
        run.tool("search", {"where": index, "how": index + 100, "why": index + 200})
    assert (followed(run).left_open(), followed(run).abandoned) == ([1], set())
    run.tool("search", {"where": 9, "how": 99, "why": 999})
    assert (followed(run).left_open(), followed(run).abandoned) == ([], {1})


def test_other_agents(run: Run) -> None:
    """What another agent does recovers nothing."""
    run.tool("search", {"q": "x"}, error="busy")
    run.tool("search", {"q": "x"}, agent="other")
    assert followed(run).recovered == {}
