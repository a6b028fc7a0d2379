"""Traces of any length, for trying out and measuring what reads them: agents at work that never were.

They are recorded by `capture` like any other run, on a clock that only advances when something takes time: the same
seed gives the same run, down to its timestamps, and none of it is waited for.
"""

from __future__ import annotations

import contextvars
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import capture
from capture import TraceContext

from .phrases import AGENTS, FAILURES, MODELS, POLICIES, SENTENCES, TOOLS

__all__ = ["generate"]

_AT_A_TIME = 3
"""How many agents work side by side."""
_STARTED_NS = 1_795_143_600_000_000_000
"""The night of 20 November 2026, three o'clock UTC: when traces like these are made."""


def generate(path: Path, events: int, seed: int = 7) -> None:
    """Record a run of exactly `events` events at `path`, where nothing may be yet.

    The process's capture configuration is back at its defaults afterwards: the run has a clock of its own.
    """
    if events < 2:
        raise ValueError(f"a trace has at least its start and its end, so not {events} events")
    if path.exists():
        raise FileExistsError(f"{path} is there already, and traces are only ever appended to")
    clock = _Clock()
    capture.init(clock=clock)
    try:
        with TraceContext(agent_name="coordinator", path=path, tags=["generated"]) as coordinator:
            _Crew(random.Random(seed), clock).work(coordinator, events - 2)
    finally:
        capture.init()


class _Clock:
    """Time as the run has it."""

    def __init__(self) -> None:
        self._now = _STARTED_NS

    def spend(self, seconds: float) -> None:
        self._now += int(seconds * 1e9)

    def time_ns(self) -> int:
        self._now += 1_400  # what recording an event costs
        return self._now

    def steady_ns(self) -> int:
        return self._now


class _Budget:
    """How many more events an agent records."""

    def __init__(self, events: int) -> None:
        self.left = events

    def take(self, events: int) -> bool:
        """Set this many aside, if there are as many."""
        if events > self.left:
            return False
        self.left -= events
        return True


class _AgentFailedError(Exception):
    """An agent gives up."""


class _Worker(NamedTuple):
    """An agent at work, with a context of its own, as it would have if it ran as a task."""

    context: contextvars.Context
    steps: Iterator[None]

    def is_done(self) -> bool:
        """Let it record its next event, if it has one."""
        return self.context.run(next, self.steps, self) is self


