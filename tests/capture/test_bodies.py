"""Bodies that begin as an earlier one did are read from there on, and mean the same as if they were read whole."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture._core.conversation import Conversation
from capture._core.recorder import Recorder, Totals
from capture._core.review import Reviewer
from capture.events import NO_EVENT
from capture.instrument import bodies
from capture.instrument.bodies import Bodies
from capture.sinks.file import FileSink
from capture.testing import ManualClock
from capture.values import restore
from capture.wire import Wire, recognise

from .whole import whole_events

WRITER, SESSION = "0000000a", "a" * 32
on_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
PATHS = {
    "messages": "/v1/chat/completions",
    "input": "/v1/responses",
    "contents": "/v1beta/models/gemini-3-pro:generateContent",
}


@pytest.fixture(autouse=True)
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every body is worth to be looked up."""
    monkeypatch.setattr(bodies, "_SMALL", 0)
    monkeypatch.setattr(bodies, "_HEAD", 4)


def dumped(body: Any, spaced: bool = False) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=None if spaced else (",", ":")).encode()


def wire_of(key: str) -> Wire:
    wire = recognise("POST", PATHS[key], {})
    assert wire is not None
    return wire


class Reading:
    """Reads bodies and records what they say, as the tap does."""

    def __init__(self, path: Path, redact: Callable[[str], str] | bool = False) -> None:
        path.unlink(missing_ok=True)
        path.touch()
        self.path = path
        self.recorder = Recorder(SESSION, WRITER, FileSink(path), ManualClock(), review=Reviewer(redact))
        self.bodies = Bodies()
        self.read: list[int] = []
        """Of how many messages each body was read."""
        self.sent: dict[str, Any] = {}

    def send(self, key: str, body: bytes) -> None:
        try:
            fields = self.bodies.read(wire_of(key), body)
        except ValueError:
            with pytest.raises(ValueError):  # noqa: PT011 (whatever it says, reading it whole says it too)
                wire_of(key).request(body)
            return
        messages = fields.get("messages")
        self.read.append(len(messages.new if isinstance(messages, Conversation) else messages or ""))
        id = self.recorder.record("llm_request", "m", NO_EVENT, {}, fields, Totals())
        self.sent[id] = json.dumps(wire_of(key).request(body), sort_keys=True)

    def back(self) -> dict[str, Any]:
        self.recorder.close()
        events = whole_events(self.path)
        return {event["id"]: json.dumps(restore(event["data"]), sort_keys=True) for event in events}


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path / "run.jsonl")


MESSAGES = [{"role": "user", "content": f"сообщение {number} 👩‍💻 \n"} for number in range(40)]


def grown(key: str, start: int = 1) -> Iterator[bytes]:
    for end in range(start, len(MESSAGES), 2):
        yield dumped({"model": "m", key: MESSAGES[:end], "temperature": 1.5})


@pytest.mark.parametrize("key", PATHS)
def test_grows(reading: Reading, key: str) -> None:
    """Of a conversation that grows, each message is read once."""
    for body in grown(key):
        reading.send(key, body)
    assert reading.read == [1, *[2] * 19]
    assert reading.back() == reading.sent


def test_again(reading: Reading) -> None:
    """A body that is sent again is not read again."""
    for _ in range(3):
        reading.send("messages", dumped({"messages": MESSAGES, "model": "m"}))
    assert reading.read == [40, 0, 0]
    assert reading.back() == reading.sent


def test_what_changes_around(reading: Reading) -> None:
    """What stands behind the messages may change."""
    for number in range(3):
        body = {"messages": MESSAGES[: 10 + number], "model": "m", "tools": [{"n": number}], "stream": bool(number)}
        reading.send("messages", dumped(body))
    assert reading.read == [10, 1, 1]
    assert reading.back() == reading.sent


def test_branches(reading: Reading) -> None:
    """Of bodies that begin alike, the one is gone on from that is the beginning."""
    other = [*MESSAGES[:5], {"role": "user", "content": "instead"}]
    for messages in (MESSAGES[:6], other, MESSAGES[:8], [*other, MESSAGES[9]]):
        reading.send("messages", dumped({"messages": messages}))
    assert reading.read == [6, 6, 2, 1]
    assert reading.back() == reading.sent


def test_after_a_loss(reading: Reading) -> None:
    """Once the file may lack something, a body is read whole, whatever it begins with."""
    first, second, third, *_ = grown("messages")
    reading.send("messages", first)
    reading.send("messages", second)
    reading.recorder._deltas.forget()
    reading.send("messages", third)
    assert reading.read == [1, 2, 2]  # the rest is read when it turns out that it is needed
    assert len(whole_events(reading.path)[-1]["data"]["messages"]) == 5
    assert reading.back() == reading.sent


@pytest.fixture
def shown() -> list[str]:
    """The texts that the host's function was given."""
    return []


@pytest.fixture
def redacting(tmp_path: Path, shown: list[str]) -> Reading:
    """One with a function of the host's, which sees a text and leaves it as it is."""

    def redact(text: str) -> str:
        shown.append(text)
        return text

    return Reading(tmp_path / "redacting.jsonl", redact)


def test_shown_once(redacting: Reading, shown: list[str]) -> None:
    """A host's function that redacts is shown each message of a conversation that grows once."""
    for body in grown("messages"):
        redacting.send("messages", body)
    assert [shown.count(message["content"]) for message in MESSAGES] == [1] * 39 + [0]
    assert redacting.read == [1, *[2] * 19]
    assert redacting.back() == redacting.sent


