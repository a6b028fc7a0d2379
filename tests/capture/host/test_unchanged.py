"""One real program, run with capture and without: nobody who reads its output can tell which was which."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from capture.testing import read_events
from peek_tui.demo.server import Failure, ModelServer, Reply, Text, ToolUse, overloaded
from tests.conftest import RunPython

Serve = Callable[..., ModelServer]

PROGRAM = Path(__file__).with_name("program.py")
SPOKEN = Reply((Text("Zoë is waiting"), ToolUse("lookup", {"id": "4127"}, id="call_1")))
REFUSED = Failure(400, "invalid_request_error", "no such tool")
ANSWERS = [SPOKEN, overloaded(), SPOKEN, SPOKEN, REFUSED, SPOKEN, SPOKEN, SPOKEN, REFUSED]
"""What the program's calls get; the second one is refused at first, and tried again."""
OUR_FRAME = re.compile(r'^  File "[^"]*/capture/instrument/[^"]*", line \d+, in \w+\n(?:    .*\n)*', re.MULTILINE)


class Output(NamedTuple):
    """What a program wrote, with the server's address, which no two runs have in common, taken out."""

    out: str
    err: str


Both = Callable[..., list[Output]]


@pytest.fixture
def both(serve: Serve, run_python: RunPython) -> Both:
    """Run the program without capture, then with it."""

    def run(how: str, ending: str, code: int, environment: dict[str, str]) -> Output:
        url = serve(*ANSWERS).base_url
        done = run_python(PROGRAM, url, how, ending, code=code, quiet=False, **environment)
        return Output(done.stdout.replace(url, "http://server"), done.stderr.replace(url, "http://server"))

    return lambda ending, code, **environment: [run(how, ending, code, environment) for how in ("plain", "watched")]


@pytest.mark.parametrize(
    ("ending", "code", "environment"),
    [
        ("well", 0, {"PYTHONDEVMODE": "1"}),
        ("exit", 7, {}),
        ("message", 1, {}),
        ("own error", 1, {}),
        ("model error", 1, {}),
    ],
)
def test_output(both: Both, peek_dir: Path, ending: str, code: int, environment: dict[str, str]) -> None:
    """It writes the same bytes to both streams and ends with the same code; and it was recorded."""
    plain, watched = both(ending, code, **environment)
    assert watched == plain
    assert "Zoë is waiting" in plain.out
    assert "a log line" in plain.err
    [trace] = (peek_dir / "traces").iterdir()
    requests = [event for event in read_events(trace) if event["type"] == "llm_request"]
    assert len(requests) == len(ANSWERS) - (ending != "model error")


@pytest.mark.parametrize("ending", ["tool error", "no connection"])
def test_traceback_through_us(both: Both, ending: str) -> None:
    """The traceback of what was raised under our wrappers names them, as any wrapper's must; nothing else differs."""
    plain, watched = both(ending, 1)
    assert watched.out == plain.out
    assert OUR_FRAME.sub("", watched.err) == plain.err
    assert watched.err != plain.err
