"""A run whose file could not grow for a while."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

__all__ = ["record_loss"]

_PROGRAM = """
import os, resource, sys
import capture

with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(sys.argv[1]) + 1000, hard))
    for _ in range(20):
        ctx.record_log("stdout", "x" * 100)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    ctx.record_log("stdout", "after")
"""


def record_loss(path: Path) -> dict[str, int]:
    """Record the run, and return how many events and bytes were lost of it."""
    subprocess.run([sys.executable, "-c", _PROGRAM, str(path)], check=True, capture_output=True, timeout=60)
    lines = [line for line in path.read_text().splitlines() if '"capture_loss"' in line]
    [data] = [json.loads(line)["data"] for line in lines]
    assert data["reasons"] == {"wrote 112 of 296 bytes": 1, "File too large": data["events"] - 1}
    return {"events": data["events"], "bytes": data["bytes"]}
