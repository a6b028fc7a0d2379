"""Somebody looks for what went wrong in a run that has ended."""

from __future__ import annotations

import os
import re
import signal
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from tests.state.traces import TraceFile

from .conftest import Start, StartBoth, check_left, leave, wait_selected
from .terminal import Terminal


def test_opens_and_quits(both: StartBoth, demo: Path) -> None:
    """The trace is on the screen with its story, its state and its first event; q leaves the terminal as it was."""
    for terminal in both(demo):
        terminal.wait_for("support_agent", "■ FINISHED completed", "Customer 4127 says", "agent_name: support_agent")
        wait_selected(terminal, "▌   0 ", "AGNT ▶ support_agent")
        terminal.wait_for(": go ", "s/S step ", "e/E error ")
        leave(terminal, "q")


def test_from_error_to_cause(both: StartBoth, story: Path) -> None:
    """From the start to the errors and back, up to the decision that led there, and what it said."""
    for terminal in both(story):
        terminal.wait_for("shopper", "■ FINISHED completed", "2 ✗", "69 ev")
        terminal.press("e")
        wait_selected(terminal, "▌  12  08:00:06", "LLM  ✗ model-1  overloaded_error: HTTP 529")
        terminal.press("e")
        wait_selected(terminal, "▌  19 ", "TOOL ✗ buy  SoldOutError: L1 is sold out")
        terminal.press("e")
        terminal.wait_for("no later error")
        terminal.press("E")
        wait_selected(terminal, "▌  12 ")
        terminal.press("E")
        terminal.wait_for("no earlier error")
        terminal.press("e", "u")
        wait_selected(terminal, "▌  18 ", "TOOL → buy  id=L1")
        terminal.press("u")
        wait_selected(terminal, "▌  15 ", "DEC  ◆ buy  0.62 Cheap is good.")
        terminal.press("enter")
        terminal.wait_for("confidence: 0.62", "reasoning: Cheap is good.", "0: L1 costs 12")
        leave(terminal, "q", "q")


def test_steps_and_jumps(both: StartBoth, story: Path) -> None:
    """Steps go from event to event of an agent, `:` to a row, a distance, a share, a time or an end."""
    for terminal in both(story):
        terminal.wait_for("■ FINISHED completed")
        for keys, row in (
            ("s", 1),
            ("s", 2),
            ("S", 1),
            (":19\r", 19),
            ("s", 25),  # the helper's events are another agent's
            ("S", 19),
            (":+10\r", 29),
            (":-4\r", 25),
            (":50%\r", 34),
            (":08:00:10\r", 20),
            ("s", 21),
            (":end\r", 68),
            (":start\r", 0),
        ):
            terminal.press(keys)
            wait_selected(terminal, f"▌{row:>4} ")
        terminal.press(":somewhere")
        terminal.wait_for(":somewhere█")
        terminal.press("enter")
        terminal.wait_for("'somewhere' is no place to go")
        terminal.press("end", "home", "down", "pagedown", "pageup", "down")
        wait_selected(terminal, "▌   2 ")
        leave(terminal, "q")


def test_filters(both: StartBoth, story: Path) -> None:
    """Digits hide types and show them again, and the selection comes back to its event."""
    for terminal in both(story):
        terminal.wait_for("[1 llm", "[2 tool", " 1/69")
        terminal.press(":3\r")
        wait_selected(terminal, "▌   3 ", "LLM  →")
        terminal.press("1")
        wait_selected(terminal, "▌   2 ", "TURN ○")
        terminal.wait_for(" 3/49")
        terminal.wait_gone("[1 llm")
        terminal.press("2", "5")
        wait_selected(terminal, "▌   0 ")
        terminal.wait_for(" 1/15")
        terminal.press("0")
        wait_selected(terminal, "▌   3 ", "LLM  →")
        terminal.wait_for(" 4/69")
        terminal.press("i")
        terminal.wait_for(" 1/9")
        terminal.press("i", "x")
        terminal.wait_for(" 3/49")
        leave(terminal, "q")


