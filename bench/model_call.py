"""What a model call costs through the tap: the processor's time of one of 100 KB, and the disk of a long conversation.

A real client asks a transport that answers at once, so that nothing but the client and the tap is measured.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

import httpx2
import openai

import capture
from capture.testing import read_events
from peek_tui.demo.phrases import SENTENCES

from .measure import Plan, Row, Sample, against, microseconds

__all__ = ["measure"]

GOAL_US = 100.0
GOAL_DISK = 3.0
BYTES = 100_000
TURNS = 200

Message = dict[str, str]


def measure(plan: Plan) -> list[Row]:
    """Measure a conversation that goes on, one that is new each time, and what a long one takes on the disk."""
    return [
        _measure_cpu(plan, "that goes on", _going_on),
        _measure_cpu(plan, "that is new", _anew),
        _measure_disk(plan),
    ]


# -- the processor -----------------------------------------------------------------------------------------------------


def _measure_cpu(plan: Plan, name: str, conversation: Any) -> Row:
    calls, rounds = plan.choose((60, 15), (3, 1))
    paths = (plan.traces.directory / f"model-call-{name.replace(' ', '-')}-{number}.jsonl" for number in count())
    sides = {
        "with": lambda: _with(next(paths), list(conversation(calls))),
        "without": lambda: _ask(list(conversation(calls))),
    }
    taken = plan.rounds(rounds, sides)
    return _row(f"a model call of {BYTES // 1000} KB {name}, CPU", taken["with"], taken["without"])


def _with(path: Path, bodies: list[bytes]) -> float:
    capture.install()
    with ExitStack() as stack:
        stack.callback(path.unlink)
        stack.callback(capture.uninstall)
        stack.enter_context(capture.TraceContext("bench", path))
        return _ask(bodies)


def _ask(bodies: list[bytes]) -> float:
    """Return the seconds that half of the calls take at the most."""
    taken = []
    headers = {"content-type": "application/json", "authorization": "Bearer bench"}
    with httpx2.Client(transport=httpx2.MockTransport(_answer), headers=headers) as client:
        for body in bodies:
            request = client.build_request("POST", "http://model.test/v1/chat/completions", content=body)
            start = process_time()
            client.send(request).read()
            taken.append(process_time() - start)
    return statistics.median(taken)


def _going_on(calls: int) -> Iterator[bytes]:
    """Yield requests of about 100 KB each, of one conversation of which each says two messages more."""
    messages = _messages(BYTES)
    for number in range(calls):
        messages += [_message("assistant", f"{number} {'said ' * 40}"), _message("user", f"{number} {'asked ' * 10}")]
        yield _body(messages)


def _anew(calls: int) -> Iterator[bytes]:
    """Yield requests of about 100 KB each that have nothing in common."""
    for number in range(calls):
        yield _body([_message(each["role"], f"{number} {each['content']}") for each in _messages(BYTES)])


def _messages(size: int) -> list[Message]:
    """Return a conversation of so many bytes."""
    messages: list[Message] = []
    while size > 0:
        text = _text(len(messages), 1_500)
        messages.append(_message("assistant" if len(messages) % 2 else "user", text))
        size -= len(text.encode()) + 32
    return messages


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _body(messages: list[Message]) -> bytes:
    return json.dumps({"messages": messages, "model": "bench"}, ensure_ascii=False, separators=(",", ":")).encode()


def _answer(_: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, json=_completion("It is done. " * 50))


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 25_000, "completion_tokens": 150, "total_tokens": 25_150}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "bench"}
    return {**head, "choices": [choice], "usage": usage}


# -- the disk ----------------------------------------------------------------------------------------------------------


def _measure_disk(plan: Plan) -> Row:
    turns = plan.choose(TURNS, 10)
    path = plan.traces.directory / "conversation.jsonl"
    capture.install()
    with ExitStack() as stack:
        stack.callback(capture.uninstall)
        stack.enter_context(capture.TraceContext("bench", path))
        text = _talk(turns)
    size = path.stat().st_size
    chunks = sum(len(json.dumps(event)) for event in read_events(path) if event["type"] == "llm_chunk")
    ratio = (size - chunks) / text
    return Row(
        f"a chat of {turns} turns on disk",
        f"{size / 1000:,.0f} KB",
        f"{text / 1000:,.0f} KB of text",
        f"{ratio:.2f}×",
        f"≤ {GOAL_DISK:g}×",
        ratio <= GOAL_DISK,
    )


def _talk(turns: int) -> int:
    """Have a conversation, and return how many bytes were said in it."""
    answers = iter(_text(number, 900) for number in range(1, 2 * turns, 2))

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=_completion(next(answers)))

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    messages: list[Any] = [_message("system", _text(0, 2_000))]
    with openai.OpenAI(base_url="http://model.test/v1", api_key="bench", http_client=http) as client:
        for number in range(0, 2 * turns, 2):
            messages.append(_message("user", _text(number, 300)))
            said = client.chat.completions.create(model="bench", messages=messages).choices[0].message.content
            messages.append(_message("assistant", said or ""))
    return sum(len(message["content"].encode()) for message in messages)


def _text(seed: int, size: int) -> str:
    """Return about so many characters of what agents say, the same for the same seed."""
    rng = Random(seed)
    said = ""
    while len(said) < size:
        said += f"{rng.choice(SENTENCES)} "
    return said


def _row(figure: str, ours: Sample, other: Sample) -> Row:
    more = 1e6 * statistics.median([mine - theirs for mine, theirs in zip(ours, other, strict=True)])
    compared = f"{more:+.0f} µs, {against(ours, other)[1]}"
    return Row(
        figure, microseconds(ours), f"{microseconds(other)} without", compared, f"≤ +{GOAL_US:g} µs", more <= GOAL_US
    )
