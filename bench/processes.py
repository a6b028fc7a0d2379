"""Starting processes that are measured: all from the same place and with the same environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["ROOT", "cpu_seconds", "environment", "python", "run"]

ROOT = Path(__file__).parents[1]
"""Where every process starts, so that it runs what stands beside this folder."""

_UNSET = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "NO_COLOR", "COLUMNS", "LINES", "TMUX")


def environment() -> dict[str, str]:
    """Return the environment of a process: a terminal with all colours, bytecode kept, no traces but those it names."""
    kept = {key: value for key, value in os.environ.items() if key not in _UNSET and not key.startswith("TEXTUAL")}
    nowhere = str(Path(tempfile.gettempdir()) / "peek-bench-none")
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PEEK_DIR": nowhere}


def python(*arguments: str) -> list[str]:
    """Return the command that runs this Python with these arguments."""
    return [sys.executable, *arguments]


def run(*arguments: str) -> str:
    """Run Python to its end and return what it wrote. Raises `CalledProcessError` when it fails."""
    ...
