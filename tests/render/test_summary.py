from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.events import VOCABULARY
from peek_tui.render.summary import summary
from peek_tui.trace.model import DAMAGED, Damage, Event
from tests.state.traces import DEEP, HOSTILE, TraceFile, event_of, obeyed

ERROR = {"type": "tools.errors.Boom", "message": "it\nbroke", "stack": "Traceback …"}
USAGE = {"input_tokens": 4102, "output_tokens": 212}
TEXT = [{"type": "text", "text": "It rains."}]

LINES: dict[str, tuple[dict[str, Any], str]] = {
    "agent_start": ({"agent_name": "a", "argv": ["agent.py", "--fast"], "tags": ["demo"]}, "agent.py --fast"),
    "agent_end": ({"status": "completed", "totals": {"events": 9, "errors": 0}}, "completed events=9"),
    "capture_loss": ({"events": 3, "bytes": 99, "reasons": {"disk full": 3}}, "3 events, 99 bytes lost: disk full (3)"),
    "agent_turn": ({"speaker": "n", "turn_index": 2, "goal": "find out", "content": "hm"}, "find out"),
    "user_message": ({"content": "What is the\n weather?"}, "What is the weather?"),
    "llm_request": ({"model": "n", "messages": [{"role": "user", "content": "Hi"}]}, "1 message Hi"),
    "llm_chunk": ({"text": "It ra"}, "It ra"),
    "llm_response": ({"model": "n", "content": TEXT, "finish_reason": "end_turn"}, "It rains."),
    "tool_call": ({"arguments": {"q": "two words", "n": 3}}, 'q="two words" n=3'),
    "tool_result": ({"result": {"rows": [1, 2]}, "is_error": False}, "rows=[1, 2]"),
    "decision": ({"reasoning": "because", "confidence": 0.857, "chosen_action": "n"}, "0.86 because"),
    "safety_check": (
        {"policy_name": "n", "outcome": "block", "blocked_action": "refund", "rationale": "too much"},
        "block refund too much",
    ),
    "refusal": ({"reason": "too much", "policy_name": "n", "blocked_action": "refund"}, "refund too much"),
    "policy_violation": (
        {"policy_name": "n", "violation_type": "limit", "severity": "high", "details": {"over": 3}},
        "violation_type=limit severity=high details={over=3}",
    ),
    "prompt_policy": ({"template_id": "n", "policy_parameters": {"tone": "dry"}}, "policy_parameters={tone=dry}"),
    "behavior_alert": (
        {"alert_type": "n", "severity": "high", "signal": "again and again"},
        'severity=high signal="again and again"',
    ),
    "repair_attempt": ({"attempted_fix": "try again", "outcome": "success"}, "success try again"),
    "checkpoint": ({"state": {"turn": 2}, "memory": {"messages": []}, "label": "n"}, "turn=2"),
    "drift": ({"differences": {"model": "other"}}, "differences={model=other}"),
    "file_read": ({"path": "n", "bytes": 12480}, "12,480 bytes"),
    "file_write": ({"path": "n", "bytes": 1, "diff": "+x"}, "1 bytes"),
    "subagent_start": ({"agent_id": "1", "agent_type": "n", "prompt": "search"}, "search"),
    "subagent_end": ({"agent_id": "1", "agent_type": "n", "result": "found"}, "found"),
    "clock": ({"value": 1.5}, "value=1.5"),
    "random": ({"value": 4}, "value=4"),
    "new_id": ({"value": "x"}, "value=x"),
    "control": ({"action": "n", "by": "peek", "paused_ms": 12.5}, "by=peek paused_ms=12.5"),
    "error": ({}, ""),
    "log": ({"stream": "n", "text": "one\ntwo"}, "one two"),
    "custom.metric": ({"value": 1, "unit": None, "label": "n"}, 'value=1 unit=""'),
}


def test_vocabulary() -> None:
    """Every type of the vocabulary has its line in this file."""
    assert set(LINES) - {"custom.metric"} == set(VOCABULARY)


@pytest.mark.parametrize("type", LINES)
def test_line(tmp_path: Path, type: str) -> None:
    """Each type says on its line what a reader looks for, and nothing that the row's name says already."""
    data, line = LINES[type]
    assert summary(event_of(tmp_path, type, "n", data)) == line


@pytest.mark.parametrize("type", LINES)
def test_failure(tmp_path: Path, type: str) -> None:
    """An event that failed says how before anything else: the class of the error and its message, on one line."""
    event = event_of(tmp_path, type, "n", LINES[type][0], error=ERROR)
    assert summary(event).startswith("Boom: it broke")


@pytest.mark.parametrize("type", LINES)
def test_nothing_known(tmp_path: Path, type: str) -> None:
    """An event without any payload has a line too, and nothing in it is made up."""
    said = {"llm_request": "0 messages", "capture_loss": "some events lost"}
    assert summary(event_of(tmp_path, type, "n")) == said.get(type, "")


