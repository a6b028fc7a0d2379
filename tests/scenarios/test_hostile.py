"""Somebody opens a trace whose author wants to take the terminal over."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from tests.state.traces import HOSTILE, TraceFile

from .conftest import Start, StartBoth, leave, wait_selected
from .terminal import Terminal

SEQUENCES = [text.encode() for text in HOSTILE if len(text) > 1 and ("\x1b" in text or "\x9b" in text)]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A trace in which everything that can be text is hostile, session and agent included."""
    (tmp_path / "traces").mkdir()
    trace = TraceFile(tmp_path / "traces" / "hostile.jsonl", session="\x1b]52;c;SGVsbG8=\x07\u202e")
    whole = "".join(HOSTILE)
    start = trace.add("agent_start", whole, {"agent_name": whole, "argv": [whole], "tags": [whole]})
    for text in ("".join(HOSTILE[:65]), *HOSTILE[65:]):
        call = trace.add("tool_call", text, {text: [text]}, parent=start, agent=text, links=[text], task=text)
        error = {"type": text, "message": text, "stack": f"{text}\n{text}"}
        trace.add(text, text, {text: text, "more": text}, parent=call, error=error)
    trace.write(whole.encode("utf-8", "replace").replace(b"\n", b"") + b"\n")
    trace.add("agent_end", whole, {"status": whole}, parent=start)
    return trace.path


def check(terminal: Terminal) -> None:
    """Expect that only the program has spoken to the terminal."""
    for sequence in SEQUENCES:
        assert sequence not in terminal.written
    output = re.sub(r"\x1b\]22;[a-z]+\x07", "", terminal.output)  # the toolkit's own: the shape of the mouse pointer
    characters = set(output)
    assert {char for char in characters if unicodedata.category(char) in ("Cf", "Cs", "Zl", "Zp")} == set()
    assert {char for char in characters if unicodedata.category(char) == "Cc"} <= {"\x1b", "\r", "\n"}
    assert "\x1b]" not in output
    assert "\x1bP" not in output


def test_sequences() -> None:
    """The sequences looked for are those of the clipboard, links, colours, C1 introducers and device control."""
    assert len(SEQUENCES) == 5


def test_trace(both: StartBoth, hostile: Path) -> None:
    """Wherever one goes in it, the terminal shows it as text, and does nothing else."""
    for terminal in both(hostile):
        terminal.wait_for("■ FINISHED ␀␁␂", " 1/25")
        for _ in range(24):
            terminal.press("j")
        terminal.wait_for(" 25/25", "␀␁␂␃␄␅␆␇␈")
        for keys in ("k", "k", "k", "k", "E", "e"):
            terminal.press(keys)
        wait_selected(terminal, "▌  20 ")
        terminal.press("enter")
        terminal.wait_for("[bold]markup[/bold] [link=x]y[/] [/nothing]")
        terminal.press("q", "t", "G", "-", "=", "g")
        terminal.wait_for("▾ ▶ ␀␁␂", " 1/25")
        terminal.press("t", ":3\r")
        terminal.wait_for(" 4/25")
        for line in range(12):
            terminal.press("enter", *["j"] * line, "enter")
            terminal.wait_for("session: ␛]52;c;SGVsbG8=␇<U+202E>")
            terminal.press("q", "j")
        terminal.press(":\x9b2J\u202e\x07\r")
        terminal.wait_for("is no place to go")
        leave(terminal, "q")
        check(terminal)


def test_sessions(peek: Start, hostile: Path) -> None:
    """In the list of sessions neither."""
    terminal = peek()
    terminal.wait_for("sessions", "1 in all", "␀␁␂␃␄")
    terminal.press("enter")
    terminal.wait_for(" 1/25")
    terminal.press("q")
    terminal.wait_for("sessions")
    leave(terminal, "q")
    check(terminal)


def test_file_name(peek: Start, hostile: Path) -> None:
    """Nor by the name of its file."""
    path = hostile.rename(hostile.with_name("\x1b]52;c;SGVsbG8=\x07\u202e.jsonl"))
    terminal = peek(path)
    terminal.wait_for(" 1/25")
    leave(terminal, "q")
    check(terminal)


@pytest.mark.parametrize("command", ["events", "tree", "stats"])
def test_commands(peek: Start, hostile: Path, command: str) -> None:
    """Nor when it is listed."""
    terminal = peek(command, hostile)
    assert terminal.wait_end() == 0
    assert {char for char in terminal.output if unicodedata.category(char) in ("Cc", "Cf")} == {"\r", "\n"}
