from __future__ import annotations

import pytest

from tests.analysis.run import Run

RULE = "oscillation"


def test_three(run: Run) -> None:
    """Three calls in a circle, ten times: one alert over all of them."""
    calls = [run.tool(name) for _ in range(10) for name in ("search", "read", "plan")]
    [alert] = run.alerts(RULE)
    assert alert.title == "search → read → plan went round 10 times with nothing new, between 0 and 59"
    assert alert.evidence == tuple(calls)


def test_two(run: Run) -> None:
    """A call and another in turn, twice, among model calls."""
    for _ in range(2):
        for name in ("search", "read"):
            run.model()
            run.call(name)
    [alert] = run.alerts(RULE)
    assert (alert.first_row, alert.last_row, len(alert.evidence)) == (2, 11, 4)


def test_unaligned(run: Run) -> None:
    """A circle that begins in the middle of other calls, with results that come late."""
    run.tool("plan")
    open = []
    for _ in range(3):
        for name in ("a", "b", "c", "d"):
            open.append((run.call(name), name))
            if len(open) > 1:
                run.result(*open.pop(0))
    [alert] = run.alerts(RULE)
    assert alert.title.startswith("a → b → c → d went round 3 times")


@pytest.mark.parametrize("calls", ["one", "news", "arguments", "agents", "once"])
def test_healthy(run: Run, calls: str) -> None:
    """One call alone, answers that change, other arguments, two agents in turn, one round: none is a circle."""
    for index in range(8):
        match calls:
            case "one":
                run.tool("read")
            case "news":
                run.tool("wait", result="waited")
                run.tool("read", result=index)
            case "arguments":
                run.tool("edit", {"line": index})
                run.tool("test")
            case "agents":
                run.tool("read", agent="a")
                run.tool("test", agent="b")
    for name in ("a", "b", "c") if calls == "once" else ():
        run.tool(name)
    assert run.alerts(RULE) == []
