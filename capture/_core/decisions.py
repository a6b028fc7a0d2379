"""The `record_*` methods for what an agent decided and what others made of it: checks, refusals, alerts, repairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .common import Common, Recording
from .ids import EventId

if TYPE_CHECKING:
    from typing import Unpack

__all__ = ["DecisionRecords"]


class DecisionRecords(Recording):
    """See `Records`, which has these too."""

    def record_decision(
        self,
        reasoning: str | None = None,
        confidence: float | None = None,
        chosen_action: str | None = None,
        alternatives: Any = None,
        evidence: Any = None,
        evidence_event_ids: Sequence[str] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record what the agent chose to do next. `confidence` is 0..1; calls that follow belong to this decision."""
        data = {
            "reasoning": reasoning,
            "confidence": confidence,
            "chosen_action": chosen_action,
            "alternatives": alternatives,
            "evidence": evidence,
            "evidence_event_ids": evidence_event_ids,
        }
        return self._record("decision", chosen_action, data, common)

    def record_safety_check(
        self,
        policy_name: str | None = None,
        outcome: str | None = None,
        risk_level: str | None = None,
        rationale: str | None = None,
        blocked_action: str | None = None,
        evidence: Any = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record a guardrail's look: `outcome` pass, warn, fail, block; `risk_level` low, medium, high, critical."""
        data = {
            "policy_name": policy_name,
            "outcome": outcome,
            "risk_level": risk_level,
            "rationale": rationale,
            "blocked_action": blocked_action,
            "evidence": evidence,
        }
        return self._record("safety_check", policy_name, data, common)

    def record_refusal(
        self,
        reason: str | None = None,
        policy_name: str | None = None,
        risk_level: str | None = None,
        blocked_action: str | None = None,
        safe_alternative: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that the agent or its model refused."""
        data = {
            "reason": reason,
            "policy_name": policy_name,
            "risk_level": risk_level,
            "blocked_action": blocked_action,
            "safe_alternative": safe_alternative,
        }
        return self._record("refusal", policy_name, data, common)

    def record_policy_violation(
        self,
        policy_name: str | None = None,
        violation_type: str | None = None,
        severity: str | None = None,
        details: Any = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record that a policy was broken."""
        data = {
            "policy_name": policy_name,
            "violation_type": violation_type,
            "severity": severity,
            "details": details,
        }
        return self._record("policy_violation", policy_name, data, common)

    def record_prompt_policy(
        self,
        template_id: str | None = None,
        policy_parameters: Mapping[str, Any] | None = None,
        speaker: str | None = None,
        goal: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record which prompt template is in force, and with which parameters."""
        data = {
            "template_id": template_id,
            "policy_parameters": policy_parameters,
            "speaker": speaker,
            "goal": goal,
        }
        return self._record("prompt_policy", template_id, data, common)

    def record_behavior_alert(
        self,
        alert_type: str | None = None,
        severity: str | None = None,
        signal: Any = None,
        related_event_ids: Sequence[str] | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record an alert of the agent's own watchdog."""
        data = {
            "alert_type": alert_type,
            "severity": severity,
            "signal": signal,
            "related_event_ids": related_event_ids,
        }
        return self._record("behavior_alert", alert_type, data, common)

    def record_repair_attempt(
        self,
        attempted_fix: str | None = None,
        validation_result: Any = None,
        outcome: str | None = None,
        **common: Unpack[Common],
    ) -> EventId:
        """Record an attempt to mend a failure: `outcome` success, failure or partial."""
        data = {
            "attempted_fix": attempted_fix,
            "validation_result": validation_result,
            "outcome": outcome,
        }
        return self._record("repair_attempt", None, data, common)
