"""The demo's real agent, recorded once for all tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["record_demo"]


def record_demo(factory: pytest.TempPathFactory) -> Path:
    """Return the trace of a run of the demo at full speed."""
    path = factory.getbasetemp() / "recorded-demo.jsonl"
    if not path.exists():
        command = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path)]
        subprocess.run(command, capture_output=True, timeout=60, check=True)
    return path
