"""The `peek run` that this process belongs to, as its environment says it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["OUTPUT_VARIABLE", "RUN_VARIABLE", "Run", "take_over", "this_run"]

RUN_VARIABLE = "PEEK_RUN"
"""Holds the pids of `peek run` and of the program, 0 until one has begun, and the trace's path, colons between."""
OUTPUT_VARIABLE = "PEEK_OUTPUT"
"""Is set when what the program prints is wanted in the trace."""


class Run(NamedTuple):
    """One `peek run`."""

    supervisor: int
    """The pid of `peek run` itself."""
    program: int
    """The pid of the program, which writes the trace; its children write files beside that."""
    path: Path
    """The trace."""

    @property
    def is_program(self) -> bool:
        """Whether this process is the program and not a child of it; also after it has replaced itself by another."""
        return self.program in (0, os.getpid())

    @property
    def is_supervised(self) -> bool:
        """Whether `peek run` will see how this process ends."""
        return self.is_program and self.supervisor == os.getppid()

    def as_text(self) -> str:
        return f"{self.supervisor}:{self.program}:{self.path}"


def this_run() -> Run | None:
    """Return the run this process belongs to; None for one that `peek run` has nothing to do with."""
    supervisor, _, rest = os.environ.get(RUN_VARIABLE, "").partition(":")
    program, _, path = rest.partition(":")
    if not (supervisor.isdecimal() and program.isdecimal() and path):
        return None
    return Run(int(supervisor), int(program), Path(path))


def take_over(run: Run) -> None:
    """Make this process the run's program, for itself and the processes it will start."""
    os.environ[RUN_VARIABLE] = run._replace(program=os.getpid()).as_text()
