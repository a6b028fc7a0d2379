"""Other programs, to which an event is given while the screen is put away."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textual.app import App, SuspendNotSupported

__all__ = ["pipe_to", "show_in_editor"]


def pipe_to(app: App[None], command: str, text: str) -> str:
    """Run a shell command with a text on its standard input; return what is to be said of it."""
    try:
        with app.suspend(), _not_interrupted():
            data = text.encode("utf-8", "backslashreplace")
            code = subprocess.run(command, shell=True, input=data, check=False, preexec_fn=_interruptible).returncode
            _wait_for_enter()
    except SuspendNotSupported:
        return "this terminal cannot be lent to another program"
    return "" if code == 0 else f"exit code {code}: {command}"


def show_in_editor(app: App[None], path: Path) -> str:
    """Open a file in the user's editor, without one in a pager; return what is to be said of it."""
    program = os.environ.get("VISUAL") or os.environ.get("EDITOR") or os.environ.get("PAGER") or "less"
    try:
        with app.suspend(), _not_interrupted():
            words = [*shlex.split(program), str(path)]
            code = subprocess.run(words, check=False, preexec_fn=_interruptible).returncode
    except SuspendNotSupported:
        return "this terminal cannot be lent to another program"
    except (OSError, ValueError) as error:
        return f"{program} cannot be run: {error}"
    return "" if code == 0 else f"exit code {code}: {program}"


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Leave ^C to the program that has the terminal."""
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ours)


def _interruptible() -> None:
    """Obey ^C, in the program that is about to begin."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for_enter() -> None:
    """Leave what a command wrote on the terminal until its reader has read it."""
    sys.__stdout__.write("\n[Enter goes back to peek] ")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
    with open("/dev/tty") as terminal:  # noqa: PTH123  the terminal itself: standard input may be a trace
        terminal.readline()
