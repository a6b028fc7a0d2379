"""Copying: to tmux's buffer and from there to the terminal, else to the terminal, else to a file.

tmux drops what a program inside writes to the clipboard (OSC 52) unless it is told otherwise; `load-buffer -w` passes
it on in either case. A terminal says nothing about what it did, and many take no more than 100,000 bytes.
"""

from __future__ import annotations

import os
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from tempfile import mkstemp

__all__ = ["copy", "keep"]

_MOST = 74_994
"""Bytes that are sent to a terminal: in base64 just below what the strictest take."""
_PATIENCE = 2.0
"""Seconds that tmux is given."""


def copy(text: str, write: Callable[[str], None]) -> str:
    """Copy a text, and return where it went; `write` writes to the terminal."""
    data = text.encode("utf-8", "backslashreplace")
    if os.environ.get("TMUX") and _to_tmux(data):
        return "copied, also to tmux's buffer"
    if len(data) > _MOST:
        return f"too long for a terminal's clipboard: it is in {keep(data)}"
    write(f"\x1b]52;c;{b64encode(data).decode()}\x07")
    return "copied"


def keep(data: bytes, suffix: str = ".txt") -> Path:
    """Write a file that only its user can read, and return its path. Raises `OSError`."""
    handle, path = mkstemp(suffix, "peek-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
    return Path(path)


def _to_tmux(data: bytes) -> bool:
    command = ["tmux", "load-buffer", "-w", "-"]
    try:
        return subprocess.run(command, input=data, timeout=_PATIENCE, check=False, capture_output=True).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
