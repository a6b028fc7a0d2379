"""Which file a new session writes, and which session a given name means."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from ..sinks.file import beside
from .config import Config
from .run import this_run

__all__ = ["session_id", "trace_path"]

_HEX32 = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def trace_path(path: str | os.PathLike[str] | None, config: Config, agent_name: str, session: str, writer: str) -> Path:
    """Return `path` when it is a file's, else a new name in the directory that it, or the configuration, names.

    A process of a `peek run` that is told neither writes that run's trace, or a file beside it.
    """
    run = this_run() if path is None and config.directory is None else None
    if run is not None:
        return run.path if run.is_program else beside(run.path, writer)
    given = None if path is None else Path(path).absolute()
    if given is not None and not given.is_dir():
        return given
    start = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(config.clock.time_ns() // 1_000_000_000))
    safe_name = _UNSAFE.sub("_", agent_name)[:60].strip("._") or "agent"
    return (given or config.trace_directory()) / f"{start}-{safe_name}-{session[:8]}-{writer}.jsonl"


def session_id(name: str) -> str:
    """Return `name` as 32 hex digits: itself, a UUID without its dashes, else a digest, so any word can name a run."""
    digits = name.replace("-", "").lower()
    if _HEX32.fullmatch(digits):
        return digits
    import hashlib  # only for names that are no ids

    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
