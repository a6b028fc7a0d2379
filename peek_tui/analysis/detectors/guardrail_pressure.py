"""Guardrail pressure: an agent runs against its guardrails again and again.

Rule: `TIMES` times a guardrail said no to one agent (a safety check with the outcome `fail` or `block`, or a refusal or
policy violation that no such check came before), with at most `GAP` of its decisions and calls from one to the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..alerts import Found
from ..episodes import Episode, Episodes, number, quoted
from ..news import News
from ..verdicts import SEEMS_NO, Verdicts

__all__ = ["GuardrailPressure"]

TIMES = 3
GAP = 10


class GuardrailPressure:
    """Finds agents that are told no several times."""

    rule = "guardrail_pressure"
    reads = (SEEMS_NO,)

    def __init__(self) -> None:
        self._verdicts = Verdicts()
        self._pressed: dict[int, _Pressure] = {}
        self._episodes = Episodes(self.rule)

    def take(self, news: News) -> Iterator[Found]:
        for no in self._verdicts.take(news):
            pressed = self._pressed.get(no.agent)
            if pressed is None or no.steps - pressed.steps > GAP:
                pressed = self._pressed[no.agent] = _Pressure()
            pressed.steps = no.steps
            pressed.add(no.row)
            pressed.policies[no.policy] = pressed.policies.get(no.policy, 0) + 1
            if pressed.count >= TIMES:
                self._episodes.touch((no.agent, pressed.first_row), "medium", pressed)
        return self._episodes.tell(news)


class _Pressure(Episode):
    __slots__ = ("policies", "steps")

    def __init__(self) -> None:
        super().__init__()
        self.policies: dict[str, int] = {}
        self.steps = 0

    def title(self, news: News) -> str:
        most = max(self.policies, key=lambda policy: self.policies[policy])
        policy = quoted(most, "one without a name")
        return f"guardrails said no {number(self.count)} times {self.between}, most often {policy}"
