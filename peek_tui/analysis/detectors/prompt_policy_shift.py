"""Prompt policy shift: the rules an agent was given changed while it worked.

Rule: a `prompt_policy` of a template with a name changes or drops parameters that the template had before in this run,
for the same speaker; or it gives the same speaker another template for the same goal. To add parameters is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peek_tui.trace.model import Event

from ..alerts import Alert, Found
from ..episodes import number, quoted
from ..news import News
from ..values import differ, word_of

__all__ = ["PromptPolicyShift"]

_NAMED = 3


class PromptPolicyShift:
    """Finds policies that change."""

    rule = "prompt_policy_shift"

    def __init__(self) -> None:
        self._set: dict[tuple[str, ...], Event] = {}

    def take(self, news: News) -> Iterator[Found]:
        for event in news.events("prompt_policy"):
            speaker = word_of(event.data.get("speaker")) or event.agent or ""
            template, goal = _template(event), word_of(event.data.get("goal"))
            if not template:
                continue
            before = self._set.get((event.session, speaker, "template", template))
            changed = _changed(before, event) if before else []
            if before and changed:
                title = f"{quoted(template, 'a policy')} changed at {number(event.row)}: {', '.join(changed)}"
                yield self._found(before, event, title)
            other = self._set.get((event.session, speaker, "goal", goal)) if goal else None
            if other and _template(other) != template:
                names = quoted(_template(other), "a policy"), quoted(template, "another")
                yield self._found(other, event, f"{names[0]} was replaced by {names[1]} at {number(event.row)}")
            self._set[event.session, speaker, "template", template] = event
            self._set[event.session, speaker, "goal", goal] = event

    def _found(self, before: Event, event: Event, title: str) -> Found:
        return Found(event.row, Alert(self.rule, "medium", title, (before.id, event.id), before.row, event.row))


def _template(event: Event) -> str:
    return word_of(event.data.get("template_id")) or event.name


def _changed(before: Event, event: Event) -> list[str]:
    """Return what is different, in words."""
    old, new = (one.data.get("policy_parameters") for one in (before, event))
    if not isinstance(old, dict) or not isinstance(new, dict):
        return ["its parameters"] if differ(old, new) else []
    keys = [key for key in old if differ(old[key], new.get(key))]
    said = [f"{quoted(key)} {_shown(old[key])} → {_shown(new.get(key))}" for key in keys[:_NAMED]]
    return [*said, f"and {len(keys) - _NAMED} more"] if len(keys) > _NAMED else said


def _shown(value: Any) -> str:
    return quoted(word_of(value), "nothing" if value in (None, "") else "several values")
