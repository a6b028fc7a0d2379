"""Requests are written as what they add to an earlier one, and read back whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture import TraceContext
from capture._core import deltas
from capture._core.recorder import Recorder, Totals
from capture.events import NO_EVENT
from capture.sinks.file import FileSink
from capture.sinks.memory import MemorySink
from capture.testing import ManualClock, read_events
from capture.values import restore
from tests.conftest import RunPython

from .whole import whole_events

WRITER, SESSION = "0000000a", "a" * 32
on_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
Data = dict[str, Any]


class Conversations:
    """Records requests, and remembers them as they were sent."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.touch()
        self.path = path
        self.recorder = Recorder(SESSION, WRITER, FileSink(path), ManualClock())
        self.sent: dict[str, str] = {}

    def ask(self, **data: Any) -> str:
        before = repr(data)
        id = self.recorder.record("llm_request", "m", NO_EVENT, {}, data, Totals())
        assert repr(data) == before  # it is the host's
        self.sent[id] = json.dumps(data, sort_keys=True)
        return id

    def written(self) -> list[Data]:
        return [event["data"] for event in read_events(self.path)]

    def read(self) -> dict[str, str]:
        """Return the requests as a reader makes them whole."""
        self.recorder.close()
        return {event["id"]: json.dumps(event["data"], sort_keys=True) for event in whole_events(self.path)}


@pytest.fixture
def talk(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "run.jsonl")


def message(text: str, role: str = "user") -> Data:
    return {"role": role, "content": text}


MESSAGES = [message(f"message {number}") for number in range(50)]