def test_shown_after_a_loss(redacting: Reading, shown: list[str]) -> None:
    """What has to be written again it is shown again."""
    first, second, third, fourth, *_ = grown("messages")
    redacting.send("messages", first)
    redacting.send("messages", second)
    redacting.recorder._deltas.forget()
    redacting.send("messages", third)
    redacting.send("messages", fourth)
    assert [shown.count(message["content"]) for message in MESSAGES[:7]] == [2, 2, 2, 2, 2, 1, 1]
    assert redacting.back() == redacting.sent


def test_function_is_obeyed(tmp_path: Path) -> None:
    """What a function takes out is in no request, whether it adds to another one or stands as a whole."""
    reading = Reading(tmp_path / "run.jsonl", lambda text: text.replace("сообщение", "…"))
    for number, body in enumerate(grown("messages")):
        reading.send("messages", body)
        if number == 7:
            reading.recorder._deltas.forget()
    reading.recorder.close()
    assert "сообщение" not in reading.path.read_text()
    said = [message["content"].replace("сообщение", "…") for message in MESSAGES[:39]]
    assert [message["content"] for message in whole_events(reading.path)[-1]["data"]["messages"]] == said


def test_another_file(reading: Reading, tmp_path: Path) -> None:
    """What one file holds is not what another one holds."""
    other = Reading(tmp_path / "other.jsonl")
    other.bodies = reading.bodies
    first, second, *_ = grown("messages")
    reading.send("messages", first)
    other.send("messages", second)
    assert other.back() == other.sent
    assert reading.back() == reading.sent


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages":[1,2],"model":"m","messages":[1,25]}',
        b'{"messages":[{"a":1}],"messages":[{"b":2}]}',
        b'{"metadata":{"messages":[1,2]},"messages":[1,2]}',
        b'{"messages":[1,2],"metadata":{"messages":[1,2]}}',
        b'{"messages":[{"input":{"messages":[3]}}],"model":"m"}',
        b'{"model":"\\"messages\\":[","messages":[1]}',
        b'{"messages": [1, 2]}',
        b'{"messages":[1,2]',
        b'{"messages":[]}',
        b'{"messages":[1e2,0.10]}',
        b'{"messages":["\\ud800"]}',
    ],
)
def test_odd_bodies(reading: Reading, body: bytes) -> None:
    """Whatever a body looks like, it means what it means."""
    for _ in range(2):
        reading.send("messages", body)
        reading.send("messages", body.replace(b"]", b',{"c":3}]', 1))
        reading.send("messages", body.replace(b"]", b"5]", 1))
        reading.send("messages", body.replace(b"]}", b',{"messages":[7]}]}', 1))
    assert reading.back() == reading.sent


def test_bounded(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """It remembers so many beginnings and no more, and no bytes of them."""
    monkeypatch.setattr(bodies, "_HEADS", 10)
    for number in range(100):
        for body in grown("messages"):
            reading.bodies.read(wire_of("messages"), body.replace(b'"m"', b'"%d"' % number))
    known = reading.bodies._known
    assert len(known) <= 10
    assert max(map(len, known.values())) <= 8


def test_keeps_no_bytes(reading: Reading) -> None:
    """What stands before the messages is not kept, however long it is and however often it changes."""
    wire, body = wire_of("messages"), b'{"system":"%s","messages":[1]}'
    reading.bodies.read(wire, body % b"warm up")
    tracemalloc.start()
    for number in range(8):
        reading.bodies.read(wire, body % (b"%d" % number * 1_000_000))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000


def test_latest_is_compared(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a conversation that goes on, what was sent before is compared with its bytes: no digest is made of it."""
    digested: list[int] = []
    digest = bodies._digest

    def watched(body: bytes, ends: tuple[int, ...], before: Any = None) -> int:
        digested.append(ends[-1] - (before.ends[-1] if before is not None and before.ends else 0))
        return digest(body, ends, before)

    sent = [dumped({"messages": [{"role": "user", "content": "x" * 10_000}, *range(count)]}) for count in range(5)]
    monkeypatch.setattr(bodies, "_digest", watched)
    for body in sent:
        reading.send("messages", body)
    assert [size > 10_000 for size in digested] == [True, False, False, False, False]
    assert reading.bodies._latest is not None
    assert sent[-1].startswith(reading.bodies._latest[1])


SAID: st.SearchStrategy[Any] = st.sampled_from([*MESSAGES[:4], 1, 0.5, None, "x", {"messages": [1]}, [], {"a": "],"}])


@on_files
@pytest.mark.parametrize("redact", [False, str], ids=["as it is", "past the host"])
@given(asked=st.lists(st.tuples(st.lists(SAID, max_size=6), st.sampled_from(["m", "n"]), st.booleans()), max_size=12))
def test_any_bodies(
    tmp_path: Path, redact: Callable[[str], str] | bool, asked: list[tuple[list[Any], str, bool]]
) -> None:
    """Whatever is sent in whichever order is recorded as it was sent."""
    reading = Reading(tmp_path / "run.jsonl", redact)
    said: list[Any] = []
    for messages, model, anew in asked:
        said = messages if anew else said + messages
        reading.send("messages", dumped({"system": model, "messages": said, "model": model}, spaced=len(said) == 3))
    assert reading.back() == reading.sent
