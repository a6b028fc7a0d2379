from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.scenarios.terminal import Terminal

from .conftest import PEEK, Peek, environment, lines

Checks = dict[str, tuple[bool, str]]


def checks(peek: Peek, *arguments: str | Path, code: int = 0, **changes: str) -> Checks:
    """Return what the doctor found, by what it looked at."""
    found = lines(peek("doctor", "--json", *arguments, code=code, **changes))
    assert all(check.keys() == {"check", "ok", "detail"} for check in found)
    return {check["check"]: (check["ok"], check["detail"]) for check in found}


@pytest.fixture
def wrapper(tmp_path: Path) -> Path:
    """A Python that heeds no environment."""
    path = tmp_path / "python"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "$@"\n')
    path.chmod(0o755)
    return path


def test_all_is_well(peek: Peek, tmp_path: Path) -> None:
    """It says which packages are here and how they are seen, and that a real model call arrives."""
    found = checks(peek)
    assert all(ok for ok, _ in found.values())
    assert found["python"][1].startswith(f"{sys.executable} is Python {sys.version.split()[0]}")
    assert found["httpx"][1].startswith(f"httpx {version('httpx')}: model calls")
    assert found["openai"][1] == f"openai {version('openai')}: model calls, as they pass httpx2"
    assert found["test call"][1] == "a model call through httpx2 to a server on this machine is in the trace, once"
    assert str(tmp_path / "traces") in found["traces"][1]
    assert list((tmp_path / "traces").iterdir()) == []
    assert found["locks"][1].startswith("work there")
    assert found["terminal"][1].startswith("none here")


def test_for_people(peek: Peek) -> None:
    """Without `--json` each check is a line, marked."""
    done = peek("doctor")
    assert {line[0] for line in done.stdout.splitlines()} == {"✓"}
    assert len(done.stdout.splitlines()) == len(checks(peek))


def test_settings(peek: Peek) -> None:
    """What is off is said, with the variable that turns it on."""
    found = checks(peek, PEEK_CONTENT="0", PEEK_REDACT="0", PEEK_HOSTS="models.internal,10.0.0.7:80")
    assert found["content"][1] == "off: shapes and sizes only; PEEK_CONTENT=1 turns it on"
    assert found["redaction"][1] == "off: secrets are recorded as they are; PEEK_REDACT=1 turns it on"
    assert found["hosts"][1].endswith("and all that is posted to models.internal,10.0.0.7:80")


def test_no_place(peek: Peek) -> None:
    """Where no trace can be written, the answer is no, and says what to set."""
    ok, detail = checks(peek, code=1, PEEK_DIR="/dev/null/peek")["traces"]
    assert not ok
    assert detail == "/dev/null/peek/traces cannot be written: Not a directory; set PEEK_DIR to another place"


@pytest.mark.parametrize(
    ("python", "reason"),
    [("/no/such/python", "No such file or directory"), ("/bin/echo", "it does not answer as a Python")],
)
def test_no_python(peek: Peek, python: str, reason: str) -> None:
    """What is no Python is a failed check, and the machine is looked at all the same."""
    found = checks(peek, "--python", python, code=1)
    assert reason in found["python"][1]
    assert "test run" not in found
    assert found["traces"][0]


def test_unheeded(peek: Peek, wrapper: Path) -> None:
    """A Python that is not recorded is one that says so here."""
    found = checks(peek, "--python", wrapper, code=1)
    assert found["test run"] == (False, f"{wrapper} runs, but is not recorded; see that it heeds PYTHONPATH")


def test_call_that_is_lost(peek: Peek, tmp_path: Path) -> None:
    """A model call that goes past what is tapped is missed."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "httpx2.py").write_text(
        """
import contextlib, types
class AsyncClient:
    async def send(self, request): ...
class Client(contextlib.nullcontext):
    def __init__(self, **_): super().__init__(self)
    def send(self, request): ...
    def post(self, url, json): return types.SimpleNamespace(status_code=200)
"""
    )
    ok, detail = checks(peek, code=1, PYTHONPATH=str(tmp_path / "lib"))["test call"]
    assert (ok, detail) == (False, "a model call through httpx2 was answered (200) but is not in the trace")


def test_without_a_client(peek: Peek, tmp_path: Path) -> None:
    """An environment without an HTTP client has nothing to fail with, and how to name another is said."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    found = checks(peek, VIRTUAL_ENV=str(tmp_path / "bare"))
    assert found["test run"][0]
    assert found["test call"][1].startswith("not made: there is neither httpx nor httpx2; --python PATH names")
    assert "openai" in found["not here"][1]


def test_terminal(tmp_path: Path) -> None:
    """In a terminal it says what that can do."""
    command = [*PEEK, "doctor", "--json"]
    with Terminal(command, environment(PEEK_DIR=str(tmp_path), COLORTERM="truecolor"), columns=300) as terminal:
        assert terminal.wait_end() == 0
        found = [json.loads(line) for line in terminal.output.splitlines()]
    assert found[-1] == {"check": "terminal", "ok": True, "detail": "xterm-256color, 300x24, truecolor"}
