"""Log in as a fresh user, run the README's command inside tmux, look around, resize, copy, detach and come back.

Each step prints a line when it was seen to be true; what was not ends the trial with the screen as it was.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

from tests.scenarios.terminal import DEADLINE, Terminal

from .account import Account, account, missing

ROOT = Path(__file__).parents[2]
NAME = "peek-stranger"
TMUX = "tmux -L peek"
PLACE = " 4/143"
"""Where the selection stands after three steps from the start, as the screen says it."""
SETTING_UP = 600.0
"""Seconds in which a machine without a virtual environment may make one."""


def main() -> None:
    """Exits with 2 where the trial cannot be made, as a test of the program's it ends with an AssertionError."""
    if reason := missing():
        sys.exit(f"python -m tests.remote: {reason}")
    with account(NAME) as user:
        _clone(user)
        _look(user)
        _come_back(user)


def _clone(user: Account) -> None:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(user.home / "peek")], check=True)
    subprocess.run(["chown", "--recursive", f"{user.name}:{user.name}", str(user.home / "peek")], check=True)
    _seen("a fresh clone in a fresh user's home")


def _look(user: Account) -> None:
    """Run the demo inside tmux, over SSH, up to the moment at which the connection is cut."""
    command = f"cd peek && {TMUX} new-session -s work 'make demo ARGS=\"--speed 20\"'"
    with _terminal(user, command, 120, 40) as terminal:
        terminal.patience = SETTING_UP
        terminal.wait_for("■ FINISHED")
        _seen("`make demo` set itself up and shows its agents' run to the end")
        terminal.press("g", "j", "j", "j")
        terminal.patience = DEADLINE
        terminal.wait_for(PLACE)
        terminal.resize(80, 24)
        terminal.settle()
        assert PLACE in terminal.text, terminal.text
        terminal.resize(200, 60)
        terminal.settle()
        assert max(map(len, terminal.lines)) > 120, terminal.text
        assert PLACE in terminal.text, terminal.text
        terminal.resize(120, 40)
        terminal.settle()
        _seen("resized to 80x24, 200x60 and back, the selection stays")
        _copy(user, terminal)
        terminal.press("\x02", "d")
        assert terminal.wait_end() == 0
        _seen("detached")


def _copy(user: Account, terminal: Terminal) -> None:
    """Copy an event's id: it is in tmux's buffer, and went on to the terminal at this end of the line."""
    terminal.press("y")
    terminal.wait_for("i id")
    terminal.press("i")
    terminal.wait_for("copied, also to tmux's buffer")
    kept = subprocess.run(user.ssh(f"{TMUX} show-buffer"), capture_output=True, text=True, check=True).stdout
    assert re.fullmatch(r"[0-9a-f]{16}", kept), kept
    sent = re.findall(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", bytes(terminal.written))
    assert [base64.b64decode(text).decode() for text in sent] == [kept], sent
    _seen(f"copied {kept} to tmux's buffer and to this end's clipboard")


def _come_back(user: Account) -> None:
    """Attach again, from a terminal of another size; then leave for good."""
    with _terminal(user, f"{TMUX} attach-session -t work", 80, 24) as terminal:
        terminal.wait_for(PLACE)
        _seen("attached again from a smaller terminal, where it was left")
        terminal.press("q")
        assert terminal.wait_end() == 0
        _seen("left")


def _terminal(user: Account, command: str, columns: int, rows: int) -> Terminal:
    environment = {"TERM": "xterm-256color", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return Terminal(user.ssh(command, terminal=True), environment, columns, rows)


def _seen(what: str) -> None:
    sys.stdout.write(f"seen: {what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
