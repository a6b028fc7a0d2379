"""What capture adds to the time until an agent has the first token of a streamed answer.

A real client asks a real server on this machine, which sends one word, waits, and sends the rest. The clients of the
two sides differ in nothing but the tap, and take turns.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter
from typing import Any

import anthropic
import httpx2
import openai

import capture
from peek_tui.demo.server import ModelServer, Reply, Text

from .measure import Plan, Row, Sample, beyond, milliseconds

__all__ = ["measure"]

GOAL_MS = 5.0
PAUSE = 0.3
"""Seconds between the first word and the rest: one that was held back would come this much late."""

Ask = Callable[[], Any]


class Speaker:
    """A model with something to say."""

    def reply(self, request: object) -> Reply:
        return Reply((Text("one two"),))


def measure(plan: Plan) -> list[Row]:
    """Measure with the clients of both providers."""
    pause, rounds = plan.choose((PAUSE, 9), (0.0, 1))
    with ModelServer(Speaker(), pace=pause) as server:
        return [
            _measure(plan, rounds, "anthropic", _anthropic(server.base_url)),
            _measure(plan, rounds, "openai", _openai(server.base_url)),
        ]


def _measure(plan: Plan, rounds: int, name: str, ask: Ask) -> Row:
    path = plan.traces.directory / f"first-token-{name}.jsonl"
    plain = httpx2.Client.send
    capture.install()
    tapped = httpx2.Client.send
    with ExitStack() as stack:
        stack.callback(capture.uninstall)
        stack.enter_context(capture.TraceContext("bench", path))
        taken = plan.rounds(
            rounds,
            {"with": lambda: _first_token(ask, tapped), "without": lambda: _first_token(ask, plain)},
        )
    return _row(name, taken["with"], taken["without"])


def _first_token(ask: Ask, send: Any) -> float:
    """Return the seconds from the question to the first word; the rest is read too, so that the connection is free."""
    httpx2.Client.send = send  # type: ignore[method-assign]
    start = perf_counter()
    pieces = iter(ask())
    while not _text(next(pieces)):
        pass
    taken = perf_counter() - start
    for _ in pieces:
        pass
    return taken


def _text(piece: Any) -> str:
    if hasattr(piece, "choices"):
        return "".join(choice.delta.content or "" for choice in piece.choices)
    return getattr(getattr(piece, "delta", None), "text", None) or ""


def _anthropic(url: str) -> Ask:
    client = anthropic.Anthropic(base_url=url, api_key="bench", http_client=httpx2.Client(trust_env=False))
    messages: Any = [{"role": "user", "content": "hi"}]
    return lambda: client.messages.create(model="claude", max_tokens=9, messages=messages, stream=True)


def _openai(url: str) -> Ask:
    client = openai.OpenAI(base_url=f"{url}/v1", api_key="bench", http_client=httpx2.Client(trust_env=False))
    messages: Any = [{"role": "user", "content": "hi"}]
    return lambda: client.chat.completions.create(model="gpt", messages=messages, stream=True)


def _row(name: str, ours: Sample, other: Sample) -> Row:
    more, compared = beyond(ours, other)
    figure = f"first token, {name}, with capture"
    return Row(
        figure,
        milliseconds(ours),
        f"{milliseconds(other)} without",
        compared,
        f"≤ +{GOAL_MS:g} ms",
        1e3 * more <= GOAL_MS,
    )
