"""Other questions than the demo's, worked on by the real agents: nothing in it is canned by its place in the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases import solve


def test_within_the_limit(tmp_path: Path) -> None:
    """In euros the ledger agent's mistake does no harm, and a small refund passes the guard and is made."""
    run = solve("Customer 5230 was charged twice in October", tmp_path / "trace.jsonl")
    assert run.answer == (
        "**佐藤 花子 was charged twice.** ✅\n\n"
        "- ch_9102 took €19.00 that had been paid already.\n"
        "- I have refunded it: re_9102.\n"
        "- The customer has been told, in their own language."
    )
    [policy], [check] = run.of("prompt_policy"), run.of("safety_check")
    assert (check["data"]["outcome"], check["data"]["risk_level"], check["links"]) == ("pass", "low", [policy["id"]])
    assert run.of("policy_violation", "refusal") == []
    [refund] = run.called("issue_refund")
    assert refund["data"]["arguments"] == {
        "charge_id": "ch_9102",
        "amount_cents": 1_900,
        "reason": "inv_401 was paid twice",
    }


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("8008, October", "Nothing was charged twice. Every payment has an invoice of its own."),
        ("8008, September", "There was no charge in that month."),
        ("9999, October", "I cannot look into it: there is no customer 9999."),
        ("Someone was charged twice!", "Which customer, and which month? I need both to look into it."),
    ],
)
def test_no_case(tmp_path: Path, question: str, answer: str) -> None:
    """Where nothing was charged twice, or nobody can say, the agent says so."""
    assert solve(question, tmp_path / "trace.jsonl").answer == answer
