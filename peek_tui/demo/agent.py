"""A support agent and all it takes to record it: `python -m peek_tui.demo.agent` runs a case and prints its trace.

Its model is a set of rules, served on the loopback interface; the rest is real: Anthropic's client, streaming, retries,
and a second agent on OpenAI's client (`ledger.py`) that it delegates to. `capture.install()` records the model calls
and `@trace_tool` the tools (`desk.py`). What only the agent knows, why it acts and what it must not do (`guard.py`), it
records itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import capture
from capture import TraceContext

from .books import Books
from .client import connect_anthropic, connect_openai
from .desk import Desk
from .guard import RefundGuard
from .ledger import Ledger
from .ledger_model import LedgerModel
from .prompt import SUPPORT_MODEL, SUPPORT_SYSTEM
from .server import ModelServer
from .support_model import SupportModel
from .thought import Thought
from .tools import Outcome

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import MessageParam, ParsedMessage, ToolResultBlockParam, ToolUseBlock

__all__ = ["QUESTION", "main", "run", "work_on"]

QUESTION = "Customer 4127 says they were charged twice in October. Find out and fix it."

Say = Callable[[str], object]  # is given what the models say, as they say it; `str` keeps it quiet


def run(speed: float = 1.0, out: Path | None = None, say: Say = str) -> Path:
    """Work on the case and return its trace. `speed` 1 is for watching, 2 is twice as fast, 0 is without any pause."""
    capture.init()
    capture.install()
    scale = 1 / speed if speed > 0 else 0.0
    with (
        ModelServer(SupportModel(scale), pace=0.03 * scale) as anthropic,
        ModelServer(LedgerModel(scale), pace=0.02 * scale) as openai,
        connect_anthropic(anthropic.base_url) as client,
        connect_openai(openai.base_url) as ledger_client,
        TraceContext(agent_name="support_agent", path=out, tags=["demo"]) as trace,
    ):
        ledger = Ledger(ledger_client, Books(scale), say)
        work_on(QUESTION, client, Desk(ledger.ask, scale), trace, say)
    assert trace.path is not None, "the run was not recorded"
    return trace.path


def work_on(question: str, client: Anthropic, desk: Desk, trace: TraceContext, say: Say = str) -> str:
    """The agent's loop: ask the model, do what it asks for, tell it what came of it, until it has an answer."""
    messages: list[MessageParam] = [{"role": "user", "content": question}]
    known = [Outcome(question)]
    evidence: list[str] = [trace.record_user_message(content=question)]
    guard = RefundGuard(trace)
    goal, turn = "understand the case", 0
    while True:
        turn += 1
        trace.record_agent_turn(turn_index=turn, goal=goal, speaker=trace.agent_name)
        reply = ask_model(client, desk, messages, say)
        thought = Thought.read("".join(block.text for block in reply.content if block.type == "text"))
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return thought.why
        decision = thought.record(trace, " + ".join(call.name for call in calls), known, evidence)
        if any(call.name == "issue_refund" for call in calls):  # what cannot be undone
            trace.create_checkpoint(state={"turn": turn}, memory={"messages": messages}, label="before a refund")
        outcomes = [use_tool(desk, guard, call) for call in calls]
        messages.append(cast("MessageParam", {"role": "assistant", "content": [b.to_dict() for b in reply.content]}))
        messages.append({"role": "user", "content": [answer(*pair) for pair in zip(calls, outcomes, strict=True)]})
        known, evidence = outcomes, [decision, *(event for outcome in outcomes for event in outcome.forbidden)]
        goal = f"go on from {' and '.join(call.name for call in calls)}"


def ask_model(client: Anthropic, desk: Desk, messages: Sequence[MessageParam], say: Say) -> ParsedMessage[None]:
    """One model call, streamed."""
    request = client.messages.stream(
        model=SUPPORT_MODEL, max_tokens=1024, system=SUPPORT_SYSTEM, tools=desk.described(), messages=messages
    )
    with request as stream:
        for piece in stream.text_stream:
            say(piece)
        say("\n\n")
        return stream.get_final_message()


def use_tool(desk: Desk, guard: RefundGuard, call: ToolUseBlock) -> Outcome:
    """Call a tool, unless the guard objects."""
    objection = guard.objection(call.input) if call.name == "issue_refund" else None
    return objection or desk.use(call.name, call.input)


def answer(call: ToolUseBlock, outcome: Outcome) -> ToolResultBlockParam:
    """A tool's outcome as the model is told of it."""
    return {"type": "tool_result", "tool_use_id": call.id, "content": outcome.text, "is_error": outcome.failed}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the case for someone who watches: what the models say goes to stderr, the trace's path to stdout."""
    parser = argparse.ArgumentParser(prog="python -m peek_tui.demo.agent", description="Record two agents at work.")
    parser.add_argument("--speed", type=float, default=1.0, help="2 is twice as fast, 0 is without any pause")
    parser.add_argument("--out", type=Path, help="the trace to write; by default one with the other traces")
    options = parser.parse_args(arguments)
    trace = run(options.speed, options.out, say=partial(print, end="", file=sys.stderr, flush=True))
    sys.stdout.write(f"{trace}\n")


if __name__ == "__main__":
    main()