@pytest.mark.parametrize(
    ("type", "data", "header", "line"),
    [
        ("agent_start", {"tags": ["demo", "nightly"]}, {}, "demo, nightly"),
        ("agent_turn", {"content": "hm"}, {}, "hm"),
        (
            "llm_request",
            {"messages": [{"role": "user", "content": "Hi"}] * 3, "attempt": 2},
            {},
            "attempt 2 3 messages Hi",
        ),
        ("llm_request", {"messages": [{"role": "user", "content": "Hi"}], "attempt": 1}, {}, "1 message Hi"),
        ("llm_response", {"content": TEXT}, {"usage": USAGE}, "4.1k→212 tok It rains."),
        ("llm_response", {"content": TEXT, "closed_by": "consumer"}, {}, "stopped by its reader It rains."),
        ("llm_chunk", {"tool_call": {"name": "search", "arguments": '{"q"'}}, {}, 'search({"q"'),
        ("llm_chunk", {"thinking": "hm"}, {}, "hm"),
        ("tool_result", {"result": "no"}, {"error": {"type": "Boom", "message": ""}}, "Boom"),
        ("tool_result", {"result": None}, {}, ""),
        ("decision", {"reasoning": "because", "confidence": "high"}, {}, "because"),
        ("safety_check", {"outcome": "pass"}, {}, "pass"),
    ],
)
def test_cases(tmp_path: Path, type: str, data: dict[str, Any], header: dict[str, Any], line: str) -> None:
    """What is there decides what is said."""
    assert summary(event_of(tmp_path, type, "n", data, **header)) == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("text", "text"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a b"),
        ([{"type": "thinking", "thinking": "hm"}], "(thinks) hm"),
        ([{"type": "tool_use", "name": "search", "input": {"q": "x"}}], "→ search(q=x)"),
        ([{"type": "tool_result", "content": [{"type": "text", "text": "found"}]}], "← found"),
        ([{"type": "image", "source": {}}], "[image]"),
        ([{"role": "user"}], "role=user"),
        (["a", 1, None], "a 1"),
        ({"any": "thing"}, "any=thing"),
    ],
)
def test_blocks(tmp_path: Path, content: Any, line: str) -> None:
    """The blocks of a message are told by what they hold."""
    assert summary(event_of(tmp_path, "llm_response", data={"content": content})) == line


class TestDamage:
    def test_line(self, trace_file: TraceFile) -> None:
        """A line that is no event says where it stands and why."""
        trace_file.write(b"\ngarbage\n")
        said = "line 2, 7 bytes unreadable: not JSON: Expecting value at character 0"
        assert summary(trace_file.snapshot().event(0)) == said

    def test_payload(self, trace_file: TraceFile) -> None:
        """An event whose payload cannot be read says so."""
        trace_file.write(b'{"v":1,"type":"tool_call","name":"x","data":[1]}\n')
        assert summary(trace_file.snapshot().event(0)) == 'payload unreadable: "data" is not an object'


class TestHostile:
    @pytest.mark.parametrize("type", LINES)
    def test_terminal(self, tmp_path: Path, type: str) -> None:
        """Whatever stands in an event, its line is one line that a terminal only prints."""
        data = {field: "".join(HOSTILE) for field in (VOCABULARY[type].fields if type in VOCABULARY else ("x",))}
        error = {"type": HOSTILE[-7], "message": "".join(HOSTILE)}
        for header in ({}, {"error": error}):
            line = summary(event_of(tmp_path, type, HOSTILE[-7], data or {"x": "".join(HOSTILE)}, **header))
            assert obeyed(line) == set()

    @pytest.mark.parametrize("type", LINES)
    def test_deep(self, tmp_path: Path, type: str) -> None:
        """A payload nested without end has a line."""
        fields = VOCABULARY[type].fields if type in VOCABULARY else ("x",)
        for value in (DEEP, [{"type": "tool_result", "content": DEEP}], {"type": DEEP}):
            assert len(summary(event_of(tmp_path, type, "n", dict.fromkeys(fields, value)))) <= 1_600

    @pytest.mark.parametrize("type", LINES)
    @pytest.mark.parametrize("kind", ["list", "dict", "block"])
    def test_branching(self, type: str, kind: str) -> None:
        """A payload of 2**60 values has a line: only its beginning is looked at."""
        value: Any = "x"
        for _ in range(60):
            block = {"type": "tool_result", "content": value}
            value = {"list": [value, value], "dict": {"a": value, "b": value}, "block": [block, block]}[kind]
        fields = VOCABULARY[type].fields if type in VOCABULARY else ("x",)
        assert len(summary(event(type, "n", {"data": dict.fromkeys(fields, value)}))) <= 1_600

    @pytest.mark.parametrize("type", LINES)
    def test_long(self, tmp_path: Path, type: str) -> None:
        """However long its texts, a line stays short."""
        fields = VOCABULARY[type].fields if type in VOCABULARY else ("x",)
        for value in ("x" * 100_000, ["x" * 100_000] * 3, {"x" * 100_000: 1}):
            assert len(summary(event_of(tmp_path, type, "n", dict.fromkeys(fields, value)))) <= 1_600


KEYS = sorted(
    {
        *chain.from_iterable(word.fields for word in VOCABULARY.values()),
        *("type", "text", "thinking", "name", "input", "content", "role", "arguments", "events", "reasons"),
    }
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(("text", "thinking", "tool_use", "tool_result", "consumer")),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


def event(type: str, name: str, fields: dict[str, Any]) -> Event:
    return Event(0, 0, 0, "", "0" * 16, "", type, name, fields, b"", Damage("f", 1, "r", "payload"))


@given(
    st.sampled_from((*LINES, DAMAGED)), st.text(max_size=4), st.dictionaries(st.sampled_from(KEYS), JSON), JSON, JSON
)
def test_anything(type: str, name: str, data: dict[str, Any], error: Any, usage: Any) -> None:
    """Whatever JSON stands in whichever field of whichever type, there is a line."""
    line = summary(event(type, name, {"type": type, "data": data, "error": error, "usage": usage}))
    assert obeyed(line) == set()


def test_nested(tmp_path: Path) -> None:
    """What stands within a value is told as it is, not quoted over and over."""
    data = {"arguments": {"todos": [{"content": "Find the lamp", "done": False}], "at": {}, "by": []}}
    told = 'todos=[content="Find the lamp" done=false] at={} by=[]'
    assert summary(event_of(tmp_path, "tool_call", "n", data)) == told
