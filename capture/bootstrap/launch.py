"""How `peek run` has a program record itself: by what stands in its environment, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .._core.config import in_force
from .._core.ids import new_session_id, new_writer_id
from .._core.paths import trace_path
from .._core.roots import SESSION_VARIABLE, inherited
from .._core.run import OUTPUT_VARIABLE, RUN_VARIABLE, Run
from ..events import NO_EVENT

__all__ = ["Launch", "prepare"]

_PATH = Path(__file__).parent / "path"
"""Holds nothing but a `sitecustomize`."""


class Launch(NamedTuple):
    """A program about to be started."""

    environment: dict[str, str]
    path: Path
    """The trace it will write."""


def prepare(command: Sequence[str], out: Path | None = None, *, output: bool = False) -> Launch:
    """Return what `command` is to be started with, by this process.

    `out` is the trace, or a directory to make it in; `output` asks for what the program prints. A process that is
    recorded itself has the program join its run.
    """
    outer = inherited()
    session = new_session_id() if outer is None else outer.session
    path = trace_path(out, in_force(), _name(command), session, new_writer_id())
    environment = {
        **os.environ,
        "PYTHONPATH": _with_ours(os.environ.get("PYTHONPATH", "")),
        SESSION_VARIABLE: f"{session}:{NO_EVENT if outer is None else outer.parent}",
        RUN_VARIABLE: Run(os.getpid(), 0, path).as_text(),
    }
    environment.pop(OUTPUT_VARIABLE, None)
    if output:
        environment[OUTPUT_VARIABLE] = "1"
    return Launch(environment, path)


def _with_ours(path: str) -> str:
    entries = [entry for entry in path.split(os.pathsep) if entry and entry != str(_PATH)]
    return os.pathsep.join([str(_PATH), *entries])


def _name(command: Sequence[str]) -> str:
    """Return what the program will be called, for the name of its trace."""
    words = list(command)
    if Path(words[0]).name.startswith("python") and "-m" in words[:-1]:
        return words[words.index("-m") + 1]
    script = next((word for word in words[1:] if word.endswith(".py")), words[0])
    return Path(script).stem
