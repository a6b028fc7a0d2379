"""The tools that models ask for, as the wire tells of them, with the real clients: each call and each result once."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

import capture
from capture import TraceContext, trace_tool
from capture._core import asked
from capture.instrument.joins import ModelCall
from capture.testing import read_events
from tests.loopback import LoopbackServer, Reply, Text, ToolUse

ADD = ToolUse("add", {"a": 1, "b": 2}, id="call_1")
LOOK = ToolUse("look", {"at": "Zoë"}, id="call_2")
BOTH, LAST = Reply((Text("let me see"), ADD, LOOK)), Reply((Text("three"),))


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows which tools another one's host records."""
    monkeypatch.setattr(asked, "_observed", {})


class Agent:
    """Asks a model, and tells it what its tools gave back, in one provider's words."""

    def __init__(self, server: LoopbackServer) -> None:
        self.said: list[Any] = [{"role": "user", "content": "hi"}]
        self.connect(server)

    def connect(self, server: LoopbackServer) -> None: ...
    def ask(self) -> None: ...
    def tell(self, id: str, name: str, result: str) -> None: ...


class Chat(Agent):
    def connect(self, server: LoopbackServer) -> None:
        self._client = openai.OpenAI(base_url=server.openai_url, api_key="k", max_retries=0)

    def ask(self) -> None:
        answer = self._client.chat.completions.create(model="m", messages=self.said)
        self.said.append(answer.choices[0].message.model_dump(exclude_none=True))

    def tell(self, id: str, name: str, result: str) -> None:
        self.said.append({"role": "tool", "tool_call_id": id, "content": result})


class StreamedChat(Chat):
    def ask(self) -> None:
        with self._client.chat.completions.stream(model="m", messages=self.said) as stream:
            stream.until_done()
            message = stream.get_final_completion().choices[0].message
        self.said.append(json.loads(message.model_dump_json(exclude={"parsed"}, exclude_none=True)))


class Responses(Agent):
    def connect(self, server: LoopbackServer) -> None:
        self._client = openai.OpenAI(base_url=server.openai_url, api_key="k", max_retries=0)

    def ask(self) -> None:
        self.said += [item.model_dump() for item in self._client.responses.create(model="m", input=self.said).output]

    def tell(self, id: str, name: str, result: str) -> None:
        self.said.append({"type": "function_call_output", "call_id": id, "output": result})


class Messages(Agent):
    def connect(self, server: LoopbackServer) -> None:
        self._client = anthropic.Anthropic(base_url=server.base_url, api_key="k", max_retries=0)

    def ask(self) -> None:
        answer = self._client.messages.create(model="m", max_tokens=9, messages=self.said)
        self.said.append({"role": "assistant", "content": [block.model_dump() for block in answer.content]})

    def tell(self, id: str, name: str, result: str) -> None:
        block = {"type": "tool_result", "tool_use_id": id, "content": result}
        self.said.append({"role": "user", "content": [block]})


class Gemini(Agent):
    def connect(self, server: LoopbackServer) -> None:
        genai = importlib.import_module("google.genai")
        self.said = [{"role": "user", "parts": [{"text": "hi"}]}]
        self._client = genai.Client(api_key="k", http_options={"base_url": server.base_url})

    def ask(self) -> None:
        answer = self._client.models.generate_content(model="m", contents=self.said)
        self.said.append(answer.candidates[0].content.model_dump(mode="json", exclude_none=True))

    def tell(self, id: str, name: str, result: str) -> None:
        part = {"function_response": {"name": name, "response": {"result": result}}}
        self.said.append({"role": "user", "parts": [part]})


@pytest.fixture(params=[Chat, StreamedChat, Responses, Messages, Gemini])
def agent(request: pytest.FixtureRequest, run: TraceContext) -> Iterator[Callable[..., Agent]]:
    """Make an agent whose model gives these answers."""
    if request.param is Gemini:
        pytest.importorskip("google.genai")
    servers: list[LoopbackServer] = []

    def make(*answers: Reply) -> Agent:
        servers.append(LoopbackServer(*answers))
        made: Agent = request.param(servers[-1])
        return made

    yield make
    for server in servers:
        server.close()


