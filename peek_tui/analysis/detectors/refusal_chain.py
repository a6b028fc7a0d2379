"""Refusal chain: a policy was in force, a check blocked an action, and the agent was refused.

Rule: a safety check with the outcome `fail` or `block` is followed within `WINDOW` events by a refusal of the same
agent, and the policy was broken in between (a `policy_violation`) or had been set before (a `prompt_policy` of that
name). All of them are the evidence, the policy first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from peek_tui.trace.model import Event

from ..alerts import Alert, Found, Severity
from ..episodes import number, quoted
from ..news import News
from ..values import word_of
from ..verdicts import SEEMS_NO, blocks

__all__ = ["RefusalChain"]

WINDOW = 20

_TYPES = ("prompt_policy", "policy_violation", "refusal")


@dataclass
class _Chain:
    check: Event
    violations: list[Event] = field(default_factory=list)


class RefusalChain:
    """Finds a block that ended in a refusal."""

    rule = "refusal_chain"
    reads = (SEEMS_NO,)

    def __init__(self) -> None:
        self._policies: dict[tuple[str, str], Event] = {}
        """The last one of each session and name."""
        self._open: dict[int, _Chain] = {}

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        rows = np.sort(np.concatenate((news.rows(*_TYPES), blocks(news))))
        for row, agent in zip(rows.tolist(), news.agents(rows).tolist(), strict=True):
            event = news.event(row)
            chain = self._open.get(agent)
            if chain is not None and row - chain.check.row > WINDOW:
                chain = self._open.pop(agent) and None
            match event.type:
                case "prompt_policy":
                    self._policies[event.session, _policy(event)] = event
                case "safety_check":
                    self._open[agent] = _Chain(event)
                case "policy_violation" if chain is not None:
                    chain.violations.append(event)
                case "refusal" if chain is not None:
                    del self._open[agent]
                    yield from self._close(chain, event)

    def _close(self, chain: _Chain, refusal: Event) -> Iterator[Found]:
        policy = self._policies.get((refusal.session, _policy(chain.check)))
        if policy is None and not chain.violations:
            return
        events = [*([policy] if policy else []), chain.check, *chain.violations, refusal]
        action = _blocked(refusal) or _blocked(chain.check)
        title = (
            f"{quoted(_policy(chain.check), 'a policy')} blocked {quoted(action, 'an action')}"
            f" at {number(chain.check.row)} and the agent was refused at {number(refusal.row)}"
        )
        ids = tuple(event.id for event in events)
        severity: Severity = "high" if chain.violations else "medium"
        yield Found(refusal.row, Alert(self.rule, severity, title, ids, chain.check.row, refusal.row))


def _policy(event: Event) -> str:
    return word_of(event.data.get("policy_name")) or word_of(event.data.get("template_id")) or event.name


def _blocked(event: Event) -> str:
    return word_of(event.data.get("blocked_action"))
