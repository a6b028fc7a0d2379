from __future__ import annotations

from typing import Any

from tests.analysis.run import Run

RULE = "prompt_policy_shift"


def policy(run: Run, template: str = "limit", **data: Any) -> str:
    return run.add("prompt_policy", template, {"template_id": template, "speaker": "desk", **data})


def test_parameters(run: Run) -> None:
    """Parameters that change are named, with what they were and are."""
    first = policy(run, policy_parameters={"cents": 25000, "above": "ask"})
    second = policy(run, policy_parameters={"cents": 90000, "above": "ask"})
    [alert] = run.alerts(RULE)
    assert (alert.evidence, alert.title) == ((first, second), "limit changed at 1: cents 25000 → 90000")


def test_template(run: Run) -> None:
    """Another template for the same goal of the same speaker."""
    policy(run, goal="be safe")
    policy(run, "freedom", goal="be safe")
    assert [alert.title for alert in run.alerts(RULE)] == ["limit was replaced by freedom at 1"]


def test_healthy(run: Run) -> None:
    """The same policy again or with more, another speaker's, another goal's, nameless ones: nothing has shifted."""
    policy(run, policy_parameters={}, goal="a")
    policy(run, policy_parameters={"cents": 1}, goal="a")
    policy(run, policy_parameters={"cents": 1}, goal="a")
    policy(run, policy_parameters={"cents": 2}, goal="a", speaker="ledger")
    policy(run, "tone", goal="b")
    run.add("prompt_policy", data={"policy_parameters": {"cents": 1}})
    run.add("prompt_policy", data={"policy_parameters": {"cents": 2}})
    assert run.alerts() == []
