"""Where Peek finds traces. `capture` writes them there by the same rule, in the standard library alone."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_directory", "config_path", "state_directory", "trace_directory"]


def trace_directory() -> Path:
    """Return the directory of the traces nobody named a path for: `traces/` under `$PEEK_DIR` or the user's state."""
    chosen = os.environ.get("PEEK_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute() / "traces"
    from platformdirs import user_state_path

    return user_state_path("peek", appauthor=False) / "traces"


def state_directory() -> Path:
    """Return the directory of what is remembered of sessions: marks, notes, filters, and where one was."""
    return trace_directory().parent / "views"


def config_path() -> Path:
    """Return the file of what the user has chosen; it need not be there."""
    from platformdirs import user_config_path

    return user_config_path("peek", appauthor=False) / "config.toml"


def cache_directory() -> Path:
    """Return the directory of the indexes that are kept of large traces: all of it can be deleted at any time."""
    from platformdirs import user_cache_path

    return user_cache_path("peek", appauthor=False) / "index"
