from __future__ import annotations

import pytest

from tests.analysis.run import Run

RULE = "stall"


def wait(run: Run, seconds: float) -> int:
    run.clock += int(seconds)
    return run.clock * 1_000_000_000


def test_pause(run: Run) -> None:
    """Ten minutes of nothing in a run with a pace of a second."""
    for _ in range(40):
        run.add("log", ts=wait(run, 1))
    last = run.ids[-1]
    next = run.add("log", ts=wait(run, 600))
    [alert] = run.alerts(RULE)
    assert (alert.evidence, alert.first_row, alert.last_row) == ((last, next), 39, 40)
    assert alert.title == "nothing happened for 10 min between 39 and 40"


def test_long_call(run: Run) -> None:
    """One call that takes five minutes where others of the tool take two seconds."""
    for _ in range(6):
        run.result(run.call("search"), "search", duration_ms=2000)
    call = run.call("search")
    result = run.result(call, "search", duration_ms=300_000)
    [alert] = run.alerts(RULE)
    assert (alert.evidence, alert.title) == ((call, result), "search took 5 min at 12, mostly 2 s")


@pytest.mark.parametrize("case", ["person", "own pace", "early", "no times", "slow tool"])
def test_healthy(run: Run, case: str) -> None:
    """Waiting for a person, a run as slow as ever, its first events, no times, a tool that is always slow: no stall."""
    pace = 0 if case == "early" else 200 if case == "own pace" else 1
    for _ in range(1 if case == "early" else 40):
        run.add("log", ts=wait(run, pace))
    match case:
        case "person":
            run.add("user_message", ts=wait(run, 6000))
        case "own pace" | "early":
            run.add("log", ts=wait(run, 600))
        case "no times":
            run.add("log", ts=1)
        case "slow tool":
            for _ in range(10):
                run.result(run.call("build"), "build", duration_ms=300_000)
    assert run.alerts(RULE) == []
