from __future__ import annotations

import json
from typing import Any

import pytest

from capture.events import NO_EVENT
from capture.format import encode_event
from peek_tui.trace.importers import FORMATS, HEAD, detect

from .foreign import DATA, SESSION, Stream, Transcript

OURS = encode_event(1, "5f3a9c1e00000000", NO_EVENT, "0" * 32, "log", "", {}, {"sessionId": "x", "session_id": "y"})


def line(**record: Any) -> bytes:
    return json.dumps(record).encode() + b"\n"


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (OURS, "peek"),
        (line(type="user", sessionId=SESSION, uuid="u"), "claude-code"),
        (line(type="queue-operation", sessionId=SESSION), "claude-code"),
        (line(type="something new", sessionId=SESSION), "claude-code"),
        (line(type="summary", summary="…", leafUuid="u"), "claude-code"),
        (line(type="file-history-snapshot", messageId="m", snapshot={}), "claude-code"),
        (line(type="system", subtype="init", session_id=SESSION), "claude-stream-json"),
        (line(type="stream_event", session_id=SESSION), "claude-stream-json"),
        (line(type="assistant", session_id=SESSION), "claude-stream-json"),
        (line(type="span", session_id=SESSION), None),
        (line(type="log", v=1, session="s", id="no id of ours"), None),
        (line(sessionId=SESSION), None),
        (b"[1, 2]\n", None),
        (b"garbage\n", None),
        (b"", None),
    ],
)
def test_formats(head: bytes, format: str | None) -> None:
    """A file's first line tells what it is, by its keys."""
    assert detect(head) == format


@pytest.mark.parametrize("lines", [Transcript, Stream])
def test_first_that_is_one(lines: type[Transcript | Stream]) -> None:
    """Lines that are damaged or nobody's are passed over."""
    foreign = lines()
    foreign.user("Hello")
    assert detect(b'{"type":"user","se\n\n{"type":"span"}\n' + foreign.lines[0] + b"\n") == lines.format


def test_ours_wins() -> None:
    """A trace of ours is one, whatever its payload looks like."""
    assert detect(OURS + line(type="user", sessionId=SESSION)) == "peek"


@pytest.mark.parametrize(
    ("start", "format"),
    [
        (b'{"v":1,"ts":1,"id":"5f3a9c1e00000000"', "peek"),
        (b'{"parentUuid":null,"sessionId":"s","type":"user"', "claude-code"),
        (b'{"type":"user","session_id":"s"', "claude-stream-json"),
        (b'{"type":"user"', None),
    ],
)
def test_long_first_line(start: bytes, format: str | None) -> None:
    """A first line that is longer than what is looked at is told by the keys that can be seen."""
    assert detect((start + b',"data":"').ljust(HEAD, b"x")) == format


def test_unfinished_first_line() -> None:
    """Half a line of a short file tells nothing yet."""
    assert detect(b'{"type":"user","sessionId":"s"') is None


def test_never_by_name() -> None:
    """The samples are what their lines say, in files of any name."""
    found = {path.name: detect(path.read_bytes()[:HEAD]) for path in DATA.rglob("*.jsonl")}
    assert found.pop("stream.jsonl") == "claude-stream-json"
    assert set(found.values()) == {"claude-code"}
    assert len(found) == 5


def test_names() -> None:
    """A format's importer goes by the format's name."""
    assert {name: format.importer(DATA / "x.jsonl").name for name, format in FORMATS.items()} == {
        "claude-code": "claude-code",
        "claude-stream-json": "claude-stream-json",
        "whowhen": "whowhen",
    }
