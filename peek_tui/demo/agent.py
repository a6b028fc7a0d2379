"""A support agent and all it takes to record it: `python -m peek_tui.demo.agent` runs a case and prints its trace.

Its model is a set of rules, served on the loopback interface; the rest is real: Anthropic's client, streaming, retries,
tools that fail. `capture.install()` records the model calls and `@trace_tool` the tools (`desk.py`). What only the
agent knows, why it acts and what it must not do (`guard.py`), it records itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import capture
from capture import TraceContext

from . import desk
from .client import connect
from .guard import check_refund
from .model import SupportModel
from .prompt import MODEL, SYSTEM, Thought
from .server import ModelServer

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import MessageParam, ParsedMessage, ToolResultBlockParam, ToolUseBlock

__all__ = ["QUESTION", "main", "run", "work_on"]

QUESTION = "Customer 4127 says they were charged twice in October. Find out and fix it."

Say = Callable[[str], object]  # is given what the model says, as it says it; `str` keeps it quiet


class Outcome(NamedTuple):
    """What became of a tool call the model asked for."""

    text: str
    failed: bool = False
    forbidden: tuple[str, ...] = ()
    """The events that tell why the call was not made, if it was not."""


def run(speed: float = 1.0, out: Path | None = None, say: Say = str) -> Path:
    """Work on the case and return its trace. `speed` 1 is for watching, 2 is twice as fast, 0 is without any pause."""
    capture.init()
    capture.install()
    scale = 1 / speed if speed > 0 else 0.0
    desk.work_scale.set(scale)
    with (
        ModelServer(SupportModel(scale), pace=0.03 * scale) as server,
        connect(server.base_url) as client,
        TraceContext(agent_name="support_agent", path=out, tags=["demo"]) as trace,
    ):
        work_on(QUESTION, client, trace, say)
    assert trace.path is not None, "the run was not recorded"
    return trace.path


def work_on(question: str, client: Anthropic, trace: TraceContext, say: Say = str) -> str:
    """The agent's loop: ask the model, do what it asks for, tell it what came of it, until it has an answer."""
    messages: list[MessageParam] = [{"role": "user", "content": question}]
    known = [Outcome(question)]
    evidence: list[str] = [trace.record_user_message(content=question)]
    goal, turn = "understand the case", 0
    while True:
        turn += 1
        trace.record_agent_turn(turn_index=turn, goal=goal, speaker=trace.agent_name)
        reply = ask_model(client, messages, say)
        thought = Thought.read(reply)
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return thought.why
        decision = record_decision(trace, thought, calls, known, evidence)
        if any(call.name == "issue_refund" for call in calls):  # what cannot be undone
            trace.create_checkpoint(state={"turn": turn}, memory={"messages": messages}, label="before a refund")
        outcomes = [use_tool(trace, call) for call in calls]
        if any(outcome.failed and not outcome.forbidden for outcome in known):
            record_repair(trace, thought, outcomes)
        messages.append(cast("MessageParam", {"role": "assistant", "content": [b.to_dict() for b in reply.content]}))
        messages.append({"role": "user", "content": [answer(*pair) for pair in zip(calls, outcomes, strict=True)]})
        known, evidence = outcomes, [decision, *(event for outcome in outcomes for event in outcome.forbidden)]
        goal = f"go on from {' and '.join(call.name for call in calls)}"


def ask_model(client: Anthropic, messages: Sequence[MessageParam], say: Say) -> ParsedMessage[None]:
    """One model call, streamed."""
    request = client.messages.stream(model=MODEL, max_tokens=1024, system=SYSTEM, tools=desk.SCHEMAS, messages=messages)
    with request as stream:
        for piece in stream.text_stream:
            say(piece)
        say("\n\n")
        return stream.get_final_message()


def use_tool(trace: TraceContext, call: ToolUseBlock) -> Outcome:
    """Call a tool, unless the guard objects. A tool that fails does not end the run: the model is told."""
    if call.name == "issue_refund" and (objection := check_refund(trace, call.input)):
        return Outcome(objection.reason, failed=True, forbidden=objection.events)
    try:
        return Outcome(json.dumps(desk.TOOLS[call.name](**call.input), ensure_ascii=False))
    except Exception as error:
        return Outcome(str(error), failed=True)


def record_decision(
    trace: TraceContext, thought: Thought, calls: list[ToolUseBlock], known: list[Outcome], evidence: list[str]
) -> str:
    """Record what the model chose and why, in its own words; the tool calls that follow belong to this decision."""
    return trace.record_decision(
        reasoning=thought.why,
        confidence=thought.confidence,
        chosen_action=" + ".join(call.name for call in calls),
        alternatives=thought.alternatives,
        evidence=[outcome.text for outcome in known],
        evidence_event_ids=evidence,
    )


def record_repair(trace: TraceContext, thought: Thought, outcomes: Sequence[Outcome]) -> None:
    """Record what was tried after a tool had failed, and whether that worked."""
    trace.record_repair_attempt(
        attempted_fix=thought.why,
        validation_result="; ".join(outcome.text for outcome in outcomes),
        outcome="failure" if any(outcome.failed for outcome in outcomes) else "success",
    )


def answer(call: ToolUseBlock, outcome: Outcome) -> ToolResultBlockParam:
    """A tool's outcome as the model is told of it."""
    return {"type": "tool_result", "tool_use_id": call.id, "content": outcome.text, "is_error": outcome.failed}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the case for someone who watches: what the model says goes to stderr, the trace's path to stdout."""
    parser = argparse.ArgumentParser(prog="python -m peek_tui.demo.agent", description="Record an agent at work.")
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast, 0 is without any pause")
    parser.add_argument("--out", type=Path, help="the trace to write; by default one with the other traces")
    options = parser.parse_args(arguments)
    trace = run(options.speed, options.out, say=partial(print, end="", file=sys.stderr, flush=True))
    sys.stdout.write(f"{trace}\n")


if __name__ == "__main__":
    main()