def test_tree(both: StartBoth, story: Path) -> None:
    """The tree shows what belongs to what, folds, and brings one back to the timeline on the same event."""
    for terminal in both(story):
        terminal.wait_for("■ FINISHED completed")
        terminal.press("t", "-")
        terminal.wait_for("▾ ▶ shopper", "▸ ○ shopper  understand", "■ shopper")
        terminal.press("j", "j", "j", "l")
        terminal.wait_for("▾ ○ shopper  buy", "⚑ before buying", "⊘ spending")
        terminal.press("t")
        wait_selected(terminal, "▌  10 ", "TURN ○ shopper  buy")
        leave(terminal, "q")


def test_keys(both: StartBoth, story: Path) -> None:
    """Question mark shows the keys, and the same key hides them."""
    for terminal in both(story):
        terminal.wait_for("■ FINISHED completed")
        terminal.press("?")
        terminal.wait_for("next line", "half a page down")
        terminal.press("?")
        terminal.wait_gone("half a page down")
        leave(terminal, "q")


def test_resized(peek: Start, story: Path) -> None:
    """While the terminal shrinks and grows the selected event stays in sight."""
    terminal = peek(story, size=(120, 40))
    terminal.wait_for("■ FINISHED completed")
    terminal.press(":40\r")
    wait_selected(terminal, "▌  40 ")
    for size, there, gone in (
        ((80, 24), "─" * 80, "│"),
        ((40, 10), "[1 llm]", "─"),
        ((120, 40), "│", "no such text"),
    ):
        terminal.resize(*size)
        terminal.wait_for(there)
        terminal.wait_gone(gone)
        wait_selected(terminal, "▌  40 ")
    leave(terminal, "q")


def test_resized_away(peek: Start, story: Path) -> None:
    """When the pane one is in has no room any more, keys go to the timeline."""
    terminal = peek(story, size=(120, 40))
    terminal.wait_for("■ FINISHED completed")
    terminal.press("tab", "tab", "j")
    terminal.resize(40, 10)
    terminal.wait_until(
        lambda: terminal.lines[-1].rstrip() == " : go  ? keys  q quit  s/S step", "the keys on the tenth line"
    )
    terminal.settle()
    terminal.press("j")
    wait_selected(terminal, "▌   1 ")
    leave(terminal, "q")


@pytest.mark.parametrize("keys", [(), ("?",), (":12",)], ids=lambda keys: " ".join(keys) or "timeline")
def test_ctrl_c(peek: Start, story: Path, keys: tuple[str, ...]) -> None:
    """Ctrl-C quits from anywhere, after it has given up a line being typed, and leaves the terminal as it was."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("■ FINISHED completed")
    terminal.press(*keys)
    if keys == (":12",):
        terminal.wait_for(":12█")
        terminal.press("ctrl+c")
        terminal.wait_gone(":12█")
    leave(terminal, "ctrl+c")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_ended_from_outside(peek: Start, story: Path, number: signal.Signals) -> None:
    """Ended by somebody else, or by its terminal going away, it leaves the terminal as it was, and says by what."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("■ FINISHED completed")
    terminal.process.send_signal(number)
    check_left(terminal, 128 + number)