class _Crew:
    """A coordinator's agents. Each is a generator that pauses after an event, so that their events interleave."""

    def __init__(self, rng: random.Random, clock: _Clock) -> None:
        self._rng = rng
        self._clock = clock

    def work(self, coordinator: TraceContext, events: int) -> None:
        """Record this many events, besides the coordinator's own start and end."""
        if events:
            coordinator.record_user_message(content=self._text(1, 3))
        shares = self._shares(coordinator, events - 1)
        busy: dict[str, _Worker] = {}
        while True:
            while len(busy) < _AT_A_TIME and (share := next(shares, 0)):
                name = self._rng.choice([name for name in AGENTS if name not in busy])
                busy[name] = _Worker(contextvars.copy_context(), self._agent(name, share))
            if not busy:
                return
            name = self._rng.choice(list(busy))
            if busy[name].is_done():
                del busy[name]

    def _shares(self, coordinator: TraceContext, events: int) -> Iterator[int]:
        """Deal the events out to agents; the least an agent records is its start and its end."""
        while events > 1:
            share = min(events, self._rng.randint(20, max(300, events // 10)))
            events -= share
            yield share
        if events == 1:
            coordinator.record_log(stream="coordinator", text=self._text(1, 2))

    def _agent(self, name: str, events: int) -> Iterator[None]:
        budget = _Budget(events - 2)
        with suppress(_AgentFailedError), TraceContext(agent_name=name) as agent:
            yield
            turn = 0
            while budget.take(1):
                turn += 1
                self._clock.spend(0.002)
                agent.record_agent_turn(speaker=name, turn_index=turn, goal=self._text(1, 1))
                yield
                yield from self._turn(agent, budget)
            if self._chance(0.06):
                raise _AgentFailedError(self._text(1, 1))

    def _turn(self, agent: TraceContext, budget: _Budget) -> Iterator[None]:
        yield from self._model_call(agent, budget)
        tools = self._rng.sample(list(TOOLS), self._rng.choice((1, 1, 1, 2, 3)))
        if budget.take(1):
            self._decision(agent, tools)
            yield
        for name in tools:
            yield from self._tool_call(agent, budget, name)
        if self._chance(0.3):
            yield from self._aside(agent, budget)
        if self._chance(0.02) and budget.take(share := self._rng.randint(8, 40)):
            yield from self._agent(self._rng.choice(AGENTS), share)

    # -- what happens in a turn ------------------------------------------------------------------------------------

    def _model_call(self, agent: TraceContext, budget: _Budget) -> Iterator[None]:
        if not budget.take(2):
            return
        model = self._rng.choice(MODELS)
        prompt = self._text(150, 300) if self._chance(0.005) else self._text(1, 9)
        request = agent.record_llm_request(
            model,
            [{"role": "user", "content": prompt}],
            provider="anthropic",
            settings={"max_tokens": 1024, "stream": True},
            attempt=1,
        )
        yield
        first = self._rng.uniform(0.2, 0.9)
        self._clock.spend(first)
        answer = self._text(1, 7)
        if self._chance(0.05) and budget.take(2):
            for piece in (answer[: len(answer) // 2], answer[len(answer) // 2 :]):
                agent.record_llm_chunk(piece, model=model, parent=request)
                yield
        self._clock.spend(len(answer) / 400)
        self._response(agent, request, model, prompt, answer, first)
        yield

    def _response(self, agent: TraceContext, request: str, model: str, prompt: str, answer: str, first: float) -> None:
        if self._chance(0.02):
            overloaded = {"type": "anthropic.OverloadedError", "message": "Overloaded"}
            agent.record_llm_response(model, http={"status": 529}, error=overloaded, parent=request)
            return
        read, written = self._rng.randrange(0, 20_000, 128), len(answer) // 4
        agent.record_llm_response(
            model,
            [{"type": "text", "text": answer}],
            provider="anthropic",
            finish_reason="tool_use" if self._chance(0.7) else "end_turn",
            time_to_first_token_ms=round(first * 1000, 1),
            usage={"input_tokens": read + len(prompt) // 4, "output_tokens": written, "cache_read_tokens": read},
            cost_usd=round(read * 3e-7 + len(prompt) * 7.5e-7 + written * 1.5e-5, 6),
            parent=request,
        )

    def _decision(self, agent: TraceContext, tools: list[str]) -> None:
        agent.record_decision(
            reasoning=self._text(1, 5),
            confidence=round(min(1.0, self._rng.gauss(0.78, 0.15)), 2),
            chosen_action=" + ".join(tools),
            alternatives=[name for name in TOOLS if name not in tools][:2],
        )

    def _tool_call(self, agent: TraceContext, budget: _Budget, name: str) -> Iterator[None]:
        if not budget.take(2):
            return
        call = agent.record_tool_call(name, TOOLS[name])
        yield
        self._clock.spend(self._rng.expovariate(2.5))
        if self._chance(0.05):
            failure = self._rng.choice(FAILURES)
            agent.record_tool_result(name, error=failure._asdict(), parent=call)
            yield
            if budget.take(1):
                outcome = self._rng.choice(("success", "failure", "partial"))
                agent.record_repair_attempt(self._text(1, 1), failure.message, outcome)
                yield
            return
        agent.record_tool_result(name, {"rows": self._rng.randrange(50), "text": self._text(1, 10)}, parent=call)
        yield

    def _aside(self, agent: TraceContext, budget: _Budget) -> Iterator[None]:
        if self._chance(0.4):
            yield from self._safety_check(agent, budget)
        elif budget.take(1):
            if self._chance(0.3):
                agent.create_checkpoint(state={"step": budget.left}, memory=self._text(1, 4), label="before a change")
            elif self._chance(0.5):
                agent.record_log(stream="stderr", text=self._text(1, 2))
            else:
                old, new = self._rng.sample(SENTENCES, 2)
                path = f"services/billing/模块_{self._rng.randrange(40)}.py"
                agent.record_file_write(path, bytes=self._rng.randrange(9_000), diff=f"-{old}\n+{new}")
            yield

    def _safety_check(self, agent: TraceContext, budget: _Budget) -> Iterator[None]:
        policy, outcome = self._rng.choice(POLICIES), self._rng.choice(("pass", "pass", "warn", "block"))
        if not budget.take(2 if outcome == "block" else 1):
            return
        risk = {"pass": "low", "warn": "medium", "block": "high"}[outcome]
        blocked = policy.action if outcome == "block" else None
        agent.record_safety_check(policy.name, outcome, risk, self._text(1, 1), blocked)
        yield
        if blocked:
            agent.record_refusal(self._text(1, 1), policy.name, risk, blocked, policy.instead)
            yield

    # -- by chance -------------------------------------------------------------------------------------------------

    def _chance(self, probability: float) -> bool:
        return self._rng.random() < probability

    def _text(self, fewest: int, most: int) -> str:
        return " ".join(self._rng.choices(SENTENCES, k=self._rng.randint(fewest, most)))
