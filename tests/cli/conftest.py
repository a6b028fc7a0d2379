"""What the tests of the command line share: `peek` as a process, and traces that are known to the last byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

import capture
from capture.testing import ManualClock, SeededRandomness

Peek = Callable[..., CompletedProcess[str]]

PEEK = (sys.executable, "-m", "peek_tui")
MARKUP = "[bold]not bold[/bold] [link=x]"


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without what makes output differ from one terminal to another."""
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, "TERM": "xterm-256color", "TZ": "UTC", **changes}


@pytest.fixture
def peek(tmp_path: Path) -> Peek:
    """Run a command in an empty directory, and expect it to end with this code."""
    place = tmp_path / "cwd"
    place.mkdir()

    def run(*arguments: str | Path, code: int = 0, stdin: bytes = b"", **changes: str) -> CompletedProcess[str]:
        command = [*PEEK, *map(str, arguments)]
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            cwd=place,
            env=environment(**changes),
            start_new_session=True,  # no terminal to fall back on
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr.decode()
        assert list(place.iterdir()) == []
        return CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A run of eight events over 3.5 seconds: a decision, a tool that works, a model call, a tool that fails."""
    clock = ManualClock()
    capture.init(clock=clock, randomness=SeededRandomness())
    path = tmp_path / "trace.jsonl"
    usage = {"input_tokens": 4102, "output_tokens": 212, "cache_read_tokens": 3000, "cache_write_tokens": 100}
    with capture.TraceContext(agent_name="my_agent", path=path) as context:
        clock.advance(0.5)
        context.record_decision("because", 0.85, "search")
        context.record_tool_call("search", {"q": MARKUP})
        clock.advance(1)
        context.record_tool_result("search", [1, 2])
        context.record_llm_request("model-1", [{"role": "user", "content": "Hi"}])
        clock.advance(2)
        context.record_llm_response("model-1", [{"type": "text", "text": "Ho"}], usage=usage, cost_usd=0.0123)
        context.record_tool_result("refund", error=ValueError("too much"))
    capture.init()
    return path


@pytest.fixture
def events(trace: Path) -> list[dict[str, Any]]:
    """The events of `trace` as they stand in its file."""
    return [json.loads(line) for line in trace.read_text().splitlines()]


def lines(done: CompletedProcess[str]) -> list[Any]:
    """Read JSON Lines, and expect silence beside them."""
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]
