from __future__ import annotations

from typing import Any

import pytest

from tests.analysis.run import Run

RULE = "strategy_change"


def decide(run: Run, choice: str, **data: Any) -> str:
    return run.add("decision", choice, {"chosen_action": choice, **data})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"alternatives": ["book"]}, {}),
        ({}, {"alternatives": ["search"]}),
        ({"evidence": ["a", "b"]}, {"evidence": ["b"]}),
    ],
)
def test_going_back(run: Run, first: dict[str, Any], second: dict[str, Any]) -> None:
    """The agent chooses what it had rejected, rejects what it had chosen, or says nothing new for it."""
    ids = decide(run, "search", **first), run.model() and decide(run, "book", **second)
    [alert] = run.alerts(RULE)
    assert alert.evidence == ids
    assert alert.title == "the agent went from search to book at 3 with no new evidence since 0"


def test_reasons(run: Run) -> None:
    """A result, a message, a check or new evidence between is a reason; so is it no change to choose the same."""
    for reason in ("tool_result", "user_message", "safety_check"):
        decide(run, "search", alternatives=["book"])
        run.add(reason)
        decide(run, "book", alternatives=["search"])
        run.add("agent_turn")
    decide(run, "search", evidence=["a"])
    decide(run, "book", evidence=["a", "c"])
    run.add("agent_turn")
    decide(run, "search", alternatives=["book"])
    decide(run, "search", alternatives=["book"])
    run.add("agent_turn")
    decide(run, "one")
    decide(run, "two")
    assert run.alerts(RULE) == []


def test_other_agents(run: Run) -> None:
    """What another agent decides, or finds out, is neither a change nor a reason."""
    first = decide(run, "search", alternatives=["book"])
    run.add("decision", "book", {"chosen_action": "book", "alternatives": ["search"]}, agent="other")
    run.add("tool_result", agent="other")
    second = decide(run, "book")
    assert [alert.evidence for alert in run.alerts(RULE)] == [(first, second)]
