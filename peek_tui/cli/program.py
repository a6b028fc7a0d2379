"""What `peek run` does, without the toolkit that reads command lines: importing that takes longer than all of this."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from capture.bootstrap.launch import Launch, prepare

from .supervise import start, wait

__all__ = ["Arguments", "read_arguments", "run_program"]

_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
"""What shells exit with, when a command cannot be run."""


class Arguments(NamedTuple):
    """The command line of `peek run`."""

    command: list[str]
    out: Path | None = None
    output: bool = False


def read_arguments(words: Sequence[str]) -> Arguments | None:
    """Read the words behind `peek run` where they are as its help says; None for all that needs a closer look."""
    out, output, rest = None, False, list(words)
    while rest and rest[0].startswith("-") and rest[0] != "--":
        match rest:
            case ["--output", *rest]:
                output = True
            case ["--out", file, *rest] if file and not file.startswith("-"):
                out = Path(file)
            case _:
                return None
    command = rest[1:] if rest[:1] == ["--"] else rest
    return Arguments(command, out, output) if command else None


def run_program(command: Sequence[str], out: Path | None = None, *, output: bool = False) -> NoReturn:
    """Run a program under capture. Ends in SystemExit, with the program's exit code or 128 + its signal."""
    launch = prepare(command, out, output=output)
    try:
        pid = start(command, launch.environment)
    except OSError as error:
        _say(f"{command[0]} cannot be started: {error.strerror}; see to its spelling and to PATH")
        raise SystemExit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE) from None
    code = wait(pid)
    _conclude(launch, pid, code)
    raise SystemExit(code if code >= 0 else 128 - code)


def _conclude(launch: Launch, pid: int, code: int) -> None:
    """Complete the trace, and tell a person where it is; whoever reads stderr by program hears only of trouble."""
    if not launch.path.exists():
        _say(
            "nothing was captured: no Python 3.11 or newer ran that heeds PYTHONPATH, as -I, -E and -S do not, "
            f"or {launch.path} cannot be written"
        )
        return
    if not launch.path.is_file():  # a pipe or a device, from which what was written does not come back
        return
    from capture.bootstrap.aftermath import tell_end

    try:
        tell_end(launch.path, pid, code)
    except Exception as error:  # whatever is in that file: the program's exit code is what counts
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        _say(f"{launch.path} does not say how the program ended: {reason}")
    if sys.stderr.isatty():
        _say(f"recorded in {launch.path}; `peek latest` opens it")


def _say(text: str) -> None:
    from .output import note

    note(f"peek: {text}")
