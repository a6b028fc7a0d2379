"""What the tests of `peek run` share: programs in real processes, with `peek run` before them and without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from capture.testing import read_events
from tests.cli.conftest import PEEK

Event = dict[str, Any]


class Ran(NamedTuple):
    """What came of a program."""

    stdout: str
    stderr: str
    files: list[Path]
    """The traces, the program's own first."""

    @property
    def events(self) -> list[Event]:
        """What the program itself wrote."""
        return read_events(self.files[0])

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]


RunPeek = Callable[..., Ran]


def environment(directory: Path, **changes: str) -> dict[str, str]:
    """Return this process's environment, with a place for traces, nobody's proxy, and imports that cost once."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PEEK_DIR": str(directory / "state"), "PEEK_DEBUG": "1", "no_proxy": "*", **changes}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The directory the programs run in."""
    place = tmp_path / "place"
    place.mkdir()
    return place


@pytest.fixture
def peek_run(tmp_path: Path, place: Path) -> RunPeek:
    """Run a command under `peek run`, and expect it to end with this code."""

    def run(*command: str | Path, code: int = 0, options: tuple[str, ...] = (), **changes: str) -> Ran:
        trace = tmp_path / "traces" / "run.jsonl"
        done = subprocess.run(
            [*PEEK, "run", "--out", str(trace), *options, "--", *map(str, command)],
            cwd=place,
            env=environment(tmp_path, **changes),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == code, (done.returncode, done.stderr)
        others = sorted(path for path in trace.parent.glob("*") if path != trace) if trace.parent.exists() else []
        return Ran(done.stdout, done.stderr, [*([trace] if trace.exists() else []), *others])

    return run


@pytest.fixture
def program(place: Path) -> Callable[[str], Path]:
    """Write a program into the directory that it will run in."""

    def write(text: str, name: str = "agent.py") -> Path:
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


def python(text: str) -> tuple[str, str, str]:
    """Return the command that runs these lines."""
    return sys.executable, "-c", text
