from __future__ import annotations

import enum
import inspect
import pickle
from typing import Any

import pytest

from capture import EventId, TraceContext
from capture._core.common import Common
from capture._core.records import Records
from capture.events import CALLS, ENDS, VOCABULARY
from capture.testing import read_events

NAMED_BY_KEYWORD = {"tool_call": "name", "tool_result": "name", "llm_chunk": "model", "agent_end": "agent_name"}
"""Types whose `name` is no field of their payload: it is a parameter of its own."""

WORD: dict[str, Any] = {
    "agent_start": "planner",
    "agent_end": "planner",
    "agent_turn": "user",
    "llm_request": "claude",
    "llm_chunk": "claude",
    "llm_response": "claude",
    "tool_call": "search",
    "tool_result": "search",
    "decision": "refund",
    "safety_check": "limits",
    "refusal": "limits",
    "policy_violation": "limits",
    "prompt_policy": "v2",
    "behavior_alert": "loop",
    "checkpoint": "before",
    "file_read": "a.txt",
    "file_write": "a.txt",
    "subagent_start": "critic",
    "subagent_end": "critic",
    "control": "pause",
    "log": "stderr",
}
"""The one word that a row of each type shows; the types that are left out have none."""

NAMING = {
    "agent_start": "agent_name",
    "agent_turn": "speaker",
    "llm_request": "model",
    "llm_response": "model",
    "decision": "chosen_action",
    "safety_check": "policy_name",
    "refusal": "policy_name",
    "policy_violation": "policy_name",
    "prompt_policy": "template_id",
    "behavior_alert": "alert_type",
    "checkpoint": "label",
    "file_read": "path",
    "file_write": "path",
    "subagent_start": "agent_type",
    "subagent_end": "agent_type",
    "control": "action",
    "log": "stream",
} | NAMED_BY_KEYWORD

SPECIAL = {"is_error": True, "evidence_event_ids": ["5f3a9c1e00000001"], "related_event_ids": ["5f3a9c1e00000001"]}
"""Fields whose values mean something to the recorder."""


class Action(str, enum.Enum):  # noqa: UP042 (the kind that prints as `Action.GO`)
    GO = "go"


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("no text")


def method(type: str) -> Any:
    return getattr(Records, f"record_{type}")


def last(ctx: TraceContext) -> dict[str, Any]:
    return read_events(ctx.path)[-1]


@pytest.mark.parametrize("type", [type for type in VOCABULARY if type != "error"])
class TestEveryType:
    def test_signature(self, type: str) -> None:
        """The method of a type takes the type's fields, besides the word that names it, and what every event may
        have.
        """
        parameters = inspect.signature(method(type)).parameters
        *names, rest = [name for name in parameters if name != "self"]
        if type in NAMED_BY_KEYWORD:
            names.remove(NAMED_BY_KEYWORD[type])
        assert sorted(names) == sorted(VOCABULARY[type].fields)
        assert parameters[rest].kind is inspect.Parameter.VAR_KEYWORD
        assert all(parameters[name].default is None for name in names)

    def test_event(self, ctx: TraceContext, type: str) -> None:
        """An event has its type, the word that names it, and each given field under its own name."""
        fields: dict[str, Any] = {name: SPECIAL.get(name, f"the {name}") for name in VOCABULARY[type].fields}
        if type in NAMING:
            fields[NAMING[type]] = WORD[type]
        id = method(type)(ctx, **fields)
        event = last(ctx)
        if type in NAMED_BY_KEYWORD:
            del fields[NAMED_BY_KEYWORD[type]]
        assert (event["id"], event["type"], event["name"]) == (id, type, WORD.get(type, ""))
        assert event["data"] == fields

    def test_nothing_given(self, ctx: TraceContext, type: str) -> None:
        """Fields that are not given are left out."""
        named = {"name": "search"} if type in ("tool_call", "tool_result") else {}
        method(type)(ctx, **named)
        assert last(ctx)["data"] == ({"is_error": False} if type == "tool_result" else {})

    def test_what_every_event_may_have(self, ctx: TraceContext, type: str) -> None:
        """Each of the common keys becomes a key of the header."""
        common: dict[str, Any] = {
            "parent": "5f3a9c1e00000002",
            "duration_ms": 1.5,
            "error": {"type": "E", "message": "no", "stack": "s"},
            "usage": {"input_tokens": 1, "output_tokens": 2, "reasoning_tokens": 3},
            "cost_usd": 0.25,
            "importance": 0.5,
            "links": ["5f3a9c1e00000003"],
            "agent": "planner",
            "source": {"kind": "otel"},
        }
        assert common.keys() == Common.__annotations__.keys()
        named = {"name": "search"} if type in ("tool_call", "tool_result") else {}
        method(type)(ctx, **named, **common)
        event = last(ctx)
        assert {key: event[key] for key in common} == common
        assert event["data"] == ({"is_error": True} if type == "tool_result" else {})

    async def test_id(self, ctx: TraceContext, type: str) -> None:
        """The id is a `str` of 16 hex digits that may be awaited."""
        named = {"name": "search"} if type in ("tool_call", "tool_result") else {}
        id = method(type)(ctx, **named)
        assert isinstance(id, EventId)
        assert await id is id
        assert last(ctx)["id"] == id
        assert bytes.fromhex(id)[4:] == b"\0\0\0\1"


