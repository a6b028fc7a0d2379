"""Every package on every HTTP line, sync and async, streamed and whole: an agent's whole loop is recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import anthropic
import httpx
import pytest

import capture
from capture import TraceContext, trace_tool
from capture.testing import read_events
from peek_tui.demo.server import Exchange, ModelServer, Reply, Text, ToolUse

from ..whole import whole_events
from .clients import KEY, LINES, Line, ask, ask_async

Serve = Callable[..., ModelServer]
Event = dict[str, Any]

WORDS = "Zoë — 顾客 👩‍💻 is waiting,\n\nnow  "
ARGUMENTS = {"id": "4127", "заметка": "ł"}
QUESTION: list[Any] = [{"role": "user", "content": "Who is 4127?"}]
LAST = "It is Zoë."
ANSWERS = (Reply((Text(WORDS), ToolUse("lookup", ARGUMENTS, id="call_1"))), Reply((Text(LAST),)))


class Said(NamedTuple):
    """What an answer says, whichever package read it."""

    text: str
    calls: list[tuple[str, str, Any]]


@trace_tool
def lookup(**arguments: str) -> str:
    return f"{arguments['id']}: Zoë"


def read_whole(answer: Any) -> Said:
    if hasattr(answer, "choices"):
        message = answer.choices[0].message
        calls = [
            (call.id, call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()
        ]
        return Said(message.content or "", calls)
    uses = [block for block in answer.content if block.type == "tool_use"]
    text = "".join(block.text for block in answer.content if block.type == "text")
    return Said(text, [(use.id, use.name, use.input) for use in uses])


def read_pieces(pieces: list[Any]) -> Said:
    """Put a stream together from what the SDK made of it."""
    text, calls, arguments = "", [], ""
    for piece in pieces:
        if hasattr(piece, "choices"):
            for choice in piece.choices:
                text += choice.delta.content or ""
                for call in choice.delta.tool_calls or ():
                    calls += [(call.id, call.function.name)] if call.id else []
                    arguments += call.function.arguments or ""
        elif piece.type == "content_block_start" and piece.content_block.type == "tool_use":
            calls.append((piece.content_block.id, piece.content_block.name))
        elif piece.type == "content_block_delta":
            text += getattr(piece.delta, "text", "")
            arguments += getattr(piece.delta, "partial_json", "")
    return Said(text, [(id, name, json.loads(arguments)) for id, name in calls])


def continued(line: Line, said: Said, result: str) -> list[Any]:
    """Return the conversation after the tool has answered, in the provider's words."""
    [(id, name, arguments)] = said.calls
    if line.provider == "anthropic":
        use = {"type": "tool_use", "id": id, "name": name, "input": arguments}
        answer = {"type": "tool_result", "tool_use_id": id, "content": result}
        return [*QUESTION, {"role": "assistant", "content": [use]}, {"role": "user", "content": [answer]}]
    call = {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
    answer = {"role": "tool", "tool_call_id": id, "content": result}
    return [*QUESTION, {"role": "assistant", "content": None, "tool_calls": [call]}, answer]


def work(line: Line, server: ModelServer, stream: bool) -> Said:
    """Ask, do what the model wants done, and ask again."""
    with line.connect(server) as client:

        def answer(messages: list[Any]) -> Said:
            given = ask(client, line, messages, stream)
            return read_pieces(list(given)) if stream else read_whole(given)

        capture.current().record_decision(chosen_action="ask")
        said = answer(QUESTION)
        return answer(continued(line, said, lookup(**said.calls[0][2])))


async def work_async(line: Line, server: ModelServer, stream: bool) -> Said:
    """Do the same without blocking."""
    async with line.connect_async(server) as client:

        async def answer(messages: list[Any]) -> Said:
            given = await ask_async(client, line, messages, stream)
            return read_pieces([piece async for piece in given]) if stream else read_whole(given)

        capture.current().record_decision(chosen_action="ask")
        said = await answer(QUESTION)
        return await answer(continued(line, said, lookup(**said.calls[0][2])))


@pytest.fixture(params=LINES, ids=lambda line: f"{line.provider}-{line.http}")
def line(request: pytest.FixtureRequest) -> Line:
    given: Line = request.param
    return given


@pytest.fixture(params=[False, True], ids=["whole", "stream"])
def stream(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=["sync", "async"])
def exchanges(
    request: pytest.FixtureRequest, line: Line, stream: bool, run: TraceContext, serve: Serve
) -> list[Exchange]:
    """What passed between the server and an agent that has worked, in one of the two ways."""
    server = serve(*ANSWERS)
    said = work(line, server, stream) if request.param == "sync" else asyncio.run(work_async(line, server, stream))
    assert said == Said(LAST, [])
    assert len(server.exchanges) == 2
    return server.exchanges


def of(run: TraceContext, *types: str) -> list[Event]:
    return [event for event in whole_events(run.path) if event["type"] in types]


def test_parents(run: TraceContext, line: Line, stream: bool, exchanges: list[Exchange]) -> None:
    """Requests and tool calls belong to the decision, answers and chunks to their request, results to their call."""
    events = read_events(run.path)
    decision = next(event["id"] for event in events if event["type"] == "decision")
    names, lines = {events[0]["id"]: "desk", decision: "decision"}, []
    for event in events[2:]:
        names[event["id"]] = f"{event['type']} {sum(e['type'] == event['type'] for e in events[: events.index(event)])}"
        if event["type"] != "llm_chunk":
            lines.append((event["type"], event["name"], names[event["parent"]]))
    assert lines == [
        ("llm_request", line.model, "decision"),
        ("llm_response", line.model, "llm_request 0"),
        ("tool_call", "lookup", "decision"),
        ("tool_result", "lookup", "tool_call 0"),
        ("llm_request", line.model, "decision"),
        ("llm_response", line.model, "llm_request 1"),
    ]
    chunks = [names[event["parent"]] for event in events if event["type"] == "llm_chunk"]
    assert sorted(set(chunks)) == (["llm_request 0", "llm_request 1"] if stream else [])
    assert chunks == sorted(chunks)


def test_requests(run: TraceContext, line: Line, stream: bool, exchanges: list[Exchange]) -> None:
    """A request is recorded with everything that the server received."""
    for event, exchange in zip(of(run, "llm_request"), exchanges, strict=True):
        sent, data = json.loads(exchange.request), event["data"]
        assert (data["provider"], data["attempt"]) == (line.provider, 1)
        assert {key: data[key] for key in ("model", "messages", "tools")} | data.get("settings", {}) == sent
        assert data["settings"].get("stream", False) is stream if "settings" in data else not stream
        assert data["http"]["url"].endswith(exchange.path)
        public = {key: text for key, text in exchange.request_headers.items() if KEY not in text}
        assert data["http"]["headers"] == public
        assert len(public) == len(exchange.request_headers) - 1


def test_answers(run: TraceContext, line: Line, stream: bool, exchanges: list[Exchange]) -> None:
    """An answer is recorded whole: what it says, the tools it wants called, why it ended, and who ended it."""
    use = {"type": "tool_use", "id": "call_1", "name": "lookup", "input": ARGUMENTS}
    blocks = {"anthropic": [{"type": "text", "text": WORDS}, use], "openai": WORDS}
    last = {"anthropic": [{"type": "text", "text": LAST}], "openai": LAST}
    reasons = {"anthropic": ["tool_use", "end_turn"], "openai": ["tool_calls", "stop"]}[line.provider]
    calls = [{"id": "call_1", "name": "lookup", "arguments": ARGUMENTS}]
    answers = of(run, "llm_response")
    assert [event["data"]["content"] for event in answers] == [blocks[line.provider], last[line.provider]]
    assert [event["data"].get("tool_calls") for event in answers] == [calls, None]
    assert [event["data"]["finish_reason"] for event in answers] == reasons
    assert [(event["data"]["closed_by"], "error" in event) for event in answers] == [("server", False)] * 2
    for event, exchange in zip(answers, exchanges, strict=True):
        assert (event["data"]["http"]["status"], event["data"]["http"]["request_id"]) == (200, exchange.request_id)


def test_tokens(run: TraceContext, line: Line, exchanges: list[Exchange]) -> None:
    """The tokens are those that the provider counted, whatever it calls them."""
    for event, exchange in zip(of(run, "llm_response"), exchanges, strict=True):
        usage = exchange.usage
        assert usage is not None
        if line.provider == "anthropic":
            written, read = usage["cache_creation_input_tokens"], usage["cache_read_input_tokens"]
            assert event["usage"] == {
                "input_tokens": usage["input_tokens"] + written + read,
                "output_tokens": usage["output_tokens"],
                "cache_read_tokens": read,
                "cache_write_tokens": written,
            }
        else:
            assert event["usage"] == {
                "input_tokens": usage["prompt_tokens"],
                "output_tokens": usage["completion_tokens"],
                "cache_read_tokens": usage["prompt_tokens_details"]["cached_tokens"],
                "reasoning_tokens": usage["completion_tokens_details"]["reasoning_tokens"],
            }


def test_chunks(run: TraceContext, stream: bool, exchanges: list[Exchange]) -> None:
    """The pieces of a stream are recorded as they pass and add up to the answer; a whole answer has none."""
    first, second = (event["id"] for event in of(run, "llm_request"))
    chunks = [(event["parent"], event["data"]) for event in of(run, "llm_chunk")]
    texts = {id: "".join(data.get("text", "") for parent, data in chunks if parent == id) for id in (first, second)}
    assert texts == ({first: WORDS, second: LAST} if stream else {first: "", second: ""})
    calls = [data["tool_call"] for _, data in chunks if "tool_call" in data]
    assert {(call["id"], call["name"]) for call in calls} == ({("call_1", "lookup")} if stream else set())
    assert not stream or json.loads("".join(call["arguments"] for call in calls)) == ARGUMENTS
    for event, exchange in zip(of(run, "llm_response"), exchanges, strict=True):
        pieces = event["data"].get("chunks")
        assert (pieces is not None) is stream
        assert not stream or sum(size for _, size in pieces) == len(exchange.response)


def test_the_line_that_is_not_there(serve: Serve) -> None:
    """Anthropic's package refuses httpx; on the day it does not, `LINES` is one short."""
    with pytest.raises(TypeError, match=r"Use `httpx2\.Client` instead"), httpx.Client() as client:
        anthropic.Anthropic(base_url=serve().base_url, api_key="demo", http_client=client)  # type: ignore[arg-type]


@pytest.mark.parametrize("stream", [False, True])
def test_anthropic_over_httpx(run: TraceContext, serve: Serve, stream: bool) -> None:
    """Whoever speaks Anthropic's format over httpx without the package is recorded all the same."""
    server = serve(ANSWERS[0])
    body = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": QUESTION, "stream": stream}
    headers = {"x-api-key": "demo", "anthropic-version": "2023-06-01"}
    with httpx.Client(trust_env=False) as client:
        got = client.post(f"{server.base_url}/v1/messages", json=body, headers=headers).content
    assert got == server.exchanges[0].response
    [answer] = of(run, "llm_response")
    assert answer["data"]["tool_calls"] == [{"id": "call_1", "name": "lookup", "arguments": ARGUMENTS}]
    assert (answer["data"]["closed_by"], "error" in answer) == ("server", False)
