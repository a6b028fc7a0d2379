"""Whether the writer of a file lives: it holds a lock as long as it does, so no pid has to be trusted."""

from __future__ import annotations

import os

__all__ = ["lock_as_writer", "this_host", "writer_lives"]


def writer_lives(fd: int) -> bool | None:
    """Probe the lock of an open trace file: True locked, False not, None where there are no locks to ask."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False


def this_host() -> str:
    """Return the name a writer on this machine puts into its `agent_start`."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def lock_as_writer(fd: int) -> None:
    """Say *running* of a file that this process writes, where there are locks."""
    try:
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return
