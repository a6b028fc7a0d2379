"""Signals reach the program once, whoever sends them, and the terminal is the program's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capture.testing import read_events
from tests.cli.conftest import PEEK
from tests.scenarios.terminal import Terminal

from .conftest import environment

COUNTS = """
import signal, sys, time
seen = []
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda number, _: seen.append(number))
print("ready", flush=True)
while not seen:
    time.sleep(0.01)
time.sleep(0.3)  # for a second one that must not come
print("got", *[signal.Signals(number).name for number in seen], flush=True)
sys.exit(7)
"""


@contextmanager
def started(tmp_path: Path, program: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program under `peek run`, and give that once the program says that it is ready."""
    command = [*PEEK, "run", "--out", str(tmp_path / "run.jsonl"), "--", sys.executable, "-c", program]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, env=environment(tmp_path), text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    """A signal for `peek run` is the program's, which decides what comes of it."""
    with started(tmp_path, COUNTS) as process:
        process.send_signal(number)
        assert process.communicate(timeout=30)[0] == f"got {number.name}\n"
        assert process.returncode == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_died_of(tmp_path: Path, number: signal.Signals) -> None:
    """One that kills the program is told as a shell tells it, and the trace says that the run was cancelled."""
    with started(tmp_path, "import time; print('ready', flush=True); time.sleep(60)") as process:
        process.send_signal(number)
        process.communicate(timeout=30)
        assert process.returncode == 128 + number
    events = read_events(tmp_path / "run.jsonl")
    if number == signal.SIGUSR1:  # it asks nobody to end
        assert [event["type"] for event in events] == ["agent_start", "error"]
    else:
        assert [(event["type"], event["data"].get("status")) for event in events[1:]] == [("agent_end", "cancelled")]


def test_keys(tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the program once, though the terminal sends it to both."""
    command = [*PEEK, "run", "--out", str(tmp_path / "run.jsonl"), "--", sys.executable, "-c", COUNTS]
    with Terminal(command, environment(tmp_path)) as terminal:
        terminal.wait_for("ready")
        terminal.press("ctrl+c")
        assert terminal.wait_end() == 7
        assert "got SIGINT\r\n" in terminal.output


def test_terminal(tmp_path: Path) -> None:
    """The program reads the terminal, is in its foreground, and knows its size; afterwards a line says where it is."""
    asks = (
        "import os, sys; print(os.isatty(1), os.tcgetpgrp(0) == os.getpgrp(), os.get_terminal_size().columns, input())"
    )
    command = [*PEEK, "run", "--out", str(tmp_path / "run.jsonl"), "--", sys.executable, "-c", asks]
    with Terminal(command, environment(tmp_path), columns=200) as terminal:
        terminal.press("hello", "enter")
        assert terminal.wait_end() == 0
        assert "True True 200 hello" in terminal.output
        assert f"peek: recorded in {tmp_path / 'run.jsonl'}; `peek latest` opens it" in terminal.output


def test_streams(tmp_path: Path) -> None:
    """Stdin, stdout and stderr are the program's own, byte for byte, and so is what it finds ignored."""
    program = (
        "import signal, sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data);"
        "sys.stderr.write(repr(signal.getsignal(signal.SIGHUP)))"
    )
    data = os.urandom(100_000)
    done = subprocess.run(
        ["nohup", *PEEK, "run", "--out", str(tmp_path / "run.jsonl"), "--", sys.executable, "-c", program],
        input=data, env=environment(tmp_path), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout == data
    assert done.stderr.decode().endswith(repr(signal.Handlers.SIG_IGN))


def test_closed_pipe(tmp_path: Path) -> None:
    """A program whose reader has gone dies of that, as it would alone: Python ignores that signal for itself only."""
    command = f"{' '.join(PEEK)} run --out {tmp_path / 'run.jsonl'} -- sh -c 'yes; echo $? >&2' | head -1"
    done = subprocess.run(
        ["bash", "-c", command], env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "y\n"
    assert "Broken pipe" not in done.stderr
