"""What both formats of Claude Code have in common: Anthropic's messages, the tools they call, what those gave back.

One answer of the model stands in several foreign lines, a line a block. It becomes one `llm_response` as soon as it can
be told that it is whole, or calls a tool; a line before that is an `llm_chunk` at once, which the response repeats.
What is written after some lines depends on those lines only, so a file that is followed gives the same events as one
that is read whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .answer import THOUGHTS, Answer, better_usage, our_usage
from .lines import Lines, Origin, items, mapping, word

__all__ = ["AGENT_TOOLS", "Agent", "Call", "Conversation", "Denial", "agent_word", "block_text"]

AGENT_TOOLS = frozenset({"Agent", "Task"})
"""The tools that start a subagent; the second name is that of older versions."""


class Denial(NamedTuple):
    """Why a tool was not allowed to run."""

    kind: str
    decision: dict[str, Any]
    """`source`, and what else the format says of it."""


class Call(NamedTuple):
    """A tool call that was written."""

    id: str
    name: str
    ts: int
    answer: str
    """The foreign id of the answer it stands in."""
    arguments: dict[str, Any]


@dataclass
class Agent:
    """One agent of a run: its own, or a subagent."""

    key: str
    """`""` for the run's own agent; for a subagent what the format knows it by."""
    root: str
    """The event with which it began."""
    word: str | None
    """What its events say in `agent`."""
    turn: str
    """The event that what it does now belongs to."""
    answer: Answer | None = None
    """The answer whose lines are still coming."""
    told: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    """The provider's usage of the answers that were written, by foreign id."""
    calls: dict[str, Call] = field(default_factory=dict)
    """By foreign id."""
    answered: set[str] = field(default_factory=set)
    """The foreign ids of the calls that have a result."""


