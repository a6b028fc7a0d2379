from __future__ import annotations

import json

import pytest

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


@pytest.mark.parametrize("compact", [True, False])
def test_mended(run: Run, *, compact: bool) -> None:
    """A mended call shares half of the words of both with the failed one; how a line is written makes no difference."""
    run.tool("search", {"q": "red lamps"}, error="no such colour")  # 3 words
    run.tool("search", {"q": "navy lamps"})  # 2 of 4
    run.tool("read", {"path": "a"}, error="no such file")
    run.tool("read", {"path": "b"})  # 1 of 3
    if not compact:
        events = [json.loads(line) for line in run.path.read_text().splitlines()]
        run.path.write_text("".join(f"{json.dumps(dict(reversed(event.items())))}\n" for event in events))
    assert followed(run).retries == {3: 1}


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
