"""The ledger agent: on OpenAI's client, at work in a thread of its own for whoever asks it something.

`capture.install()` has the thread belong to whoever started it, so its `TraceContext` joins the run as a further agent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import capture
from capture import TraceContext

from .conversation import FAILED
from .prompt import LEDGER_MODEL, LEDGER_SYSTEM
from .thought import Thought
from .tools import Outcome

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionMessage, ChatCompletionMessageParam

    from .books import Books

__all__ = ["Ledger", "NoFindingError"]

NAME = "ledger"


class NoFindingError(Exception):
    """The ledger agent has nothing to report, and says why."""


class Ledger:
    """Finds things out in the books."""

    def __init__(self, client: OpenAI, books: Books, say: Callable[[str], object] = str) -> None:
        self._client = client
        self._books = books
        self._say = say

    def ask(self, question: str) -> Any:
        """Have a thread look into it, and wait for what it finds."""
        trace = capture.current()
        start = trace.record_subagent_start(agent_id=NAME, agent_type=NAME, prompt=question)
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix=NAME)
        work = worker.submit(self.work_on, question, [start])
        worker.shutdown(wait=False)  # its thread ends with its one task, and nobody who is interrupted waits for it
        try:
            finding = work.result()
        except Exception as error:
            trace.record_subagent_end(NAME, NAME, "error", error=error)
            raise
        trace.record_subagent_end(NAME, NAME, "completed", finding)
        return finding

    def work_on(self, question: str, evidence: Sequence[str] = ()) -> Any:
        """The agent's loop. `evidence` are the events that led to the question."""
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": LEDGER_SYSTEM},
            {"role": "user", "content": question},
        ]
        known, goal, turn = [Outcome(question)], "understand the question", 0
        with TraceContext(agent_name=NAME) as trace:
            while True:
                turn += 1
                trace.record_agent_turn(turn_index=turn, goal=goal, speaker=NAME)
                reply = self._ask_model(messages)
                thought = Thought.read(reply.content or "")
                calls = [call for call in reply.tool_calls or () if call.type == "function"]
                if not calls:
                    return read_finding(thought.why)
                action = " + ".join(call.function.name for call in calls)
                evidence = [thought.record(trace, action, known, evidence)]
                outcomes = [self._books.use(c.function.name, json.loads(c.function.arguments)) for c in calls]
                if any(outcome.failed for outcome in known):
                    record_repair(trace, thought, outcomes)
                messages.append(spoken(reply))
                for call, outcome in zip(calls, outcomes, strict=True):
                    messages.append({"role": "tool", "tool_call_id": call.id, "content": answer(outcome)})
                known, goal = outcomes, f"go on from {action}"

    def _ask_model(self, messages: Sequence[ChatCompletionMessageParam]) -> ChatCompletionMessage:
        """One model call, streamed."""
        request = self._client.chat.completions.stream(
            model=LEDGER_MODEL,
            tools=self._books.described(),
            messages=messages,
            stream_options={"include_usage": True},
        )
        with request as stream:
            for event in stream:
                if event.type == "content.delta":
                    self._say(event.delta)
            self._say("\n\n")
            return stream.get_final_completion().choices[0].message


def read_finding(text: str) -> Any:
    """What the agent found, in the form its prompt asks for."""
    try:
        return json.loads(text)
    except ValueError:
        raise NoFindingError(text) from None


def record_repair(trace: TraceContext, thought: Thought, outcomes: Sequence[Outcome]) -> None:
    """Record what was tried after a tool had failed, and whether that worked."""
    trace.record_repair_attempt(
        attempted_fix=thought.why,
        validation_result="; ".join(outcome.text for outcome in outcomes),
        outcome="failure" if any(outcome.failed for outcome in outcomes) else "success",
    )


def answer(outcome: Outcome) -> str:
    """A tool's outcome as the model is told of it."""
    return FAILED + outcome.text if outcome.failed else outcome.text


def spoken(reply: ChatCompletionMessage) -> ChatCompletionMessageParam:
    """A reply as it stands in the conversation, without what the client read into it."""
    calls = [call for call in reply.tool_calls or () if call.type == "function"]
    return {
        "role": "assistant",
        "content": reply.content,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function.name, "arguments": call.function.arguments},
            }
            for call in calls
        ],
    }
