"""Somebody tries Peek out."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep

from peek_tui.trace.store import Store

from .conftest import Start, leave


def test_demo(peek: Start, tmp_path: Path) -> None:
    """`peek demo` shows an agent at work live; leaving it says where the trace is, and lets the agent work on."""
    terminal = peek("demo", "--speed", "8", size=(80, 24))
    terminal.wait_for("support_agent", "● RUNNING", "FOLLOW", "LLM  →")
    leave(terminal, "q")
    [path] = (tmp_path / "traces").iterdir()
    assert terminal.output.endswith(f"{path}\r\n")
    at_leave = path.read_bytes()
    assert status(path) == "running"
    deadline = monotonic() + 60
    while status(path) == "running":
        assert monotonic() < deadline
        sleep(0.05)
    assert status(path) == "finished"
    assert path.read_bytes().startswith(at_leave)
    assert len(path.read_bytes()) > len(at_leave)


def status(path: Path) -> str:
    store = Store.load([path])
    try:
        return store.status()
    finally:
        store.close()
