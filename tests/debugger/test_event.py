from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from math import isnan
from pathlib import Path
from typing import Any

import pytest

import capture
from capture.values import restore
from peek_tui import TraceEvent
from peek_tui.render.summary import summary
from peek_tui.trace.model import Failure, Usage
from peek_tui.trace.store import Store
from tests.state.traces import HOSTILE, TraceFile, obeyed

from .conftest import Load

NOT_APT = ("tool_name", "args", "content", "error", "parent", "duration_ms", "usage", "cost_usd", "importance")


@pytest.fixture
def recorded(tmp_path: Path, load: Load) -> dict[str, TraceEvent]:
    """One event of every type that can be recorded, by its type."""
    path = tmp_path / "recorded.jsonl"
    usage = {"input_tokens": 7, "output_tokens": 3}
    with capture.TraceContext(agent_name="desk", path=path) as context:
        context.record_user_message("Where is my refund?")
        context.record_agent_turn("planner", 1, goal="help", content="I shall look")
        context.record_decision("they ask for it", 0.5, "search", importance=0.25)
        call = context.record_tool_call("search", {"q": ("refund", 7)})
        context.record_tool_result("search", error=ValueError("no such index"), parent=call, links=[call])
        context.record_llm_request("model-1", [{"role": "user", "content": "Hi"}])
        context.record_llm_response("model-1", "Ho", usage=usage, cost_usd=0.5, duration_ms=1.5, agent="planner")
        context.record_log("stdout", "done")
    return {event.event_type: event for event in load(path).all()}


class TestFields:
    def test_tool_call(self, recorded: dict[str, TraceEvent]) -> None:
        """A tool's call has its name and what it was called with."""
        event = recorded["tool_call"]
        assert (event.name, event.tool_name, event.args) == ("search", "search", {"q": ("refund", 7)})
        assert (event.content, event.error, event.parent) == (None, None, recorded["decision"].id)

    def test_tool_result(self, recorded: dict[str, TraceEvent]) -> None:
        """A tool's result has how it failed, and the call as its parent."""
        event = recorded["tool_result"]
        assert (event.tool_name, event.args, event.content) == ("search", None, None)
        assert event.error is not None
        assert (event.error.type, event.error.message) == ("ValueError", "no such index")
        assert (event.parent, event.links) == (recorded["tool_call"].id, (recorded["tool_call"].id,))

    @pytest.mark.parametrize(
        ("type", "content"),
        [
            ("user_message", "Where is my refund?"),
            ("agent_turn", "I shall look"),
            ("decision", "they ask for it"),
            ("llm_request", [{"role": "user", "content": "Hi"}]),
            ("llm_response", "Ho"),
            ("log", "done"),
            ("agent_start", None),
        ],
    )
    def test_content(self, recorded: dict[str, TraceEvent], type: str, content: Any) -> None:
        """What an event says is its content; one that says nothing has none."""
        assert recorded[type].content == content

    def test_measures(self, recorded: dict[str, TraceEvent]) -> None:
        """What was measured stands where it was measured."""
        event = recorded["llm_response"]
        assert (event.usage, event.cost_usd, event.duration_ms) == (Usage(7, 3), 0.5, 1.5)
        assert (event.agent, event.task, recorded["decision"].importance) == ("planner", None, 0.25)

    def test_not_apt(self, trace: TraceFile, load: Load) -> None:
        """What an event does not have is None."""
        trace.add("checkpoint")
        event = load(trace.path)[0]
        assert [getattr(event, name) for name in NOT_APT] == [None] * len(NOT_APT)
        assert (event.name, event.payload, event.links, event.damage) == ("", {}, (), None)

    def test_as_the_trace_says(self, load: Load, real: Path) -> None:
        """Every event is the one in its row, and has the fields and the summary that the timeline shows."""
        dbg = load(real)
        store = Store.load(dbg.paths)
        snapshot = store.snapshot()
        for event in dbg.all():
            shown = snapshot.event(event.index)
            assert (event.id, event.event_type, event.name) == (shown.id, shown.type, shown.name)
            assert (event.ts, event.session, event.raw) == (shown.ts, shown.session, shown.raw)
            assert (event.error, event.usage, event.duration_ms) == (shown.error, shown.usage, shown.duration_ms)
            assert event.summary() == summary(shown)
            assert event.parent == (None if shown.is_root else shown.parent)
        store.close()


class TestTimestamp:
    def test_time(self, trace: TraceFile, load: Load) -> None:
        """A timestamp is a time of day in UTC; nanoseconds stand beside it."""
        trace.add("log", ts=1_763_625_600_123_456_789)
        event = load(trace.path)[0]
        assert event.ts == 1_763_625_600_123_456_789
        assert event.timestamp == datetime(2025, 11, 20, 8, 0, 0, 123_456, tzinfo=UTC)

    @pytest.mark.parametrize("ts", ["0", "null", '"yesterday"', "9223372036854775807000", "-9223372036854775807"])
    def test_no_time(self, trace: TraceFile, load: Load, ts: str) -> None:
        """A trace that does not say when, or says what is no time, never raises."""
        trace.write(f'{{"type":"log","ts":{ts}}}\n'.encode())
        event = load(trace.path)[0]
        assert (event.timestamp is None) == (event.ts == 0)