class Conversation:
    """Writes what an agent, its model and its tools said to each other."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def answer(
        self,
        agent: Agent,
        message: dict[str, Any],
        parent: str,
        links: Sequence[str],
        since: int = 0,
        error: dict[str, str] | None = None,
    ) -> str:
        """Take a line of a model's answer, and return the id its `llm_response` has or will have."""
        lines = self._lines
        foreign = word(message.get("id")) or f"line {lines.number}"
        if agent.answer is not None and agent.answer.id != foreign:
            self.close(agent)
        blocks = items(message.get("content"))
        response = lines.id("llm_response", agent.key, foreign)
        if foreign in agent.told:
            self._go_on(agent, foreign, message, blocks)
            return response
        answer = agent.answer = agent.answer or Answer(foreign, parent, links, since, error)
        answer.take(message, blocks, lines.ts, lines.number)
        if answer.is_decided():
            self.close(agent)
            self._calls(agent, foreign, blocks)
        else:
            self._chunk(agent, foreign, parent, message, blocks)
        return response

    def close(self, agent: Agent) -> None:
        """Write the answer that was waiting for more lines, if there is one: no more will come."""
        answer, agent.answer = agent.answer, None
        if answer is None:
            return
        agent.told[answer.id] = answer.usage
        lines, origin = self._lines, Origin("assistant", answer.numbers)
        response = lines.add(
            "llm_response",
            lines.id("llm_response", agent.key, answer.id),
            answer.parent,
            answer.model,
            answer.data(),
            ts=answer.ts,
            origin=origin,
            duration_ms=answer.duration_ms,
            error=answer.error,
            agent=agent.word,
            usage=our_usage(answer.usage),
            links=list(answer.links) or None,
        )
        if answer.finish_reason == "refusal":
            data = {"reason": " ".join(map(block_text, answer.blocks))}
            id = lines.id("refusal", agent.key, answer.id)
            lines.add("refusal", id, response, "", data, ts=answer.ts, origin=origin, agent=agent.word)

    def result(self, agent: Agent, block: dict[str, Any], denial: Denial | None = None) -> str:
        """Write what a tool gave back, and that it was denied if it was; return the result's id."""
        lines, foreign = self._lines, word(block.get("tool_use_id"))
        call = agent.calls.get(foreign)
        again = (str(lines.number),) if foreign in agent.answered else ()
        agent.answered.add(foreign)
        text, failed = block_text(block), bool(block.get("is_error"))
        id = lines.add(
            "tool_result",
            lines.id("tool_result", agent.key, foreign, *again),
            self._call_id(agent, foreign),
            call.name if call else "",
            {"result": block.get("content"), "is_error": failed},
            duration_ms=(lines.ts - call.ts) / 1e6 if call and 0 < call.ts <= lines.ts else None,
            error={"type": _failure(text, denial), "message": text} if failed else None,
            agent=agent.word,
        )
        if denial is not None:
            self.deny(agent, foreign, denial, text)
        return id

    def deny(self, agent: Agent, foreign: str, denial: Denial, reason: str | None = None) -> None:
        """Write that a tool was not allowed to run: a rule's or a hook's no is a violation, a person's a decision."""
        lines, call = self._lines, agent.calls.get(foreign)
        source = word(denial.decision.get("source"))
        if source.startswith("user"):
            type, name = "decision", "reject"
            data = {"reasoning": reason, "chosen_action": name, "evidence": denial.decision}
        else:
            type, name = "policy_violation", word(denial.decision.get("reasonCode")) or source or "permissions"
            details = {"tool": call.name if call else None, "reason": reason, **denial.decision}
            data = {"policy_name": name, "violation_type": denial.kind or None, "details": details}
        parent = self._call_id(agent, foreign)
        lines.add(type, lines.id(type, parent), parent, name, data, agent=agent.word)

    def end_subagent(self, agent: Agent, foreign: str, status: str, id: Any, result: Any, *again: str) -> None:
        """Write that the subagent ended which this agent's call started; the line's record is left to another event."""
        lines, call = self._lines, agent.calls[foreign]
        kind = word(call.arguments.get("subagent_type"))
        lines.add(
            "subagent_end",
            lines.id("subagent_end", agent.key, foreign, *again),
            lines.id("subagent_start", agent.key, foreign),
            kind,
            {"agent_id": id, "agent_type": kind or None, "status": status, "result": result},
            raw=False,
            duration_ms=(lines.ts - call.ts) / 1e6 if 0 < call.ts <= lines.ts else None,
            agent=agent_word(kind, id) if word(id) else agent.word,
        )

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _call_id(self, agent: Agent, foreign: str) -> str:
        call = agent.calls.get(foreign)
        return call.id if call else self._lines.id("tool_call", agent.key, foreign)

    def _calls(self, agent: Agent, answer: str, blocks: list[dict[str, Any]]) -> None:
        """Write the tool calls among these blocks, and the results of those that ran at the provider's."""
        for block in blocks:
            kind = word(block.get("type"))
            if kind.endswith("tool_use"):
                self._call(agent, answer, block)
            elif kind.endswith("_tool_result"):
                self.result(agent, block)

    def _call(self, agent: Agent, answer: str, block: dict[str, Any]) -> None:
        lines, foreign = self._lines, word(block.get("id"))
        known = agent.calls.get(foreign)
        if known is not None and known.answer == answer:
            return  # the same block again
        id = lines.id("tool_call", agent.key, foreign, *((answer,) if known else ()))
        name, arguments = word(block.get("name")), block.get("input")
        agent.calls[foreign] = Call(id, name, lines.ts, answer, mapping(arguments))
        response = lines.id("llm_response", agent.key, answer)
        lines.add("tool_call", id, response, name, {"arguments": arguments}, agent=agent.word)

    def _go_on(self, agent: Agent, foreign: str, message: dict[str, Any], blocks: list[dict[str, Any]]) -> None:
        """Take a line of an answer that was written already: its calls, and what it has beyond them as a chunk."""
        counted = agent.told[foreign]
        usage = agent.told[foreign] = better_usage(counted, message.get("usage"))
        more = None if usage is counted else _difference(our_usage(counted), our_usage(usage))
        rest = [block for block in blocks if not word(block.get("type")).endswith(("tool_use", "_tool_result"))]
        if rest or more:
            response = self._lines.id("llm_response", agent.key, foreign)
            self._chunk(agent, foreign, response, message, rest, more)
        self._calls(agent, foreign, blocks)

    def _chunk(
        self,
        agent: Agent,
        foreign: str,
        parent: str,
        message: dict[str, Any],
        blocks: list[dict[str, Any]],
        usage: dict[str, int] | None = None,
    ) -> None:
        """Write a line of an answer as it passes; `usage` is what it counts beyond what was counted of the answer."""
        lines = self._lines
        texts = [word(block.get("text")) for block in blocks if word(block.get("type")) not in THOUGHTS]
        thoughts = [word(block.get("thinking")) for block in blocks if word(block.get("type")) in THOUGHTS]
        data = {"text": "".join(texts) if texts else None, "thinking": "".join(thoughts) if thoughts else None}
        id = lines.id("llm_chunk", agent.key, foreign, str(lines.number))
        lines.add("llm_chunk", id, parent, word(message.get("model")), data, agent=agent.word, usage=usage)


def agent_word(kind: str, key: str) -> str:
    """Return what the events of a subagent say in `agent`: its kind, and enough of its id to tell it from others."""
    return f"{kind}-{key[-6:]}" if kind else key


def block_text(block: dict[str, Any]) -> str:
    """Return what a block says, in its own words."""
    content = block.get("content", block.get("text"))
    if isinstance(content, list):
        return "\n".join(word(item.get("text")) for item in items(content))
    return word(content)


def _difference(before: dict[str, int] | None, after: dict[str, int] | None) -> dict[str, int] | None:
    return {key: count - (before or {}).get(key, 0) for key, count in after.items()} if after else None


def _failure(text: str, denial: Denial | None) -> str:
    if denial is not None:
        return "PermissionDenied"
    return "tool_use_error" if text.startswith("<tool_use_error>") else "ToolError"
