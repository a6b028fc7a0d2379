"""Where Peek finds traces. `capture` writes them there by the same rule, in the standard library alone."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["trace_directory"]


def trace_directory() -> Path:
    """Return the directory of the traces nobody named a path for: `traces/` under `$PEEK_DIR` or the user's state."""
    chosen = os.environ.get("PEEK_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute() / "traces"
    from platformdirs import user_state_path

    return user_state_path("peek", appauthor=False) / "traces"