class TestPayload:
    def test_values(self, tmp_path: Path, load: Load) -> None:
        """Values that JSON cannot hold are Python's own again."""
        values: dict[Any, Any] = {
            "tuple": (1, (2,)),
            "bytes": b"\xff",
            "when": datetime(2025, 1, 1, tzinfo=UTC),
            "dict": {"$type": 1},
        }
        path = tmp_path / "values.jsonl"
        with capture.TraceContext(path=path) as context:
            context.record_tool_call("t", {**values, "nan": float("nan"), 7: "seven"})
        call = load(path).first("tool_call")
        assert call is not None
        assert isnan(call.args.pop("nan"))
        assert call.args == {**values, 7: "seven"}

    def test_request(self, trace: TraceFile, load: Load) -> None:
        """A request has all its messages; its line stays as it was written."""
        first = trace.add("llm_request", "m", {"messages": [1, 2], "system": "S"})
        trace.add("llm_request", "m", {"messages": [3], "base": first, "keep": 2, "same": ["system"]})
        event = load(trace.path)[1]
        assert (event.payload, event.content) == ({"messages": [1, 2, 3], "system": "S"}, [1, 2, 3])
        assert json.loads(event.raw)["data"]["messages"] == [3]

    def test_missing_base(self, trace: TraceFile, load: Load) -> None:
        """A request whose base is missing says so."""
        trace.add("llm_request", "m", {"messages": [3], "base": "f" * 16, "keep": 2, "same": []})
        payload = load(trace.path)[0].payload
        assert (payload["base_missing"], payload["keep"], payload["messages"]) == ("f" * 16, 2, [3])

    def test_damaged(self, trace: TraceFile, load: Load) -> None:
        """A damaged payload is empty, and why is said; the line is there."""
        trace.write(b'{"v":1,"type":"tool_call","name":"t","data":{"arguments":[}}\n')
        event = load(trace.path)[0]
        assert (event.payload, event.args, event.raw[-3:]) == ({}, None, b"[}}")
        assert event.damage is not None
        assert event.damage.part == "payload"

    def test_error(self, trace: TraceFile, load: Load) -> None:
        """However a foreign writer put an error, it is one."""
        trace.write(b'{"type":"x","error":"boom"}\n')
        assert load(trace.path)[0].error == Failure("Error", "boom", None)

    def test_imported(self, load: Load, real: Path) -> None:
        """Imported or not, a payload is what stands in the trace."""
        for event in load(real).where(where=lambda event: event.event_type != "llm_request"):
            assert event.payload == restore(json.loads(event.raw)["data"])


class TestBlob:
    TEXT = "x" * 5_000

    def test_read(self, trace: TraceFile, load: Load) -> None:
        """A big value stands as a reference, and is read when it is asked for."""
        name = sha256(self.TEXT.encode()).hexdigest()
        value = f'{{"$blob":"{name}","bytes":5000,"head":"xxx"}}'
        trace.write(f'{{"type":"tool_result","data":{{"result":{value}}}}}\n'.encode())
        event = load(trace.path)[0]
        assert event.content == {"$blob": name, "bytes": 5_000, "head": "xxx"}
        assert event.blob(event.content) == ("xxx", f"its file {name} is not there")
        blobs = trace.path.with_name("run.jsonl.blobs")
        blobs.mkdir()
        (blobs / name).write_text(self.TEXT)
        assert event.blob(event.content) == (self.TEXT, None)

    def test_no_reference(self, trace: TraceFile, load: Load) -> None:
        """Anything else is refused."""
        trace.add("log")
        with pytest.raises(ValueError, match="no reference to a big value"):
            load(trace.path)[0].blob({"$blob": "../../etc/passwd", "bytes": 1})


class TestHostile:
    def test_text(self, trace: TraceFile, load: Load) -> None:
        """What an event says of itself in a shell obeys nothing and is no markup."""
        text = "".join(HOSTILE)
        trace.add(text, text, {text: text}, error={"type": text, "message": text})
        event = load(trace.path)[0]
        assert obeyed(repr(event)) | obeyed(event.summary()) == set()
        assert event.payload == {text: text}

    @pytest.mark.parametrize("data", ["null", "[]", '{"$type":"tuple","items":[1]}', "[" * 900 + "]" * 900])
    def test_payload(self, trace: TraceFile, load: Load, data: str) -> None:
        """Whatever stands where a payload should, it is a dictionary."""
        trace.write(f'{{"type":"llm_request","data":{data}}}\n{{"type":"log","data":{{"x":{data}}}}}\n'.encode())
        for event in load(trace.path).all():
            assert isinstance(event.payload, dict)
