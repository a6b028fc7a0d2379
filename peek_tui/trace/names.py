"""Which files are traces, by their names: plain or compressed, whole or a part that was rotated away."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["is_trace_name", "plain_name", "subagent_files"]

_TRACE = re.compile(r"\.jsonl(?:[.-]\d+)*(?:\.gz|\.zst)?$")
"""`run.jsonl`, `run.jsonl.gz`, and as `logrotate` names what it puts aside `run.jsonl.2.gz`, `run.jsonl-20260102`."""


def is_trace_name(name: str) -> bool:
    """Whether a file of this name is taken for a trace when a directory is read."""
    return _TRACE.search(name) is not None


def plain_name(path: Path) -> Path:
    """Return what a compressed file is called when it is not compressed."""
    return path.with_suffix("") if path.suffix in (".gz", ".zst") else path


def subagent_files(path: Path) -> list[Path]:
    """Return the files of the subagents of a transcript, compressed or not."""
    try:
        files = (plain_name(path).with_suffix("") / "subagents").rglob("agent-*.jsonl*")
        return sorted(file for file in files if is_trace_name(file.name))
    except OSError:
        return []