class TestWritten:
    def test_grows(self, talk: Conversations) -> None:
        """A conversation that grows is written as what each request adds; each message stands in the file once."""
        ids = [
            talk.ask(messages=MESSAGES[: 2 * turn + 1], system="be kind", tools=[{"name": "f"}]) for turn in range(20)
        ]
        first, *later = talk.written()
        assert first == {"messages": MESSAGES[:1], "system": "be kind", "tools": [{"name": "f"}]}
        for turn, data in enumerate(later, 1):
            added = {"messages": MESSAGES[2 * turn - 1 : 2 * turn + 1], "base": ids[turn - 1], "keep": 2 * turn - 1}
            assert data == {**added, "same": ["system", "tools"]}
        text = talk.path.read_text()
        assert [text.count(f'"message {number}"') for number in range(39)] == [1] * 39
        assert talk.read() == talk.sent

    def test_again(self, talk: Conversations) -> None:
        """A request that is sent again costs no message."""
        base = talk.ask(messages=MESSAGES[:9], attempt=1)
        talk.ask(messages=MESSAGES[:9], attempt=2)
        assert talk.written()[1] == {"messages": [], "attempt": 2, "base": base, "keep": 9, "same": []}
        assert talk.read() == talk.sent

    def test_branches(self, talk: Conversations) -> None:
        """A conversation that goes on from an earlier point builds on the request that said it."""
        talk.ask(messages=MESSAGES[:3])
        base = talk.ask(messages=MESSAGES[:5])
        talk.ask(messages=MESSAGES[:7])
        talk.ask(messages=[*MESSAGES[:4], message("instead")])
        data = talk.written()[-1]
        assert (data["base"], data["keep"], data["messages"]) == (base, 4, [message("instead")])
        assert talk.read() == talk.sent

    def test_conversations_apart(self, talk: Conversations) -> None:
        """Conversations that take turns each build on their own; what they have in common around them stands once."""
        tools = [{"name": "search", "description": "x" * 500}]
        ids = [talk.ask(messages=[message(f"{who} {n}") for n in range(turn)], tools=tools)
               for turn in (1, 2, 3) for who in "ab"]  # fmt: skip
        written = talk.written()
        assert [data.get("base") for data in written] == [None, ids[0], ids[0], ids[1], ids[2], ids[3]]
        assert [data.get("keep") for data in written] == [None, 0, 1, 1, 2, 2]
        assert [data.get("same") for data in written] == [None, *[["tools"]] * 5]
        assert talk.read() == talk.sent

    def test_what_changes_around(self, talk: Conversations) -> None:
        """What changes around the messages is written, what is gone is gone."""
        talk.ask(messages=MESSAGES[:1], system="one", tools=["t"], settings={"n": 1})
        talk.ask(messages=MESSAGES[:2], system="two", settings={"n": 1})
        data = talk.written()[1]
        assert (data["system"], data["same"], "tools" in data) == ("two", ["settings"], False)
        assert talk.read() == talk.sent

    def test_replaced(self, talk: Conversations) -> None:
        """A last message that is replaced every time does not make an endless chain: before twice as much would have
        to be read as the request says, it is written whole.
        """
        for turn in range(60):
            talk.ask(messages=[*MESSAGES[: turn + 1], message(f"{turn} " + "state " * 20)])
        written, sizes, wholes = talk.written(), dict[str, int](), 0
        for id, data in zip(talk.sent, written, strict=True):
            own = len(json.dumps(data["messages"], separators=(",", ":"))) - len(data["messages"]) - 1
            sizes[id] = own + sizes.get(data.get("base", ""), 0)
            said = json.loads(talk.sent[id])["messages"]
            assert sizes[id] <= 2 * len(json.dumps(said, separators=(",", ":"))) + len(said)
            wholes += "base" not in data
        assert 1 < wholes < 12
        assert talk.read() == talk.sent

    @pytest.mark.parametrize("messages", ["hi", [], None, [{"s": "\ud800"}]])
    def test_other_messages(self, talk: Conversations, messages: Any) -> None:
        """What is no list of messages that can be encoded is written as it is, every time."""
        data = {"messages": messages, "settings": {"n": 1}}
        for _ in range(2):
            talk.recorder.record("llm_request", "m", NO_EVENT, {}, data, Totals())
        first, second = talk.written()
        assert first == second
        assert "base" not in second

    @pytest.mark.parametrize(
        "said", [("user", "hi"), {1: "x"}, {"n": float("nan")}, {"x": object()}, {"filter": {"$gt": 5}}]
    )
    def test_values_json_cannot_hold(self, talk: Conversations, said: Any) -> None:
        """A message with a value that JSON cannot hold, or with a key like `$ref`, stands in the file once as well."""
        for messages in ([said], [said, message("next")]):
            talk.recorder.record("llm_request", "m", NO_EVENT, {}, {"messages": messages}, Totals())
        first, second = talk.written()
        assert "$type" in json.dumps(first)
        assert (second["keep"], second["messages"]) == (1, [message("next")])

    def test_schemas(self, talk: Conversations) -> None:
        """Tools described by JSON schemas, whose keys begin with `$`, stand in the file once."""
        tools = [{"name": "f", "input_schema": {"$defs": {"City": {}}, "properties": {"c": {"$ref": "#/$defs/City"}}}}]
        for turn in range(5):
            talk.recorder.record(
                "llm_request", "m", NO_EVENT, {}, {"messages": MESSAGES[: turn + 1], "tools": tools}, Totals()
            )
        assert [data.get("keep") for data in talk.written()] == [None, 1, 2, 3, 4]
        assert [data.get("same") for data in talk.written()] == [None, *[["tools"]] * 4]
        assert all(restore(event["data"])["tools"] == tools for event in whole_events(talk.path))

    def test_changed_in_place(self, talk: Conversations) -> None:
        """A host that changes its own list of messages in place is recorded right."""
        messages = [message("one")]
        talk.ask(messages=messages)
        messages.append(message("two"))
        talk.ask(messages=messages)
        messages[0]["content"] = "three"
        talk.ask(messages=messages)
        assert [data.get("keep") for data in talk.written()] == [None, 1, None]
        assert talk.read() == talk.sent

    def test_given_as_a_delta(self, talk: Conversations) -> None:
        """A request that is given as a delta already stays one."""
        data = {"messages": MESSAGES[:1], "base": "0" * 15 + "1", "keep": 4, "same": []}
        talk.ask(**data)
        talk.ask(**data)
        assert talk.written() == [data, data]


