"""What the demo agent must not do alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from capture import TraceContext

from .desk import REFUND_LIMIT_CENTS

__all__ = ["Objection", "check_refund"]

POLICY = "refund_limit"


class Objection(NamedTuple):
    """Why something is not done."""

    reason: str
    events: tuple[str, ...]
    """The events that record it."""


def check_refund(trace: TraceContext, arguments: Mapping[str, object]) -> Objection | None:
    """Object to a refund that is above what an agent may decide, and record the check either way."""
    amount = arguments.get("amount_cents")
    allowed = isinstance(amount, int) and amount <= REFUND_LIMIT_CENTS
    check = trace.record_safety_check(
        policy_name=POLICY,
        outcome="pass" if allowed else "block",
        risk_level="low" if allowed else "high",
        rationale=f"a refund of {amount} cents; an agent may decide {REFUND_LIMIT_CENTS}",
        blocked_action=None if allowed else "issue_refund",
        evidence=[arguments],
    )
    if allowed:
        return None
    reason = f"a refund of {amount} cents is above the limit of {REFUND_LIMIT_CENTS}"
    refusal = trace.record_refusal(
        reason=reason,
        policy_name=POLICY,
        risk_level="high",
        blocked_action="issue_refund",
        safe_alternative="request_approval",
    )
    return Objection(reason, (check, refusal))
