from __future__ import annotations

import pytest

from peek_tui.analysis.detectors.tool_loop import SAME, WINDOW
from tests.analysis.run import Run

RULE = "tool_loop"


def test_failing(run: Run) -> None:
    """Thirty identical failing calls with results between them are one loop, from the first call to the last result."""
    calls = [run.tool("search", {"q": "x"}, error="no") for _ in range(30)]
    [alert] = run.alerts()
    assert (alert.rule, alert.severity, alert.first_row, alert.last_row) == (RULE, "high", 0, 59)
    assert alert.evidence == tuple(calls)
    assert alert.title == "search failed 30 times with the same arguments between 0 and 59"


def test_five_times_the_same_error(run: Run) -> None:
    """The same call with the same error, five times among model calls."""
    for _ in range(5):
        run.model()
        run.tool("search", {"q": "x"}, error="no")
    assert [alert.title for alert in run.alerts()] == ["search failed 5 times with the same arguments between 2 and 19"]


def test_same_failure(run: Run) -> None:
    """A tool that fails in the same way whatever it is given."""
    for index in range(5):
        run.tool("search", {"q": index}, error="no such host")
    assert [alert.title for alert in run.alerts()] == ["search failed 5 times in the same way between 0 and 9"]


def test_same_answer(run: Run) -> None:
    """A call that works, and says the same each time."""
    for _ in range(SAME):
        run.tool("check", {"id": 7}, "queued")
    [alert] = run.alerts()
    assert (
        alert.title
        == "check was called 4 times with the same arguments and answered the same each time, between 0 and 7"
    )


def test_no_answer(run: Run) -> None:
    """Calls of which no result is recorded."""
    for _ in range(6):
        run.call("check", {"id": 7})
    [alert] = run.alerts()
    assert alert.title == "check was called 6 times with the same arguments and nothing came back, between 0 and 5"


def test_long(run: Run) -> None:
    """Of a very long loop the first calls and the last one are named, and all are counted."""
    calls = [run.tool("check", {}, "queued") for _ in range(200)]
    [alert] = run.alerts(RULE)
    assert alert.evidence == (*calls[:63], calls[-1])
    assert "called 200 times" in alert.title


def test_two_loops(run: Run) -> None:
    """A call that is repeated again much later is another loop."""
    for _ in range(SAME):
        run.tool("check", {}, "queued")
    for index in range(WINDOW):
        run.tool("search", {"q": index})
    for _ in range(SAME):
        run.tool("check", {}, "queued")
    assert [alert.first_row for alert in run.alerts(RULE)] == [0, 2 * (SAME + WINDOW)]


@pytest.mark.parametrize("calls", ["batch", "searches", "plan", "progress", "agents"])
def test_healthy(run: Run, calls: str) -> None:
    """Parallel reads, searches for different words, distinct steps, progress, one call by each of several: silence."""
    if calls == "batch":
        started = [run.call("read", {"path": f"{index}.py"}) for index in range(6)]
        for call in started:
            run.result(call, "read", "text")
    for index in range(3 if calls == "searches" else 0):
        run.tool("search", {"q": index}, "nothing found")
    for name in ("plan", "read", "edit", "test", "commit") if calls == "plan" else ():
        run.model()
        run.tool(name)
    for index in range(10 if calls == "progress" else 0):
        run.tool("check", {"id": 7}, f"{index} of 10")
    for index in range(10 if calls == "agents" else 0):
        run.tool("read", {"path": "README"}, "text", agent=f"reader-{index}")
    run.model()
    run.model()
    assert run.alerts() == []