def test_damaged(both: StartBoth, tmp_path: Path) -> None:
    """A damaged trace opens where it breaks off: a line that is no event has a row, half a line at the end no harm."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("log", "first")
    trace.write(b"garbage\n")
    trace.add("log", "second")
    trace.write(b'{"v":1,"ts":17636')
    for terminal in both(trace.path):
        terminal.wait_for("LOG  · first", "DMGD ✗ line 2, 7 bytes unreadable", "LOG  · second", " 3/3", "opened at 2: ")
        terminal.press("k")
        terminal.wait_for("raw: garbage")
        leave(terminal, "q")


def test_refused(peek: Start, tmp_path: Path) -> None:
    """What is no trace is refused before the screen takes the terminal over."""
    (tmp_path / "notes.txt").write_text("Dear diary\n")
    for source in ("nowhere.jsonl", tmp_path / "notes.txt"):
        terminal = peek(source)
        assert terminal.wait_end() == 3
        assert "\x1b" not in terminal.output
        assert terminal.output.startswith("peek: ")


def test_dumb_terminal(peek: Start, story: Path) -> None:
    """A terminal that cannot show a screen is told so."""
    terminal = peek(story, TERM="dumb")
    assert terminal.wait_end() == 2
    assert terminal.output.startswith("peek: the debugger needs a terminal")


def test_no_colour(peek: Start, story: Path) -> None:
    """Under NO_COLOR nothing is coloured, and the selected line is still told apart."""
    terminal = peek(story, NO_COLOR="1")
    terminal.wait_for("■ FINISHED completed")
    terminal.press("e", "t", "j", "enter", "?")
    terminal.wait_for("next line")
    terminal.press("?")
    terminal.wait_gone("next line")
    leave(terminal, "q", "q")
    for colour in ("38;2;", "48;2;", "38;5;", "48;5;"):
        assert colour not in terminal.output
    assert re.search(r"\x1b\[7[;m]", terminal.output)


def test_pipe(peek: Start, story: Path) -> None:
    """A trace that comes through a pipe opens too, and keys are read from the terminal."""
    terminal = peek("-c", f"cat '{story}' | '{sys.executable}' -m peek_tui -", command=("/bin/sh",))
    terminal.wait_for("shopper", "■ FINISHED completed", "69 ev")
    terminal.press("g", "e")
    wait_selected(terminal, "HTTP 529")
    leave(terminal, "q")


def test_idle(peek: Start, story: Path) -> None:
    """A screen on which nothing happens writes nothing."""
    terminal = peek(story)
    terminal.wait_for("■ FINISHED completed", " 1/69", "alerts  ")
    terminal.settle()
    before = len(terminal.written)
    terminal.listen(1.0)
    assert len(terminal.written) == before
    leave(terminal, "q")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace that takes a while to read."""
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    head = '{"v":1,"ts":1763640000000000000,"type":"tool_call","name":"search","session":"large"'
    lines = (f'{head},"id":"{id:016x}","parent":"{max(0, id - 1) // 9:016x}"}}\n' for id in range(1, 200_000))
    path.write_text("".join(lines))
    return path


class TestWhileItReads:
    """The first rows are there, and more are being read."""

    def open(self, peek: Start, large: Path) -> Terminal:
        terminal = peek(large, size=(80, 24))
        terminal.wait_for("TOOL → search")
        return terminal

    def test_quits(self, peek: Start, large: Path) -> None:
        """It can be left, and says nothing of what it was doing."""
        leave(self.open(peek, large), "q")

    def test_terminated(self, peek: Start, large: Path) -> None:
        """It can be ended from outside."""
        terminal = self.open(peek, large)
        terminal.process.send_signal(signal.SIGTERM)
        check_left(terminal, 128 + signal.SIGTERM)

    def test_keys(self, peek: Start, large: Path) -> None:
        """Keys are obeyed, and what they select stays selected when all is read."""
        terminal = self.open(peek, large)
        terminal.press("j", "j")
        terminal.wait_until(
            lambda: bool(re.search("▌ +2 ", terminal.text)), "row 2, in a column that grows with the numbers"
        )
        terminal.wait_for("199,999 ev")
        wait_selected(terminal, "▌      2 ")
        leave(terminal, "q")

    def test_back_to_the_list(self, peek: Start, large: Path, tmp_path: Path) -> None:
        """The list of sessions is come back to, and another one is opened."""
        (tmp_path / "traces").mkdir()
        (tmp_path / "traces" / "large.jsonl").hardlink_to(large)
        terminal = peek(size=(80, 24))
        terminal.wait_for("1 in all")
        for _ in range(3):
            terminal.press("enter")
            terminal.wait_for("TOOL → search")
            terminal.press("q")
            terminal.wait_for("1 in all")
        leave(terminal, "q")


