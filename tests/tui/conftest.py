"""What the tests of the screen share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.state.traces import HOSTILE, TraceFile

from .recording import record_demo
from .story import record_story


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace of the demo's agent."""
    return record_demo(tmp_path_factory)


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a run that is known row by row."""
    path = tmp_path_factory.mktemp("story") / "story.jsonl"
    record_story(path)
    return path


@pytest.fixture(autouse=True)
def place() -> Iterator[None]:
    """The screen has colours, and local time is UTC, unless a test says otherwise."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("NO_COLOR", raising=False)
        environment.setenv("TERM", "xterm-256color")
        environment.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A trace in which everything that can be text is hostile."""
    (tmp_path / "traces").mkdir(exist_ok=True)
    trace = TraceFile(tmp_path / "traces" / "hostile.jsonl", session="\x1b]52;c;SGVsbG8=\x07\u202e")
    whole = "".join(HOSTILE)
    start = trace.add("agent_start", whole, {"agent_name": whole, "argv": [whole], "tags": [whole]})
    for text in ("".join(HOSTILE[:65]), *HOSTILE[65:]):
        trace.add("tool_call", text, {text: [text]}, parent=start, agent=text)
        trace.add(text, text, {text: text}, error={"type": text, "message": text, "stack": f"{text}\n{text}"})
    trace.write(whole.encode("utf-8", "replace").replace(b"\n", b"") + b"\n")
    trace.add("agent_end", whole, {"status": whole}, parent=start)
    return trace.path
