"""What the signals share about one run: its acts, the words and values of each, who leads, what the answer was."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from peek_tui.analysis.values import amounts, content_words, values

from .steps import Step

__all__ = ["CONTRIBUTION", "Run"]

CONTRIBUTION = 25
"""Words from which on something said counts as a contribution and not as passing the word on."""
_LEADS = 0.65, 0.9
"""Of a team's acts, the share its leader has at the least; of the others' acts, the share that follows one of those."""
_ASKS = 4
"""Words that a request has at the least."""
_ANSWER = re.compile(r"\b(?:final answer|the answer is|answer:)[\s:*]*(.{1,300})", re.IGNORECASE)
_TOKENS = re.compile(r"[\w.]+")
_SAYS_NOTHING = frozenset({"terminate", "agreed", "thank", "complete", "completed", "done"})


@dataclass
class Run:
    """One run, as far as its signals need it. Lists with an entry an act are in the order of `acts`."""

    steps: Sequence[Step]
    peers: Sequence[Run] = ()
    """Runs of the same agent that went well."""
    acts: list[Step] = field(init=False)
    places: list[int] = field(init=False)
    """Where each act stands among the steps."""

    def __post_init__(self) -> None:
        self.places = [place for place, step in enumerate(self.steps) if step.kind == "act"]
        self.acts = [self.steps[place] for place in self.places]

    def __len__(self) -> int:
        return len(self.acts)

    @cached_property
    def task(self) -> str:
        """What was asked for: by a person, else by the first act, which then hands it on."""
        told = next((step.text for step in self.steps if step.kind == "told"), "")
        return told or (self.acts[0].text if self.acts else "")

    @cached_property
    def task_words(self) -> set[str]:
        return content_words(self.task)

    @cached_property
    def all_values(self) -> list[set[str]]:
        """The values of every step, acts and others."""
        return [values(step.text) for step in self.steps]

    @cached_property
    def fresh(self) -> list[set[str]]:
        """The values of each act that nothing before it mentions."""
        known = values(self.task)
        fresh = []
        for step, found in zip(self.steps, self.all_values, strict=True):
            if step.kind == "act":
                fresh.append(found - known)
            known |= found
        return fresh

    @cached_property
    def values(self) -> list[set[str]]:
        """The values of each act."""
        return [self.all_values[place] for place in self.places]

    @cached_property
    def users(self) -> dict[str, list[int]]:
        """The acts that use a value, in order."""
        users: dict[str, list[int]] = defaultdict(list)
        for act, found in enumerate(self.values):
            for value in found:
                users[value].append(act)
        return users

    @cached_property
    def recast(self) -> list[dict[str, tuple[str, str]]]:
        """The numbers that each act gives in another currency than they had before: the one it was, the one it is."""
        known: dict[str, set[str]] = {}
        recast = []
        for step in self.steps:
            found = amounts(step.text)
            if step.kind == "act":
                other = {number: units - known[number] for number, units in found.items() if number in known}
                recast.append({number: (min(known[number]), min(new)) for number, new in other.items() if new})
            for number, units in found.items():
                known.setdefault(number, set()).update(units)
        return recast

    @cached_property
    def words(self) -> list[set[str]]:
        """What each act is about."""
        return [content_words(act.text) for act in self.acts]

    @cached_property
    def lengths(self) -> list[int]:
        """How many words each act has."""
        return [len(act.text.split()) for act in self.acts]

    @cached_property
    def leader(self) -> str | None:
        """The agent that speaks before each of the others does; None in a run without one."""
        spoken = Counter(act.agent for act in self.acts)
        if len(spoken) < 2:
            return None
        agent, count = spoken.most_common(1)[0]
        others = [place for place in range(1, len(self)) if self.acts[place].agent != agent]
        led = sum(self.acts[place - 1].agent == agent for place in others)
        share, follow = _LEADS
        return agent if others and count >= share * len(self) and led > follow * len(others) else None

    @cached_property
    def leads(self) -> list[bool]:
        """Whether each act is the leader's."""
        return [self.leader is not None and act.agent == self.leader for act in self.acts]

    @cached_property
    def requests(self) -> list[int]:
        """The leader's acts that ask others for something: of what it says in one go, the last that is no decision."""
        requests = []
        for leads, acts in groupby(range(len(self)), lambda act: self.leads[act]):
            asking = [act for act in acts if self.acts[act].opener != "decision" and self.lengths[act] >= _ASKS]
            if leads and asking:
                requests.append(asking[-1])
        return requests

    @cached_property
    def contributions(self) -> list[int]:
        """The acts that bring something: not the leader's, and neither short nor without a call."""
        open_ = [act for act in range(len(self)) if not self.leads[act]]
        full = [act for act in open_ if self.lengths[act] >= CONTRIBUTION or self.acts[act].tools]
        return full or open_

    @cached_property
    def before(self) -> list[int]:
        """How many contributions stand before each act."""
        counts, count, full = [], 0, set(self.contributions)
        for act in range(len(self)):
            counts.append(count)
            count += act in full
        return counts

    @cached_property
    def stated_answer(self) -> set[str]:
        """The words and numbers of what a step calls the answer, without those of the task; empty when none does."""
        asked = set(_TOKENS.findall(self.task.lower()))
        for step in reversed(self.steps):
            said = list(_ANSWER.finditer(step.said)) if step.kind in ("act", "end") else []
            if said:
                found = {word.strip(".") for word in _TOKENS.findall(said[-1][1].split("\n")[0].lower())}
                return {word for word in found - asked if len(word) > 1}
        return set()

    @cached_property
    def answer(self) -> set[str]:
        """The stated answer; where none is stated, the values of the last contribution that the task does not hold."""
        last = next((act for act in reversed(self.contributions) if self.words[act] - _SAYS_NOTHING), None)
        return self.stated_answer or (self.values[last] - values(self.task) if last is not None else set())
