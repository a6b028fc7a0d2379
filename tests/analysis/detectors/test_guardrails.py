"""Guardrail pressure and refusal chains look at the same events."""

from __future__ import annotations

from typing import Any

from tests.analysis.run import Run

PRESSURE, CHAIN = "guardrail_pressure", "refusal_chain"


def block(run: Run, outcome: str = "block", **header: Any) -> str:
    data = {"policy_name": "limit", "outcome": outcome, "blocked_action": "refund"}
    return run.add("safety_check", "limit", data, **header)


def test_pressure(run: Run) -> None:
    """Three times a guardrail said no, with the violations and refusals that belong to it counted once."""
    checks = []
    for _ in range(3):
        run.add("decision", "refund")
        checks.append(block(run))
        run.add("policy_violation", "limit", {"policy_name": "limit"})
        run.add("refusal", "limit", {"policy_name": "limit"})
    [alert] = run.alerts(PRESSURE)
    assert alert.evidence == tuple(checks)
    assert alert.title == "guardrails said no 3 times between 1 and 9, most often limit"


def test_refusals_alone(run: Run) -> None:
    """Refusals without a check count each."""
    refusals = [run.add("refusal", "limit", {"policy_name": "limit"}) for _ in range(3)]
    assert [alert.evidence for alert in run.alerts(PRESSURE)] == [tuple(refusals)]


def test_no_pressure(run: Run) -> None:
    """Checks that pass or warn, noes far apart, and noes to different agents are none."""
    for outcome in ("pass", "warn", "pass", "warn"):
        block(run, outcome)
    for _ in range(3):
        block(run)
        for index in range(11):
            run.tool("read", {"line": index, "file": run.ids[-1]})
    for agent in ("a", "b", "c"):
        block(run, agent=agent)
    assert run.alerts(PRESSURE) == []


def test_chain(run: Run) -> None:
    """Policy, check, violation, refusal: all four are the evidence."""
    policy = run.add("prompt_policy", "limit", {"template_id": "limit"})
    chain = [policy, block(run), run.add("policy_violation", "limit"), run.add("refusal", "limit")]
    [alert] = run.alerts(CHAIN)
    assert (alert.evidence, alert.severity, alert.first_row, alert.last_row) == (tuple(chain), "high", 1, 3)
    assert alert.title == "limit blocked refund at 1 and the agent was refused at 3"


def test_broken_chains(run: Run) -> None:
    """A block without refusal, a refusal without block, or one of another agent: no chain."""
    run.add("prompt_policy", "limit", {"template_id": "limit"})
    block(run)
    run.add("refusal", "limit", agent="other")
    block(run, "pass", agent="third")
    run.add("refusal", "limit", agent="third")
    assert run.alerts(CHAIN) == []
