"""The processes that are measured: all start in the same place, with the same environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

__all__ = ["ROOT", "cpu_seconds", "environment", "run"]

ROOT = Path(__file__).parents[1]
"""Where every process starts, so that it runs what stands beside this folder."""

_STATE = tempfile.TemporaryDirectory(prefix="peek-bench-")
"""What the debugger remembers of the sessions it opens, which is not to be the user's."""
_UNSET = ("COLUMNS", "LINES", "NO_COLOR", "PYTHONDEVMODE", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "TMUX")


def environment() -> dict[str, str]:
    """Return the environment of a process: a terminal with all colours, and bytecode that is kept."""
    kept = {key: value for key, value in os.environ.items() if key not in _UNSET and not key.startswith("TEXTUAL")}
    kept |= {"PEEK_DIR": _STATE.name, "XDG_CONFIG_HOME": _STATE.name}
    return {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def run(*arguments: str) -> str:
    """Run Python with these arguments to its end, and return what it wrote. Raises RuntimeError when it fails."""
    command = [sys.executable, *arguments]
    process = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if process.returncode:
        said = process.stderr.strip().splitlines() or ["it said nothing"]
        raise RuntimeError(f"{' '.join(arguments)} failed: {said[-1]}")
    return process.stdout


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process so far, all threads; NaN where another process's clock cannot be read."""
    try:
        return time.clock_gettime(~pid << 3 | 2)  # Linux: the clock id of a process, see clock_getcpuclockid(3)
    except OSError:
        return float("nan")
