"""Where `peek` starts: which command is meant, before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

__all__ = ["COMMANDS", "main"]

COMMANDS = (
    "open", "tail", "demo", "run",
    "ls", "events", "stats", "tree", "before", "after", "search",
    "alerts", "culprit", "why",
    "convert", "lnav", "doctor",
)  # fmt: skip
"""Every command, in the order of the help."""

_READING = frozenset(
    {"ls", "events", "stats", "tree", "before", "after", "search", "alerts", "culprit", "why", "convert"}
)
"""The commands that start no other program."""

_INTERRUPTED = 130
_ROOT_OPTIONS = ("--help", "-h", "--install-completion", "--show-completion")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `peek` with these arguments, the process's own by default. Ends in SystemExit, or returns for success."""
    try:
        _main(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # a Ctrl-C while a command is still being imported
        raise SystemExit(_INTERRUPTED) from None


def _main(words: list[str]) -> None:
    _own_packages_first()
    _open_output()
    if words in (["--version"], ["-V"]):
        _say_version()
        return
    if not words or words[0] not in (*COMMANDS, *_ROOT_OPTIONS):
        words.insert(0, "open")
    if words[0] == "open" and not any(word.startswith("-") and word != "-" for word in words):
        _open(words[1:])  # the command line has nothing to read, and importing what reads it takes 40 ms
        return
    if words[0] == "run":
        _run(words[1:])  # comes back only when it wants a closer look at them

    if words[0] in _READING:  # a thread for each processor would spin for 30 ms and find no linear algebra to do
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from .root import command_line

    command_line(words[:1] if words[0] in COMMANDS else COMMANDS)(args=words, prog_name="peek")


def _own_packages_first() -> None:
    """Have what we import be ours, though PYTHONPATH or the directory of `python -m` may hold a `capture` of a host."""
    if "capture" not in sys.modules:
        sys.path.insert(0, str(Path(__file__).parents[2]))


def _open_output() -> None:
    """Have something to write to: whoever closed stdout or stderr wants nothing of it, and a file must not be taken
    for one. What an encoding has no sign for is written as its number.
    """
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  for as long as we run
    elif isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115


def _say_version() -> None:
    """Write the version. Scripts ask for it, which must not pay for imports."""
    from capture._version import __version__

    try:
        sys.stdout.write(f"peek {__version__}\n")
        sys.stdout.flush()
    except OSError as error:
        from .output import ending, give_up_writing

        ending(give_up_writing)(error)


def _open(sources: Sequence[str]) -> None:
    gc.disable()  # until the screen is loaded: all that is imported stays, and to look for garbage in it took its time
    try:
        from .output import ending
        from .screen import run_on

        ending(run_on)(sources)
    finally:
        gc.enable()


def _run(words: Sequence[str]) -> None:
    from .program import read_arguments, run_program

    arguments = read_arguments(words)
    if arguments is not None:
        run_program(arguments.command, arguments.out, output=arguments.output)