def seen(run: TraceContext) -> list[str]:
    """Return calls, results and requests, each with what it belongs to."""
    events = read_events(run.path)
    names = {event["id"]: f"{event['type']} {event['name']}" for event in events}
    kept = ("tool_call", "tool_result", "llm_request", "decision")
    return [f"{names[each['id']]} < {names.get(each['parent'], '')}" for each in events if each["type"] in kept]


def of(run: TraceContext, type: str) -> list[dict[str, Any]]:
    return [event for event in read_events(run.path) if event["type"] == type]


def test_untouched(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """Of an agent that records nothing itself, the calls are recorded when asked for, the results when first sent, and
    neither again however often the conversation is sent.
    """
    talk = agent(BOTH, *[LAST] * 5)
    decision = run.record_decision(chosen_action="answer")
    talk.ask()
    assert seen(run)[2:] == ["tool_call add < decision answer", "tool_call look < decision answer"]
    assert [event["data"]["arguments"] for event in of(run, "tool_call")] == [{"a": 1, "b": 2}, {"at": "Zoë"}]
    talk.tell("call_1", "add", "3")
    talk.tell("call_2", "look", "a customer")
    for _ in range(5):
        talk.ask()
        talk.said.append(
            {"role": "user", **({"parts": [{"text": "x"}]} if isinstance(talk, Gemini) else {"content": "x"})}
        )
    assert seen(run)[4:7] == [
        "tool_result add < tool_call add",
        "tool_result look < tool_call look",
        "llm_request m < decision answer",
    ]
    assert [event["parent"] for event in of(run, "tool_call")] == [decision] * 2
    assert len(of(run, "tool_call")) == len(of(run, "tool_result")) == 2
    results = [event["data"]["result"] for event in of(run, "tool_result")]
    assert results == ([{"result": "3"}, {"result": "a customer"}] if isinstance(talk, Gemini) else ["3", "a customer"])
    assert all(event["duration_ms"] >= 0 for event in of(run, "tool_result"))


def test_called_twice(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """Each of two calls of one tool at once has its own result, whether or not results name their call."""
    talk = agent(Reply((ADD, ToolUse("add", {"a": 5, "b": 6}, id="call_3"))), LAST)
    talk.ask()
    talk.tell("call_1", "add", "3")
    talk.tell("call_3", "add", "11")
    talk.ask()
    asked = {event["id"]: event["data"]["arguments"]["a"] for event in of(run, "tool_call")}
    given = [(asked[event["parent"]], event["data"]["result"]) for event in of(run, "tool_result")]
    assert given == (
        [(1, {"result": "3"}), (5, {"result": "11"})] if isinstance(talk, Gemini) else [(1, "3"), (5, "11")]
    )


def test_decorated(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """A decorated tool is recorded when it runs, with the decision it runs for; the wire adds nothing."""

    @trace_tool
    def add(a: int, b: int) -> str:
        return str(a + b)

    talk = agent(Reply((ADD,)), LAST, LAST)
    talk.ask()
    run.record_decision(chosen_action="calculate")
    talk.tell("call_1", "add", add(1, b=2))
    talk.ask()
    talk.ask()
    assert seen(run)[1:4] == [
        "decision calculate < agent_start desk",
        "tool_call add < decision calculate",
        "tool_result add < tool_call add",
    ]
    assert len(of(run, "tool_call")) == len(of(run, "tool_result")) == 1


def test_decorated_but_not_run(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """Such a tool that did not run, because a guardrail answered in its place, is not recorded as called."""

    @trace_tool
    def add(a: int, b: int) -> str:
        return str(a + b)

    talk = agent(Reply((ADD,)), LAST)
    talk.ask()
    talk.tell("call_1", "add", "not allowed")
    talk.ask()
    assert of(run, "tool_call") == of(run, "tool_result") == []


def test_by_hand(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """A call that the host records by hand is the one that was asked for, from the first one on."""
    talk = agent(Reply((ADD,)), Reply((ToolUse("add", {"a": 5, "b": 6}, id="call_3"),)), LAST)
    for id, a, b in (("call_1", 1, 2), ("call_3", 5, 6)):
        talk.ask()
        run.record_decision(chosen_action="calculate")
        call = run.record_tool_call("add", {"a": a, "b": b})
        run.record_tool_result("add", str(a + b))
        assert call == of(run, "tool_call")[-1]["id"]
        talk.tell(id, "add", str(a + b))
    talk.ask()
    assert [event["data"]["result"] for event in of(run, "tool_result")] == ["3", "11"]
    assert len(of(run, "tool_call")) == 2
    assert seen(run)[-4] == "decision calculate < agent_start desk"
    assert seen(run)[-3] == "tool_call add < decision calculate"  # by now it is known who records this tool


def test_result_by_hand(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """A result that the host records by hand is not recorded again when it is sent."""
    talk = agent(Reply((ADD,)), LAST)
    talk.ask()
    run.record_tool_result("add", 3)
    talk.tell("call_1", "add", "3")
    talk.ask()
    [result] = of(run, "tool_result")
    assert (result["data"]["result"], result["parent"]) == (3, of(run, "tool_call")[0]["id"])


def test_another_call(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """A call with other arguments than were asked for is another one."""
    agent(Reply((ADD,))).ask()
    run.record_tool_call("add", {"a": 7, "b": 2})
    assert [event["data"]["arguments"]["a"] for event in of(run, "tool_call")] == [1, 7]


def test_in_a_framework(run: TraceContext, agent: Callable[..., Agent]) -> None:
    """While a framework watches, which will tell of the tools it runs, the calls are its own to record; those it does
    not tell of are recorded with their results.
    """
    talk = agent(BOTH, LAST)
    call = ModelCall("framework", "m", dict)
    talk.ask()
    call.end()
    assert of(run, "tool_call") == []
    run.record_tool_call("look", {"at": "Zoë"})
    run.record_tool_result("look", "a customer")
    talk.tell("call_1", "add", "3")
    talk.tell("call_2", "look", "a customer")
    talk.ask()
    assert seen(run)[1:5] == [
        "tool_call look < agent_start desk",
        "tool_result look < tool_call look",
        "tool_call add < agent_start desk",
        "tool_result add < tool_call add",
    ]


def test_failed(run: TraceContext) -> None:
    """A result that says it is an error is one."""
    with LoopbackServer(Reply((ADD,)), LAST) as server:
        talk = Messages(server)
        talk.ask()
        talk.tell("call_1", "add", "no such number")
        talk.said[-1]["content"][0]["is_error"] = True
        talk.ask()
    [result] = of(run, "tool_result")
    assert (result["data"]["is_error"], result["error"]["message"]) == (True, "no such number")


def test_cut(run: TraceContext) -> None:
    """An answer that breaks off asks for nothing: its last call may be half a one."""
    with LoopbackServer(Reply((ADD,), breaks="cut")) as server:
        client = anthropic.Anthropic(base_url=server.base_url, api_key="k", max_retries=0)
        body: Any = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
        with pytest.raises(Exception, match="peer closed"), client.messages.stream(**body) as stream:
            stream.until_done()
    assert len(of(run, "llm_response")) == 1
    assert of(run, "tool_call") == []


def test_asked_in_another_process(tmp_path: Path, untapped: None) -> None:
    """A conversation that was begun elsewhere brings results of calls that nobody here saw; they are no news."""
    capture.install()
    with TraceContext(path=tmp_path / "run.jsonl") as context, LoopbackServer(LAST) as server:
        talk = Chat(server)
        call = {"id": "call_9", "type": "function", "function": {"name": "add", "arguments": "{}"}}
        talk.said += [
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_9", "content": "3"},
        ]
        talk.ask()
    assert [event["type"] for event in read_events(context.path)] == [
        "agent_start", "llm_request", "llm_response", "agent_end"
    ]  # fmt: skip


def test_bounded() -> None:
    """Calls whose results never come are forgotten in the end."""
    calls = asked.AskedCalls()
    for number in range(5_000):
        calls.add(str(number), asked.AskedCall("f", {}, None, ""))  # type: ignore[arg-type]
    assert len(calls._calls) == 1024
    assert calls.answered("0", "") is None
    assert calls.answered("4999", "") is not None