def test_every_type_has_a_method() -> None:
    """There is one method for every type of the vocabulary, and no other."""
    methods = {name.removeprefix("record_") for name in dir(Records) if name.startswith("record_")}
    assert methods == set(VOCABULARY)


def test_answers_answer_calls() -> None:
    """What a type may answer is in the vocabulary, and opens something."""
    assert set(ENDS) < set(VOCABULARY)
    assert set(ENDS.values()) == CALLS


class TestParticulars:
    def test_error(self, ctx: TraceContext) -> None:
        """An exception outside any call is the event's `error`, and its class the name."""
        id = ctx.record_error(ValueError("no"), parent="5f3a9c1e00000002", links=["5f3a9c1e00000003"])
        event = last(ctx)
        assert (event["id"], event["type"], event["name"], event["parent"], event["links"], event["data"]) == (
            id, "error", "ValueError", "5f3a9c1e00000002", ["5f3a9c1e00000003"], {}
        )  # fmt: skip
        assert event["error"] == {"type": "ValueError", "message": "no", "stack": "ValueError: no\n"}

    @pytest.mark.parametrize("links", [None, ()])
    def test_error_in_words(self, ctx: TraceContext, links: Any) -> None:
        """An error may be a message alone."""
        ctx.record_error("no", **({} if links is None else {"links": links}))
        assert (last(ctx)["name"], last(ctx)["error"]) == ("", {"type": "Error", "message": "no"})
        assert last(ctx).get("links") == (None if links is None else [])

    def test_checkpoint_by_its_other_name(self, ctx: TraceContext) -> None:
        """`create_checkpoint` is `record_checkpoint`."""
        id = ctx.create_checkpoint(state={"turn": 3}, memory=["m"], label="before")
        event = last(ctx)
        assert (event["id"], event["type"], event["name"]) == (id, "checkpoint", "before")
        assert event["data"] == {"state": {"turn": 3}, "memory": ["m"], "label": "before"}

    @pytest.mark.parametrize(
        ("given", "is_error", "error"),
        [
            ({}, False, None),
            ({"is_error": False}, False, None),
            ({"error": None}, False, None),
            ({"is_error": True}, True, {"type": "ToolError", "message": "gone"}),
            ({"is_error": True, "error": None}, True, {"type": "ToolError", "message": "gone"}),
            ({"error": "no"}, True, {"type": "Error", "message": "no"}),
            ({"is_error": False, "error": "no"}, True, {"type": "Error", "message": "no"}),
        ],
    )
    def test_failed_result(self, ctx: TraceContext, given: Any, is_error: bool, error: Any) -> None:
        """A result that is an error has one, and one that has an error is one."""
        ctx.record_tool_result("search", "gone", **given)
        event = last(ctx)
        assert event["data"] == {"result": "gone", "is_error": is_error}
        assert event.get("error") == error

    @pytest.mark.parametrize(
        ("type", "field"), [("decision", "evidence_event_ids"), ("behavior_alert", "related_event_ids")]
    )
    def test_evidence_is_linked(self, ctx: TraceContext, type: str, field: str) -> None:
        """Events named as evidence become links, unless the author gave others."""
        method(type)(ctx, **{field: (EventId("5f3a9c1e00000001"),)})
        assert last(ctx)["links"] == last(ctx)["data"][field] == ["5f3a9c1e00000001"]
        method(type)(ctx, **{field: ["5f3a9c1e00000001"]}, links=["5f3a9c1e00000009"])
        assert last(ctx)["links"] == ["5f3a9c1e00000009"]

    def test_foreign_keywords(self, ctx: TraceContext) -> None:
        """A keyword that has no place of its own is carried in `data`."""
        ctx.record_decision("why", mood="calm", count=2)  # type: ignore[call-arg]
        assert last(ctx)["data"] == {"reasoning": "why", "mood": "calm", "count": 2}

    @pytest.mark.parametrize(
        ("given", "header", "data"),
        [
            ({"importance": 7}, {"importance": 1.0}, {}),
            ({"importance": -1}, {"importance": 0.0}, {}),
            ({"importance": "high"}, {}, {"importance": "high"}),
            ({"cost_usd": float("inf")}, {}, {"cost_usd": {"$type": "float", "value": "inf"}}),
            ({"duration_ms": True}, {}, {"duration_ms": True}),
            ({"usage": {"input_tokens": 1, "foreign": 2}}, {"usage": {"input_tokens": 1}}, {}),
            ({"usage": {"foreign": 2}}, {}, {"usage": {"foreign": 2}}),
            ({"usage": 3}, {}, {"usage": 3}),
            ({"source": "otel"}, {}, {"source": "otel"}),
            ({"agent": 7}, {"agent": "7"}, {}),
            ({"links": 7}, {}, {"links": 7}),
            ({"links": "5f3a9c1e00000001"}, {"links": ["5f3a9c1e00000001"]}, {}),
            ({"links": (EventId("5f3a9c1e00000001"), 7)}, {"links": ["5f3a9c1e00000001", "7"]}, {}),
        ],
    )
    def test_what_does_not_fit(self, ctx: TraceContext, given: Any, header: Any, data: Any) -> None:
        """A value that does not fit its header key is made to, or carried in `data`."""
        ctx.record_log(**given)
        event = last(ctx)
        assert {key: event[key] for key in given if key in event} == header
        assert event["data"] == data

    @pytest.mark.parametrize(
        ("name", "text"), [(7, "7"), (0, "0"), (None, ""), (["x"], "['x']"), (Action.GO, "go"), (Broken(), "")]
    )
    def test_name_of_another_type(self, ctx: TraceContext, name: Any, text: str) -> None:
        """A name that is no text becomes one, an empty one when it has none."""
        ctx.record_tool_call(name)
        assert last(ctx)["name"] == text

    def test_evidence_that_names_nothing(self, ctx: TraceContext) -> None:
        """What cannot be read as ids stays evidence and makes no links."""
        ctx.record_decision(evidence_event_ids=7)  # type: ignore[arg-type]
        assert (last(ctx)["data"], "links" in last(ctx)) == ({"evidence_event_ids": 7}, False)


def test_pickled(ctx: TraceContext) -> None:
    """An id is pickled as a plain `str`, for a process that has no `capture`, or has it by another name."""
    id = ctx.record_log("stdout", "x")
    copy = pickle.loads(pickle.dumps(id))
    assert (copy, copy.__class__) == (id, str)