def test_out_of_the_screen(peek: Start, story: Path, tmp_path: Path) -> None:
    """An event goes to a shell command and to the editor, which have the terminal; then the screen is back."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ngrep -c is_error "$1"\n')
    editor.chmod(0o700)
    terminal = peek(story, EDITOR=str(editor), VISUAL="")

    def wait_back(time: int) -> None:
        shown = "\x1b[?1049h"  # what is typed before the screen has the terminal again is not for it
        terminal.wait_until(lambda: terminal.output.count(shown) == 1 + time, "the screen")
        terminal.wait_until(lambda: "SoldOutError: L1 is" in terminal.output.rpartition(shown)[2], "the rows")

    terminal.wait_for("■ FINISHED completed")
    terminal.press("e", "e")
    wait_selected(terminal, "▌  19 ")
    terminal.press("|")
    terminal.wait_for("a shell command")
    terminal.press("grep -o 'L1 is sold out' | tr a-z A-Z\r")
    terminal.wait_for("L1 IS SOLD OUT", "[Enter goes back to peek]")
    terminal.press("enter")
    wait_back(1)
    terminal.press("|false\r")
    terminal.wait_until(lambda: terminal.output.count("[Enter goes back to peek]") == 2, "the end of the command")
    terminal.press("enter")
    wait_back(2)
    terminal.wait_for("exit code 1: false")
    terminal.press("\x05")
    wait_back(3)
    assert "1\r\n\x1b[?1049h" in terminal.output
    leave(terminal, "q")


def test_interrupted_command(peek: Start, story: Path) -> None:
    """^C ends the command that has the terminal, and not the debugger."""
    terminal = peek(story)
    terminal.wait_for("■ FINISHED completed")
    terminal.press("|")
    terminal.wait_for("a shell command")
    terminal.press("cat; echo begun; read line < /dev/tty\r")  # dash loses a ^C while it starts a program
    terminal.wait_until(lambda: "begun" in terminal.output.partition("\x1b[?1049l")[2], "the command")
    terminal.press("ctrl+c")
    terminal.wait_for("[Enter goes back to peek]")
    terminal.press("enter")
    terminal.wait_until(lambda: terminal.output.count("\x1b[?1049h") == 2, "the screen")
    terminal.wait_for("exit code")
    leave(terminal, "q")


def test_copied(peek: Start, story: Path) -> None:
    """What is copied goes to the terminal's clipboard."""
    terminal = peek(story, TMUX="")
    terminal.wait_for("■ FINISHED completed")
    terminal.press("e", "e")
    wait_selected(terminal, "▌  19 ")
    terminal.press("y")
    terminal.wait_for("copy ", "v value")
    terminal.press("i")
    terminal.wait_for("copied")
    [sent] = re.findall(r"\x1b]52;c;([^\x07]*)\x07", terminal.output)
    assert re.fullmatch("[0-9a-f]{16}", b64decode(sent).decode())
    leave(terminal, "q")


def test_suspended(peek: Start, story: Path) -> None:
    """^Z leaves the terminal to the shell as it was, and the screen is back when the program is continued."""
    terminal = peek(story)
    terminal.wait_for("■ FINISHED completed")
    terminal.press("e", "e")
    wait_selected(terminal, "▌  19 ")
    terminal.press("\x1a")
    pid = terminal.process.pid
    terminal.wait_until(lambda: "T (stopped)" in Path(f"/proc/{pid}/status").read_text(), "the stop")
    assert terminal.modes == terminal.modes_before
    os.kill(pid, signal.SIGCONT)
    shown = "\x1b[?1049h"
    terminal.wait_until(lambda: terminal.output.count(shown) == 2, "the screen")
    parts = ("FINISHED completed", "SoldOutError: L1 is", "keys  ")
    terminal.wait_until(lambda: all(part in terminal.output.rpartition(shown)[2] for part in parts), "all of it")
    terminal.press("k")
    wait_selected(terminal, "▌  18 ")
    leave(terminal, "q")


@pytest.mark.parametrize(
    ("keys", "over", "back"), [([], "? keys", []), (["?"], "Esc closes", ["q"]), (["/"], "/█", ["ctrl+c"])]
)
def test_drawn_anew(peek: Start, story: Path, keys: list[str], over: str, back: list[str]) -> None:
    """^L writes the whole screen again, where another program has written over it, whatever is open there."""
    terminal = peek(story)
    terminal.wait_for("■ FINISHED completed")
    terminal.press("e", "e")
    wait_selected(terminal, "▌  19 ")
    terminal.press(*keys)
    terminal.wait_for(over)
    terminal.settle()
    before = terminal.lines
    terminal.clear()
    terminal.press("\x0c")
    terminal.wait_until(lambda: terminal.lines == before, "all of it")
    leave(terminal, *back, "q")


def test_mouse(peek: Start, story: Path) -> None:
    """The terminal keeps the mouse when it is told to."""
    terminal = peek(story, "--no-mouse")
    terminal.wait_for("■ FINISHED completed")
    assert "\x1b[?1003h" not in terminal.output
    leave(terminal, "q")
