"""What the support agent must not do alone: a policy in force, and what is recorded when something goes against it."""

from __future__ import annotations

from collections.abc import Mapping

from capture import TraceContext

from .company import REFUND_LIMIT_CENTS
from .tools import Outcome

__all__ = ["RefundGuard"]

_POLICY = "refund_limit"
_INSTEAD = "request_approval"


class RefundGuard:
    """Looks at refunds before they are made. Each event it records links the one that led to it."""

    def __init__(self, trace: TraceContext) -> None:
        self._trace = trace
        self._policy = trace.record_prompt_policy(
            template_id=_POLICY,
            policy_parameters={"limit_cents": REFUND_LIMIT_CENTS, "above": _INSTEAD},
            speaker=trace.agent_name,
            goal="money moves only within the agent's limit",
        )

    def objection(self, arguments: Mapping[str, object]) -> Outcome | None:
        """What to tell the model instead of making a refund above the limit; the look is recorded either way."""
        amount = arguments.get("amount_cents")
        allowed = isinstance(amount, int) and amount <= REFUND_LIMIT_CENTS
        check = self._trace.record_safety_check(
            policy_name=_POLICY,
            outcome="pass" if allowed else "block",
            risk_level="low" if allowed else "high",
            rationale=f"a refund of {amount} cents; an agent may decide {REFUND_LIMIT_CENTS}",
            blocked_action=None if allowed else "issue_refund",
            evidence=[arguments],
            links=[self._policy],
        )
        return None if allowed else self._refuse(amount, check)

    def _refuse(self, amount: object, check: str) -> Outcome:
        violation = self._trace.record_policy_violation(
            policy_name=_POLICY,
            violation_type="refund above the limit",
            severity="high",
            details={"amount_cents": amount, "limit_cents": REFUND_LIMIT_CENTS},
            links=[check],
        )
        reason = f"a refund of {amount} cents is above the limit of {REFUND_LIMIT_CENTS}"
        refusal = self._trace.record_refusal(
            reason=reason,
            policy_name=_POLICY,
            risk_level="high",
            blocked_action="issue_refund",
            safe_alternative=_INSTEAD,
            links=[violation],
        )
        return Outcome(f"{reason}, use {_INSTEAD}", failed=True, forbidden=(check, violation, refusal))
