"""However a program ends, `peek run` ends the same, and the trace says how."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from peek_tui.trace.store import Store

from .conftest import Event, RunPeek, python

NOTHING: dict[str, object] = {}


def failure(event: Event) -> tuple[str, str] | None:
    error = event.get("error")
    return error and (error["type"], error["message"])


@pytest.mark.parametrize(
    ("lines", "code", "status", "error"),
    [
        ("pass", 0, {"status": "completed"}, None),
        ("import sys; sys.exit(0)", 0, {"status": "completed"}, None),
        ("raise SystemExit(0)", 0, {"status": "completed", "exit_code": 0}, None),
        ("import sys; sys.exit(3)", 3, {"status": "error", "exit_code": 3}, ("SystemExit", "3")),
        ("import sys; sys.exit('too bad')", 1, {"status": "error", "exit_code": 1}, ("SystemExit", "too bad")),
        ("raise SystemExit(5)", 5, {"status": "error", "exit_code": 5}, ("SystemExit", "5")),
        ("import os; os._exit(4)", 4, {"status": "error", "exit_code": 4}, ("SystemExit", "4")),
        ("import os; os._exit(0)", 0, {"status": "completed", "exit_code": 0}, None),
        ("import os; os.kill(os.getpid(), 15)", 143, {"status": "cancelled", "signal": "SIGTERM"}, None),
        ("import signal, os; os.kill(os.getpid(), 2)", 130, {"status": "cancelled"}, None),
        (
            "import sys\ntry: sys.exit(3)\nexcept SystemExit: pass",
            0,
            {"status": "completed"},
            None,
        ),
    ],
)
def test_end(
    peek_run: RunPeek, lines: str, code: int, status: dict[str, object], error: tuple[str, str] | None
) -> None:
    """The exit code is passed on, and stands in the one `agent_end`."""
    ran = peek_run(*python(lines), code=code)
    start, end = ran.events
    assert (start["type"], end["type"], end["parent"]) == ("agent_start", "agent_end", start["id"])
    assert {key: value for key, value in end["data"].items() if key != "totals"} == status
    assert failure(end) == error


@pytest.mark.parametrize("lines", ["1 / 0", "def f():\n  raise ValueError('no')\nf()"])
def test_exception(peek_run: RunPeek, lines: str) -> None:
    """An exception that nobody catches is an event with its stack, and the program prints it as ever."""
    ran = peek_run(*python(lines), code=1)
    assert ran.types() == ["agent_start", "error", "agent_end"]
    start, error, end = ran.events
    assert error["parent"] == start["id"]
    assert end["data"]["status"] == "error"
    assert error["error"] == end["error"]
    assert error["error"]["stack"] == ran.stderr


def test_caught_by_an_agent(peek_run: RunPeek) -> None:
    """What ended an agent's own block is not told a second time as an exception outside any call."""
    ran = peek_run(*python("import capture\nwith capture.TraceContext('inner'): 1 / 0"), code=1)
    assert ran.types() == ["agent_start", "agent_start", "agent_end", "agent_end"]


def test_killed(peek_run: RunPeek) -> None:
    """One that was killed has an error that says by what, and no end: it crashed."""
    ran = peek_run(*python("import os; os.kill(os.getpid(), 9)"), code=137)
    start, error = ran.events
    assert (error["type"], error["parent"], error["name"]) == ("error", start["id"], "SIGKILL")
    assert failure(error) == ("SIGKILL", "the process was killed by SIGKILL")
    with_status = Store.load(ran.files)
    assert with_status.status() == "crashed"
    with_status.close()


def test_killed_by_a_nameless_signal(peek_run: RunPeek) -> None:
    """So has one that a signal without a name killed."""
    ran = peek_run(*python("import os; os.kill(os.getpid(), 40)"), code=168)
    assert failure(ran.events[-1]) == ("signal 40", "the process was killed by signal 40")


def test_other_hooks(peek_run: RunPeek) -> None:
    """A thread and a task that die are told of, and the program goes on."""
    ran = peek_run(
        *python(
            """
import asyncio, gc, threading
def die(): raise KeyError("thread")
thread = threading.Thread(target=die); thread.start(); thread.join()
async def fail(): raise ValueError("task")
async def main():
    task = asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    del task
    gc.collect()
asyncio.run(main())
"""
        )
    )
    assert [failure(event) for event in ran.events if event["type"] == "error"] == [
        ("KeyError", "'thread'"),
        ("ValueError", "task"),
    ]
    assert ran.events[-1]["data"]["status"] == "completed"


def test_own_hook(peek_run: RunPeek) -> None:
    """A program that has put its own function in place of the hook still ends as failed."""
    ran = peek_run(*python("import sys; sys.excepthook = lambda *_: print('mine'); 1 / 0"), code=1)
    assert (ran.stdout, ran.stderr) == ("mine\n", "")
    assert (ran.types()[-1], ran.events[-1]["data"]["status"]) == ("agent_end", "error")


@pytest.mark.parametrize("command", [["ls"], [sys.executable, "-I", "-c", "print(1)"], ["sh", "-c", "exit 9"]])
def test_not_recorded(peek_run: RunPeek, command: list[str]) -> None:
    """What is no Python, or one that listens to nobody, runs unharmed, and one line says that there is no trace."""
    ran = peek_run(*command, code=9 if command[0] == "sh" else 0)
    assert ran.files == []
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("peek: nothing was captured: ")


def test_into_a_pipe(peek_run: RunPeek, tmp_path: Path) -> None:
    """A trace that goes into a pipe or a device is not read back: there would be no end to wait for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        ran = peek_run(sys.executable, "-c", "import sys; sys.exit(5)", code=5, options=("--out", str(pipe)))
        assert [b"agent_start" in line for line in os.read(reader, 1 << 16).splitlines()] == [True, False]
    finally:
        os.close(reader)
    assert ran.stderr == ""


def test_no_such_command(peek_run: RunPeek, place: Path) -> None:
    """A command that cannot be started is an error as a shell would have it."""
    (place / "data").write_text("")
    missing = peek_run("no-such-command", code=127).stderr
    assert missing.startswith("peek: no-such-command cannot be started: No such file or directory; ")
    assert "Permission denied" in peek_run("./data", code=126).stderr


def test_replaced_program(peek_run: RunPeek) -> None:
    """A program that replaces itself by another, as launchers do, is one run with one trace."""
    launcher = "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'import sys; sys.exit(6)'])"
    ran = peek_run(*python(launcher), code=6)
    assert ran.types() == ["agent_start", "agent_start", "agent_end", "agent_end"]
    outer, inner, *ends = ran.events
    assert inner["parent"] == outer["id"]
    assert [end["parent"] for end in ends] == [inner["id"], outer["id"]]
    assert [end["data"]["exit_code"] for end in ends] == [6, 6]
    assert len(ran.files) == 1
