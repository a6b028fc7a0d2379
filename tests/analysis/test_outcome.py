from __future__ import annotations

import pytest

from peek_tui.analysis.outcome import outcome, verdict

from .run import Run


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        ("finished", "completed", "completed"), ("unknown", "completed", "completed"), ("finished", "error", "failed"),
        ("crashed", None, "failed"), ("finished", "cancelled", "unknown"), ("running", None, "unknown"),
        ("running", "completed", "unknown"), ("unknown", None, "unknown"),
    ],
)  # fmt: skip
def test_verdict(status: str, said: str | None, expected: str) -> None:
    """A run failed when it crashed or its agent ended with an error; what still runs or was cancelled is unknown."""
    assert verdict(status, [said]) == expected


def test_any_that_failed() -> None:
    """Of several runs one that failed is enough, and one that did not complete."""
    assert verdict("finished", ["completed", "error"]) == "failed"
    assert verdict("finished", ["completed", None]) == "unknown"
    assert verdict("finished", []) == "unknown"


def test_error(run: Run) -> None:
    """An agent that ended with an error is the reason, and the end of a subagent is none."""
    start = run.add("agent_start", "desk")
    inner = run.add("agent_start", "ledger", parent=start)
    run.add("agent_end", "ledger", {"status": "completed"}, inner)
    failure = {"type": "ValueError", "message": "no money"}
    end = run.add("agent_end", "desk", {"status": "error"}, start, error=failure)
    found = outcome(run.snapshot(), "finished")
    assert found.verdict == "failed"
    assert found.reasons == (("desk ended as error: ValueError: no money.", (end,)),)


def test_crash(run: Run) -> None:
    """Of a run that crashed the last event is the evidence."""
    run.add("agent_start", "desk")
    last = run.call("search")
    found = outcome(run.snapshot(), "crashed")
    reason = "Its writer is gone and wrote no end; the last it wrote is tool_call search."
    assert (found.verdict, found.reasons) == ("failed", ((reason, (last,)),))


@pytest.mark.parametrize(
    ("status", "reason"), [("running", "It is still running."), ("unknown", "Nothing says how it ended.")]
)
def test_unknown(run: Run, status: str, reason: str) -> None:
    """A run that did not say how it ended has the outcome unknown, and the reason says why."""
    run.add("agent_start", "desk")
    found = outcome(run.snapshot(), status)
    assert (found.verdict, [one.text for one in found.reasons]) == ("unknown", [reason])


def test_completed(run: Run) -> None:
    """Each session's own agent says that it completed."""
    start = run.add("agent_start", "desk")
    end = run.add("agent_end", "desk", {"status": "completed"}, start)
    found = outcome(run.snapshot(), "finished")
    assert (found.verdict, found.reasons) == ("completed", (("desk ended as completed.", (end,)),))


def test_several_agents(run: Run) -> None:
    """An agent of a session that failed is what counts, though one that completed comes after it."""
    ends = []
    for status in ("cancelled", "error", "completed"):
        start = run.add("agent_start", "desk")
        ends.append(run.add("agent_end", "desk", {"status": status}, start))
    found = outcome(run.snapshot(), "finished")
    assert (found.verdict, found.reasons) == ("failed", (("desk ended as error.", (ends[1],)),))