class TestForgets:
    def test_after_a_loss(self) -> None:
        """After a lost event every conversation begins anew: its base may be what was lost."""

        class Full(MemorySink):
            refuses = False

            def write(self, line: bytes) -> None:
                if self.refuses:
                    raise OSError(28, "No space left on device")
                super().write(line)

        sink = Full()
        recorder = Recorder(SESSION, WRITER, sink, ManualClock())
        for turn in range(6):
            sink.refuses = turn == 3
            recorder.record("llm_request", "m", NO_EVENT, {}, {"messages": MESSAGES[: turn + 1]}, Totals())
        data: list[Any] = [event["data"] for event in sink.events if event["type"] == "llm_request"]
        assert [request.get("keep") for request in data] == [None, 1, 2, None, 5]
        assert data[3]["messages"] == MESSAGES[:5]

    def test_in_a_child(self, tmp_path: Path, run_python: RunPython) -> None:
        """A forked child writes a file of its own, which holds the whole conversation."""
        program = """
import os, sys, capture
messages = [{"role": "user", "content": str(n)} for n in range(3)]
with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    ctx.record_llm_request("m", messages[:1])
    child = os.fork()
    ctx.record_llm_request("m", messages)
    if child:
        os.waitpid(child, 0)
"""
        run_python(program, tmp_path / "run.jsonl")
        requests = {
            path.name: [e["data"].get("keep") for e in read_events(path) if e["type"] == "llm_request"]
            for path in tmp_path.glob("run*.jsonl")
        }
        assert sorted(map(str, requests.values())) == ["[None, 1]", "[None]"]

    def test_bounded(self, talk: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
        """It remembers so many messages and no more; what it forgot is written whole."""
        monkeypatch.setattr(deltas, "_REMEMBERED", 100)
        for number in range(300):
            talk.ask(messages=[message(f"conversation {number}"), *MESSAGES[:1]])
            assert len(talk.recorder._deltas._known) <= 100
        assert talk.read() == talk.sent


TEXTS = st.sampled_from(["", "a", "b", "顾客", "x" * 300])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 1) | st.sampled_from([0.0, 1.0]) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
SAID = st.builds(message, TEXTS | st.lists(VALUES, max_size=2), st.sampled_from(["user", "assistant"])) | VALUES


@st.composite
def requests(draw: st.DrawFn) -> list[Data]:
    """Requests of conversations that grow, branch, lose their beginning, and are asked under changing conditions."""
    known: list[list[Any]] = [[]]
    asked = []
    for _ in range(draw(st.integers(1, 12))):
        before = draw(st.sampled_from(known))
        cut = draw(st.integers(0, len(before)))
        messages = [*before[: cut or len(before)], *draw(st.lists(SAID, max_size=3))]
        if draw(st.integers(0, 9)) == 0:
            messages = messages[1:]
        known.append(messages)
        around = {key: draw(st.sampled_from([None, "s", ["t"], {"n": 1}])) for key in ("system", "tools", "settings")}
        asked.append({"messages": messages, **{key: value for key, value in around.items() if value is not None}})
    return asked


@on_files
@given(requests())
def test_any_conversations(tmp_path: Path, asked: list[Data]) -> None:
    """Whatever is asked in whichever order, it is read back as it was asked, types of numbers included."""
    talk = Conversations(tmp_path / "run.jsonl")
    for data in asked:
        talk.ask(**data)
    assert talk.read() == talk.sent


def test_real_transcript(tmp_path: Path) -> None:
    """The requests of a real session are read back as they were, for a fraction of what they would take."""
    [path] = (Path(__file__).parents[1] / "data/claude-code").glob("c0dd*.jsonl")
    lines = path.read_text().splitlines()
    said = [entry["message"] for entry in map(json.loads, lines) if "message" in entry]
    messages = [{"role": entry["role"], "content": entry["content"]} for entry in said]
    talk = Conversations(tmp_path / "run.jsonl")
    for end in range(1, len(messages) + 1):
        talk.ask(messages=messages[:end])
    assert talk.read() == talk.sent
    once, line = len(json.dumps(messages)), 300
    assert talk.path.stat().st_size < once + line * len(messages) < sum(map(len, talk.sent.values())) / 3


def test_in_a_context(tmp_path: Path) -> None:
    """A context's own requests are shortened too, whoever records them."""
    with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
        base = ctx.record_llm_request("m", MESSAGES[:2])
        ctx.record_llm_request("m", MESSAGES[:3])
    first, second = (event for event in read_events(ctx.path) if event["type"] == "llm_request")
    assert (first["data"]["messages"], first["id"]) == (MESSAGES[:2], base)
    assert (second["data"]["base"], second["data"]["keep"], second["data"]["messages"]) == (base, 2, MESSAGES[2:3])


def test_among_others(talk: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests build on the right ones though another event takes its number while each of them is made."""
    encoder = talk.recorder._encoder
    made = encoder.body

    def made_among_others(type: str, *others: Any) -> bytes:
        if type == "llm_request":
            talk.recorder.record("log", "out", NO_EVENT, {}, {"text": "x"}, Totals())
        return made(type, *others)

    monkeypatch.setattr(encoder, "body", made_among_others)
    for turn in range(9):
        talk.ask(messages=MESSAGES[: turn + 1])
    requests = {id: data for id, data in talk.read().items() if id in talk.sent}
    assert requests == talk.sent
    keeps = [event["data"].get("keep") for event in read_events(talk.path) if event["type"] == "llm_request"]
    assert keeps == [None, *range(1, 9)]
