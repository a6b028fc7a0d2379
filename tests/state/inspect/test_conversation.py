from __future__ import annotations

from typing import Any

import pytest

from peek_tui.state.inspect import Outline, Subject
from peek_tui.state.inspect.speech import Said, said_in, speaker_of
from tests.state.traces import TraceFile

SPOKEN: list[tuple[Any, str, list[Said]]] = [
    ({"role": "user", "content": "hello"}, "user", [Said("text", "", "hello")]),
    (
        {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "yes"}]},
        "assistant",
        [Said("thought", "", "hm"), Said("text", "", "yes")],
    ),
    (
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "add", "input": {"a": 1}}]},
        "assistant",
        [Said("call", "add", {"a": 1})],
    ),
    (
        {"role": "user", "content": [{"type": "tool_result", "content": [{"type": "text", "text": "2"}]}]},
        "user",
        [Said("result", "", "2")],
    ),
    (
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "add", "arguments": '{"a":1}'}}]},
        "assistant",
        [Said("call", "add", {"a": 1})],
    ),
    ({"role": "tool", "tool_call_id": "c", "content": "2"}, "tool", [Said("result", "", "2")]),
    ({"type": "function_call", "name": "add", "arguments": "{"}, "assistant", [Said("call", "add", "{")]),
    ({"type": "function_call_output", "output": "2"}, "tool", [Said("result", "", "2")]),
    (
        {"type": "reasoning", "summary": [{"text": "hm"}]},
        "assistant",
        [Said("thought", "", "hm")],
    ),
    ({"role": "model", "parts": [{"text": "hm", "thought": True}]}, "assistant", [Said("thought", "", "hm")]),
    (
        {"role": "model", "parts": [{"functionCall": {"name": "add", "args": {}}}]},
        "assistant",
        [Said("call", "add", {})],
    ),
    (
        {"role": "user", "parts": [{"functionResponse": {"name": "add", "response": 2}}]},
        "user",
        [Said("result", "add", 2)],
    ),
    (
        {"role": "user", "content": [{"type": "image", "n": 1}]},
        "user",
        [Said("other", "image", {"type": "image", "n": 1})],
    ),
    ("hello", "message", [Said("text", "", "hello")]),
    (7, "message", [Said("text", "", 7)]),
]


@pytest.mark.parametrize(("message", "speaker", "said"), SPOKEN, ids=lambda value: str(value)[:60])
def test_said(message: Any, speaker: str, said: list[Said]) -> None:
    """A message says the same in every provider's form; what nobody knows is shown as it is."""
    assert speaker_of(message) == speaker
    assert list(said_in(message)) == said


def lines(subject: Subject, view: str = "conversation") -> list[str]:
    outline = Outline(subject, 80, view)
    assert outline.view == view
    return [
        f"{entry.sign or ' '}{' ' * entry.indent}{entry.key}{': ' if entry.key and entry.text else ''}{entry.text}"
        for entry in outline.entries[1:]
        if entry.key not in ("agent", "id", "parent", "session") and (entry.key or entry.text)
    ]


def ask(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


class TestRequest:
    def test_first(self, trace: TraceFile) -> None:
        """The first request of an agent shows all it says, and marks nothing."""
        trace.add("llm_request", "m", {"model": "m", "system": "Be brief.", "messages": ask("hello", "there")})
        snapshot = trace.snapshot()
        assert lines(Subject(snapshot.event(0), snapshot)) == [
            " model: m",
            " system: Be brief.",
            " user",
            "   hello",
            " user",
            "   there",
        ]

    def test_new(self, trace: TraceFile) -> None:
        """Of a later one, what the one before of the same agent said is folded, and what is new or other is marked."""
        trace.add("llm_request", "m", {"system": "Be brief.", "messages": ask("hello")}, agent="a")
        trace.add("llm_request", "m", {"messages": ask("else")}, agent="b")
        trace.add("llm_request", "m", {"system": "Be kind.", "messages": ask("hello", "```\nx = 1\n```")}, agent="a")
        snapshot = trace.snapshot()
        subject = Subject(snapshot.event(2), snapshot)
        assert lines(subject) == [
            "+system: Be kind.",
            " 1 message as in the request before",
            "+user",
            "+  ```",
            "+  x = 1",
            "+  ```",
        ]
        kinds = [entry.kind for entry in Outline(subject, 80, "conversation").entries if entry.sign and entry.indent]
        assert kinds == ["dim", "code", "dim"]

    def test_delta(self, trace: TraceFile) -> None:
        """A request that was written as what it adds to another is shown whole."""
        base = trace.add("llm_request", "m", {"messages": ask("hello")})
        trace.add("llm_request", "m", {"base": base, "keep": 1, "same": [], "messages": ask("there")})
        snapshot = trace.snapshot()
        assert lines(Subject(snapshot.event(1), snapshot))[-2:] == ["+user", "+  there"]
        assert "messages: [2]" in [line.strip() for line in lines(Subject(snapshot.event(1), snapshot), "payload")]


@pytest.mark.parametrize("view", ["payload", "conversation", "changes", "raw"])
@pytest.mark.parametrize("depth", [600, 900, 960, 980, 990])
def test_too_deep(trace: TraceFile, view: str, depth: int) -> None:
    """Values nested about as deep as can be read are shown in every view; what cannot be compared counts as other."""
    for _ in range(2):
        trace.add("llm_request", "m", {"settings": "<deep>", "messages": [{"role": "user", "content": "<deep>"}]})
    deep = b"[" * depth + b"]" * depth
    trace.path.write_bytes(trace.path.read_bytes().replace(b'"<deep>"', deep))
    snapshot = trace.snapshot()
    assert lines(Subject(snapshot.event(1), snapshot), view)


def test_response(trace: TraceFile) -> None:
    """An answer shows what was said and which tools it calls, each once."""
    calls = [{"id": "t", "name": "add", "arguments": {"a": 1}}]
    trace.add("llm_response", "m", {"content": "I add.", "tool_calls": calls})
    assert lines(Subject(trace.snapshot().event(0))) == [" assistant", "   I add.", "   → add: {1}", "     a: 1"]


def test_other(trace: TraceFile) -> None:
    """An event without a conversation shows its payload in that view."""
    trace.add("log", data={"text": "x"})
    assert Outline(Subject(trace.snapshot().event(0)), 80, "conversation").view == "payload"
