"""A run as its steps: what an agent did at once, and what it saw.

A step is an answer of a model, a decision or a turn, together with the calls it makes; or what a person said, what a
tool gave back, how an agent ended. Formats differ in how many events they spend on one; what can be blamed is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from peek_tui.analysis.values import text_of, word_of
from peek_tui.trace.model import Event
from peek_tui.trace.query import of_types
from peek_tui.trace.store import Snapshot

from .outputs import code_in, read_output, speaker

__all__ = ["Step", "read_runs"]

_SAYS = {
    "agent_turn": ("goal", "content"),
    "decision": ("reasoning",),
    "llm_request": ("system", "messages"),
    "llm_response": ("content",),
    "refusal": ("reason",),
    "repair_attempt": ("attempted_fix",),
    "subagent_start": ("prompt",),
    "user_message": ("content",),
    "tool_result": ("result",),
    "agent_end": ("result",),
    "subagent_end": ("result",),
    "policy_violation": ("details",),
    "safety_check": ("rationale",),
}
_ACTS = frozenset({"agent_turn", "decision", "file_write", "llm_response", "refusal", "subagent_start", "tool_call"})
_SEEN = frozenset({"error", "policy_violation", "safety_check", "subagent_end", "tool_result"})
_ENDS = {"agent_end": "end", "user_message": "told"}
_READ = _ACTS | _SEEN | _ENDS.keys() | {"llm_request"}
_MOST = 20_000
"""Events that are looked at: reading more takes longer than a person waits."""
_FIRST = 2_000
"""Of these, how many are the first ones."""


@dataclass
class Step:
    """What an agent did at once, or something it saw."""

    row: int
    """The event that stands for it."""
    id: str
    kind: str
    """`act`, or `told` by a person, `seen` from a tool, `end` of the run."""
    agent: str
    said: str = ""
    done: str = ""
    """What its calls were given."""
    tools: list[str] = field(default_factory=list)
    result: str = ""
    """What its calls gave back, as far as they gave anything back."""
    failed: bool = False
    """Whether it, or one of its calls, failed."""
    answered: bool = False
    """Whether one of its calls gave anything back."""
    source_step: int | None = None
    opener: str = ""
    """The type of the event it began with."""

    @property
    def text(self) -> str:
        return f"{self.said}\n{self.done}" if self.done else self.said


def read_runs(snapshot: Snapshot) -> dict[str, list[Step]]:
    """Return the steps of each run, in order, by its session; of a very long trace those of its beginning and end."""
    rows = snapshot.rows(of_types(sorted(_READ)))
    if len(rows) > _MOST:
        rows = [*rows[:_FIRST], *rows[_FIRST - _MOST :]]
    runs: dict[str, _Reader] = {}
    asked: set[tuple[str, str]] = set()
    for row in rows:
        if snapshot.type(row) == "llm_request":  # of each agent's, the first: what it was told before it did anything
            who = snapshot.session(row), snapshot.agent(row)
            if who in asked:
                continue
            asked.add(who)
        event = snapshot.event(row)
        runs.setdefault(event.session, _Reader()).take(event)
    return {session: reader.steps for session, reader in runs.items()}


class _Reader:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._open: dict[str, Step] = {}
        """The act of each agent that its next call may belong to."""
        self._calls: dict[str, Step] = {}
        """The act each call belongs to, by the call's id."""
        self._last: Step | None = None
        """The last act that said or called something: what is seen next came of it, where nothing else is known."""

    def take(self, event: Event) -> None:
        """Take the next event that is read."""
        agent = speaker(event.agent or "")
        said = "\n".join(filter(None, (text_of(event.data.get(key)) for key in _SAYS.get(event.type, ()))))
        if event.type in _SEEN:
            self._see(event, agent, said)
        elif event.type in _ENDS:
            if said:
                self._add(event, _ENDS[event.type], agent, said)
                self._open.clear()
        elif event.type == "llm_request":
            self._add(event, "told", agent, said)
        else:
            self._act(event, agent, said)

    def _act(self, event: Event, agent: str, said: str) -> None:
        match event.type:
            case "tool_call":
                self._call(event, agent)
            case "llm_response" if said or event.error:
                self._speak(event, agent, _spoken(event.data.get("content")))
            case "agent_turn" if text_of(event.data.get("content")):
                self._speak(event, agent or speaker(event.name), said)
            case "decision":
                self._decide(event, agent, said)
            case "llm_response" | "agent_turn":
                pass  # neither says anything
            case _:
                self._open_act(event, agent).said += f"\n{said}"

    def _speak(self, event: Event, agent: str, said: str) -> None:
        """Take what an agent said, or an environment that speaks like one."""
        output = read_output(agent, said)
        if output is None:
            self._open[agent] = self._last = self._add(event, "act", agent, said)
            return
        self._answer(self._last, said, failed=output.failed)
        self._add(event, "seen", agent, said).failed = output.failed

    def _decide(self, event: Event, agent: str, said: str) -> None:
        """Take a decision: of what a model answered just before, or an act of its own."""
        act = self._open.get(agent)
        if act is None or act.opener != "llm_response" or act.answered or act.tools:
            self._open[agent] = self._add(event, "act", agent, said)
            return
        act.said = act.said if said in act.said else f"{act.said}\n{said}"
        act.opener = event.type

    def _open_act(self, event: Event, agent: str) -> Step:
        """Return the act of an agent that what it does now belongs to: a new one once it has seen what came of it."""
        act = self._open.get(agent)
        if act is None or act.answered:
            act = self._open[agent] = self._add(event, "act", agent, "")
        return act

    def _call(self, event: Event, agent: str) -> None:
        act = self._open_act(event, agent)
        act.done += text_of(event.data.get("arguments")) + "\n"
        act.tools.append(event.name)
        self._calls[event.id] = self._last = act

    def _see(self, event: Event, agent: str, said: str) -> None:
        failed = event.error is not None or event.data.get("is_error") is True
        failed = failed or event.type == "policy_violation" or event.data.get("outcome") in ("block", "fail")
        error = event.error
        text = said or (f"{error.type}: {error.message}" if error else "")
        self._answer(self._calls.get(event.parent, self._last), text, failed=failed)
        if event.type != "safety_check" or failed:
            self._add(event, "seen", agent, text).failed = failed

    def _answer(self, act: Step | None, text: str, *, failed: bool) -> None:
        """Note what came of an act that called something, or holds code that somebody ran for it."""
        if act is None:
            return
        code = None if act.tools else code_in(act.said)
        if code is not None:
            act.tools.append(code[0])
        if act.tools:
            act.result += f"\n{text}" if act.result else text
            act.failed = act.failed or failed
            act.answered = True

    def _add(self, event: Event, kind: str, agent: str, said: str) -> Step:
        step = Step(event.row, event.id, kind, agent, said, opener=event.type, source_step=source_step(event))
        step.failed = event.error is not None
        self.steps.append(step)
        return step


def source_step(event: Event) -> int | None:
    """Return the index of what an event was imported from in its source; None for what was recorded here."""
    source = event.fields.get("source")
    for said in (event.fields.get("step"), source.get("step") if isinstance(source, dict) else None):
        if isinstance(said, int) and not isinstance(said, bool):
            return said
    line = source.get("line") if isinstance(source, dict) else None
    return line - 1 if isinstance(line, int) and not isinstance(line, bool) else None


def _spoken(content: Any) -> str:
    """Return what a model said, without the calls it made: those are events of their own."""
    if isinstance(content, list):
        content = [item for item in content if not (isinstance(item, dict) and "tool" in word_of(item.get("type")))]
    return text_of(content)
