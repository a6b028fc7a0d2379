from __future__ import annotations

from tests.analysis.run import Run


def test_captured(run: Run) -> None:
    """What the agent's own watchdog raised, with its severity, its words and the events it names."""
    call = run.call("search")
    data = {"alert_type": "looping", "severity": "critical", "signal": "3 times", "related_event_ids": [call, "f" * 16]}
    id = run.add("behavior_alert", "looping", data)
    [alert] = run.alerts()
    assert (alert.rule, alert.severity, alert.evidence) == ("behavior_alert", "high", (id, call))
    assert alert.title == "the agent's own watchdog raised looping at 1: 3 times"
